package org.dsmfs.mount.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.dsmfs.mount.MountException;
import org.dsmfs.mount.os.Libc;

/**
 * Leaves the terminal and the caller. A Java process cannot fork, so the launcher does: it starts Java in the
 * background with one end of a pipe, whose number is in the environment, and returns when it reads from the other.
 */
final class Detachment {
    /** Environment variable that holds the descriptor to say "ready" on. */
    static final String READY_DESCRIPTOR = "DSM_READY_FD";

    private static final byte[] READY = "ready\n".getBytes(StandardCharsets.US_ASCII);

    private Detachment() {
    }

    /**
     * Makes the process a session of its own, sends its standard output and error to the log, and lets the launcher
     * go. Does nothing if there is no launcher.
     */
    static void detach(final Path logFile) {
        final String descriptor = System.getenv(READY_DESCRIPTOR);
        if (descriptor == null) {
            return;
        }
        System.out.flush();
        // Fails if the launcher has made it a session leader already.
        Libc.INSTANCE.setsid();
        redirect("/dev/null", Libc.O_RDONLY, 0);
        redirect(logFile.toString(), Libc.O_WRONLY | Libc.O_APPEND, 1);
        redirect(logFile.toString(), Libc.O_WRONLY | Libc.O_APPEND, 2);
        final int ready = Integer.parseInt(descriptor);
        if (Libc.INSTANCE.write(ready, READY, READY.length) != READY.length) {
            throw new MountException("the launcher has gone");
        }
        Libc.INSTANCE.close(ready);
    }

    private static void redirect(final String file, final int flags, final int descriptor) {
        final int opened = Libc.INSTANCE.open(file, flags);
        if (opened < 0) {
            throw new MountException("cannot open " + file + ": errno " + Libc.errno());
        }
        Libc.INSTANCE.dup2(opened, descriptor);
        Libc.INSTANCE.close(opened);
    }
}
