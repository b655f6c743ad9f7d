package org.dsmfs.mount.serving;

import org.dsmfs.layout.Errno;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What should not happen while a request is served. */
public final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private Failures() {
    }

    /**
     * Logs why a request cannot be served.
     *
     * @return what to answer: EIO
     */
    public static Errno unexpected(final String request, final Throwable failure) {
        log(request + ", answered with EIO", failure);
        return Errno.EIO;
    }

    /** Logs what should not happen, and throws nothing, as nothing may be thrown into native code. */
    public static void log(final String what, final Throwable failure) {
        try {
            LOG.error("failed: {}", what, failure);
        } catch (final Throwable logging) {
            // There is no memory for a log line, or no place: there is nobody left to tell.
            return;
        }
    }
}
