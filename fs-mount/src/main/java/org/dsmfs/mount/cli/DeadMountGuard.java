package org.dsmfs.mount.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.dsmfs.mount.MountException;
import org.dsmfs.mount.os.Libc;

/**
 * Unmounts what this process leaves behind when it dies: a shell that waits for the end of a pipe to it. It unmounts
 * nothing but a mount that is dead.
 */
final class DeadMountGuard implements AutoCloseable {
    /** statfs(2) is the question that the kernel never answers by itself. */
    private static final String SCRIPT = "trap '' HUP INT TERM; while read -r _; do :; done; "
        + "stat -f -- \"$0\" || exec \"$@\" -- \"$0\"";

    private final Process shell;

    DeadMountGuard(final Path mountPoint) {
        final String[] unmount = Libc.INSTANCE.geteuid() == 0 ? new String[] {"umount", "-l"}
            : new String[] {"fusermount3", "-u", "-z", "-q"};
        final String[] command = new String[unmount.length + 4];
        command[0] = "sh";
        command[1] = "-c";
        command[2] = SCRIPT;
        command[3] = mountPoint.toString();
        System.arraycopy(unmount, 0, command, 4, unmount.length);
        try {
            shell = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        } catch (final IOException failure) {
            throw new MountException("cannot run a shell: " + failure.getMessage(), failure);
        }
    }

    /** The mount has ended; unmounts it if the kernel, and not umount(8), has ended it. */
    @Override
    public void close() {
        try {
            shell.getOutputStream().close();
            shell.waitFor();
        } catch (final IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (final InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }
}
