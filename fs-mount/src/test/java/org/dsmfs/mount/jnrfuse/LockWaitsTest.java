package org.dsmfs.mount.jnrfuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.dsmfs.layout.Errno;
import org.dsmfs.layout.ErrnoException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class LockWaitsTest {
    private static final long LONG_WAIT_NS = TimeUnit.MINUTES.toNanos(1);

    private final AtomicBoolean interrupted = new AtomicBoolean();
    private final AtomicInteger attempts = new AtomicInteger();
    private final AtomicBoolean free = new AtomicBoolean();
    private final LockWaits waits = new LockWaits(interrupted::get, 1, LONG_WAIT_NS);

    private boolean attempt(final boolean isLongWait) {
        attempts.incrementAndGet();
        return free.get();
    }

    private CompletableFuture<Void> waiter() throws InterruptedException {
        final CompletableFuture<Void> waiter = CompletableFuture.runAsync(() -> waits.untilTrue(this::attempt));
        while (attempts.get() == 0) {
            Thread.sleep(1);
        }
        return waiter;
    }

    @Test
    void triesAgainAfterEachUnlockOnly() throws Exception {
        final CompletableFuture<Void> waiter = waiter();
        Thread.sleep(50);
        assertEquals(1, attempts.get());
        waits.unlocked(1);
        while (attempts.get() == 1) {
            Thread.sleep(1);
        }
        assertFalse(waiter.isDone());
        free.set(true);
        waits.unlocked(1);
        waiter.get(10, TimeUnit.SECONDS);
        assertEquals(3, attempts.get());
    }

    @Test
    void unlockBetweenAttemptAndWaitIsNotMissed() {
        waits.untilTrue(isLongWait -> {
            if (attempts.incrementAndGet() == 1) {
                waits.unlocked(1);
                return false;
            }
            return true;
        });
        assertEquals(2, attempts.get());
    }

    @Test
    void signalEndsTheWait() throws Exception {
        final CompletableFuture<Void> waiter = waiter();
        interrupted.set(true);
        final Throwable failure = assertThrows(Exception.class, () -> waiter.get(10, TimeUnit.SECONDS)).getCause();
        assertEquals(Errno.EINTR, ((ErrnoException) failure).errno());
    }

    @Test
    void whoHasWaitedForLongLooksForADeadlock() {
        final LockWaits impatient = new LockWaits(interrupted::get, 1, TimeUnit.MILLISECONDS.toNanos(1));
        final ErrnoException failure = assertThrows(ErrnoException.class, () -> impatient.untilTrue(isLongWait -> {
            if (isLongWait) {
                throw Errno.EDEADLK.exception();
            }
            return false;
        }));
        assertEquals(Errno.EDEADLK, failure.errno());
    }

    @Test
    void tooManyWaitersAreRefused() throws Exception {
        final CompletableFuture<Void> waiter = waiter();
        final ErrnoException failure = assertThrows(ErrnoException.class, () -> waits.untilTrue(isLongWait -> false));
        assertEquals(Errno.ENOLCK, failure.errno());
        free.set(true);
        waits.unlocked(1);
        waiter.get(10, TimeUnit.SECONDS);
        assertTrue(attempts.get() >= 2);
    }
}
