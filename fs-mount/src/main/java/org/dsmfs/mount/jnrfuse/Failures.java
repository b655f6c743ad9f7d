package org.dsmfs.mount.jnrfuse;

import java.nio.charset.StandardCharsets;
import org.dsmfs.layout.Errno;
import org.dsmfs.layout.ErrnoException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what an operation throws into the number that libfuse wants. */
final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    /** @return the negative errno; what is not an {@link ErrnoException} is logged and answered with EIO */
    int answer(final String operation, final long path, final Throwable failure) {
        if (failure instanceof ErrnoException answer) {
            return -answer.errno().number();
        }
        return unexpected(operation + " " + describe(path), failure);
    }

    /** As {@link #answer(String, long, Throwable)}, for what has no path. */
    int answer(final String operation, final Throwable failure) {
        return unexpected(operation, failure);
    }

    private static int unexpected(final String request, final Throwable failure) {
        log(request + ", answered with EIO", failure);
        return -Errno.EIO.number();
    }

    /** Logs what should not happen, and throws nothing, as nothing may be thrown into native code. */
    static void log(final String what, final Throwable failure) {
        try {
            LOG.error("failed: {}", what, failure);
        } catch (final Throwable logging) {
            // There is no memory for a log line, or no place: there is nobody left to tell.
            return;
        }
    }

    private static String describe(final long path) {
        return path == 0 ? "(open file)" : new String(NativeMemory.bytes(path), StandardCharsets.UTF_8);
    }
}
