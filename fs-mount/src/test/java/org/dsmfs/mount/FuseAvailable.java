package org.dsmfs.mount;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;
import org.dsmfs.mount.os.Libc;

/** What tests with a real mount need. */
public final class FuseAvailable {
    private FuseAvailable() {
    }

    /** Skips the test if it cannot mount, telling how it could; where CI is set in the environment, fails it. */
    public static void require() {
        if (!Files.isWritable(Path.of("/dev/fuse"))) {
            unavailable("there is no /dev/fuse for this user: run as root, after modprobe fuse");
        } else if (Libc.INSTANCE.geteuid() != 0) {
            unavailable("not root: run the tests as root");
        } else if (!Files.exists(Path.of("/usr/bin/fusermount3"))) {
            unavailable("FUSE is not installed: apt-get install fuse3 libfuse2");
        }
    }

    private static void unavailable(final String reason) {
        if (System.getenv("CI") != null) {
            fail(reason);
        }
        abort(reason);
    }
}
