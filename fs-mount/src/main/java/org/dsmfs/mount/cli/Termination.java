package org.dsmfs.mount.cli;

import java.util.concurrent.CountDownLatch;

/**
 * Turns SIGTERM, SIGINT and SIGHUP into an orderly end of the work between construction and close, with exit code 0 if
 * there was work to end, else 1.
 */
final class Termination implements AutoCloseable {
    private final CountDownLatch finished = new CountDownLatch(1);
    private Runnable end;
    private boolean requested;

    Termination() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::terminate, "termination"));
    }

    /** @param end makes the work end soon; run at most once, on any thread */
    void endBy(final Runnable end) {
        synchronized (this) {
            this.end = end;
            if (!requested) {
                return;
            }
        }
        end.run();
    }

    /** @return whether the end was asked for; any thread */
    synchronized boolean isRequested() {
        return requested;
    }

    /** The work has ended. */
    @Override
    public void close() {
        finished.countDown();
    }

    private void terminate() {
        if (finished.getCount() == 0) {
            return;
        }
        final Runnable now;
        synchronized (this) {
            requested = true;
            now = end;
        }
        if (now != null) {
            now.run();
        }
        try {
            finished.await();
        } catch (final InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            Runtime.getRuntime().halt(end == null ? 1 : 0);
        }
    }
}
