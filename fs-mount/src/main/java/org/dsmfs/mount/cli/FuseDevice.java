package org.dsmfs.mount.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.dsmfs.mount.MountException;
import org.dsmfs.mount.jnrfuse.LibFuse;
import org.dsmfs.mount.os.Libc;

/** Whether this computer and this user can mount at all. */
final class FuseDevice {
    private static final Path DEVICE = Path.of("/dev/fuse");
    private static final Path HELPER_DIRECTORY = Path.of("/usr/bin");

    private FuseDevice() {
    }

    /** @throws MountException naming what is missing */
    static void require() {
        require(DEVICE);
        if (Libc.INSTANCE.geteuid() != 0 && !Files.isExecutable(HELPER_DIRECTORY.resolve("fusermount"))) {
            throw new MountException("fusermount is not installed, without which only root can mount: "
                + "apt-get install fuse3");
        }
        LibFuse.load();
    }

    static void require(final Path device) {
        if (!Files.exists(device)) {
            throw new MountException("there is no " + device
                + ": load the kernel module (modprobe fuse), or give the container the device");
        }
        if (!Files.isWritable(device)) {
            throw new MountException("no permission to use " + device + ": chmod 666 " + device + ", or mount as root");
        }
    }
}
