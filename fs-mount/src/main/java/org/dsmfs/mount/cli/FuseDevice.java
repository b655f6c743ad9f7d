package org.dsmfs.mount.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.dsmfs.mount.MountException;

/** Whether this computer and this user can mount at all. */
final class FuseDevice {
    private static final Path DEVICE = Path.of("/dev/fuse");

    private FuseDevice() {
    }

    /** @throws MountException naming what is missing */
    static void require() {
        require(DEVICE);
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
