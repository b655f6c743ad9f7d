package org.dsmfs.mount.jnrfuse;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.dsmfs.layout.Errno;
import org.dsmfs.layout.ErrnoException;
import org.dsmfs.layout.FileSystem;
import org.dsmfs.mount.serving.LockAttempt;

/**
 * Lets requests wait for locks: each tries, and tries again after every unlock. A signal to the waiting process ends
 * its wait; libfuse can only be asked for that, so each waiter asks often. Thread-safe.
 */
final class LockWaits implements FileSystem.UnlockListener {
    private static final long INTERRUPT_POLL_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private final BooleanSupplier interrupted;
    private final Semaphore places;
    private final long longWaitNs;
    private final ReentrantLock mutex = new ReentrantLock();
    private final Condition unlocked = mutex.newCondition();
    /** Counts unlocks, so that one between a failed attempt and the wait is not missed. */
    private volatile long unlocks;

    /**
     * @param interrupted whether the request of the calling thread was interrupted
     * @param waitersMax  how many may wait, each on a thread
     * @param longWaitNs  what {@link LockAttempt#run} takes for long
     */
    LockWaits(final BooleanSupplier interrupted, final int waitersMax, final long longWaitNs) {
        this.interrupted = interrupted;
        this.longWaitNs = longWaitNs;
        this.places = new Semaphore(waitersMax);
    }

    @Override
    public void unlocked(final long ino) {
        mutex.lock();
        try {
            unlocks++;
            unlocked.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    /**
     * Returns once the attempt has succeeded.
     *
     * @throws ErrnoException EINTR after a signal, ENOLCK if too many wait already; the attempt's
     */
    void untilTrue(final LockAttempt attempt) {
        long seen = unlocks;
        if (attempt.run(false)) {
            return;
        }
        if (!places.tryAcquire()) {
            throw Errno.ENOLCK.exception();
        }
        final long startNs = System.nanoTime();
        boolean isLongWait = false;
        try {
            do {
                final boolean isTimed = !isLongWait;
                awaitUnlock(seen, () -> isTimed && isLong(startNs));
                isLongWait = isLong(startNs);
                seen = unlocks;
            } while (!attempt.run(isLongWait));
        } catch (final ErrnoException e) {
            attempt.giveUp();
            throw e;
        } finally {
            places.release();
        }
    }

    private boolean isLong(final long startNs) {
        return System.nanoTime() - startNs >= longWaitNs;
    }

    private void awaitUnlock(final long seen, final BooleanSupplier isOver) {
        mutex.lock();
        try {
            while (unlocks == seen && !isOver.getAsBoolean()) {
                if (interrupted.getAsBoolean()) {
                    throw Errno.EINTR.exception();
                }
                unlocked.awaitNanos(INTERRUPT_POLL_NS);
            }
        } catch (final InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw Errno.EINTR.exception();
        } finally {
            mutex.unlock();
        }
    }
}
