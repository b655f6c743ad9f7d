package org.dsmfs.engine.network.aeron;

import org.agrona.ErrorHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.BindException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Counts and logs what the driver can only report; what the network sends must not be able to fill the log. */
final class DriverErrors implements ErrorHandler {
    private static final Logger LOG = LoggerFactory.getLogger(DriverErrors.class);
    private static final long LOG_INTERVAL_NS = TimeUnit.SECONDS.toNanos(10);

    private final AtomicLong count = new AtomicLong();
    private final AtomicLong nextLogNs = new AtomicLong(System.nanoTime());

    @Override
    public void onError(final Throwable error) {
        if (isPortTaken(error)) {
            // Whoever wanted to listen is told too, and may have other ports to try.
            return;
        }
        final long errors = count.incrementAndGet();
        final long nowNs = System.nanoTime();
        final long dueNs = nextLogNs.get();
        if (nowNs - dueNs >= 0 && nextLogNs.compareAndSet(dueNs, nowNs + LOG_INTERVAL_NS)) {
            LOG.warn("network: {} (error {} since the start)", firstLine(error), errors);
        }
    }

    /** @return what went wrong, without the lists that Aeron adds on further lines */
    static String firstLine(final Throwable error) {
        return String.valueOf(error.getMessage()).lines().findFirst().orElse("");
    }

    private static boolean isPortTaken(final Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException) {
                return true;
            }
        }
        return false;
    }

    long count() {
        return count.get();
    }
}
