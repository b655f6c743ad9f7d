package org.dsmfs.mount.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dsmfs.mount.os.MountTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far ahead of a reader the kernel reads, which is also how much it asks for at a time. It begins with 128 KiB for
 * each mount, of which a server can only ask for less; more it takes from root, by sysfs.
 */
final class ReadAheadLimit {
    private static final Logger LOG = LoggerFactory.getLogger(ReadAheadLimit.class);
    private static final Path BACKING_DEVICES = Path.of("/sys/class/bdi");

    private ReadAheadLimit() {
    }

    /**
     * Sets the limit of a mount for files that are opened from now on. Where that is impossible, in a container whose
     * sysfs is read-only, say, the mount works as it is.
     *
     * @param mountPoint absolute, without symbolic links
     */
    static void set(final Path mountPoint, final int bytes) {
        final MountTable.Entry mount = MountTable.find(mountPoint);
        if (mount == null) {
            return;
        }
        final Path limit = BACKING_DEVICES.resolve(mount.device()).resolve("read_ahead_kb");
        try {
            Files.writeString(limit, Integer.toString(bytes >> 10));
        } catch (final IOException failure) {
            LOG.info("the kernel reads files in small pieces: {} can't be set: {}", limit, failure.toString());
        }
    }
}
