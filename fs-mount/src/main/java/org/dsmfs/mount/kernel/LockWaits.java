package org.dsmfs.mount.kernel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.layout.Errno;
import org.dsmfs.layout.ErrnoException;
import org.dsmfs.layout.FileSystem;
import org.dsmfs.mount.os.NativeMemory;
import org.dsmfs.mount.serving.Failures;
import org.dsmfs.mount.serving.LockAttempt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests that wait for locks. None holds a thread: those of an inode are tried again, the longest waiting first,
 * by one thread of its own after locks of the inode were released, and once when they have waited for long, to find
 * deadlocks. Thread-safe.
 */
final class LockWaits implements FileSystem.UnlockListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LockWaits.class);
    /** Interrupts that came before their request was known to wait; more than can be on their way at a time. */
    private static final int EARLY_INTERRUPTS_MAX = 64;

    private final UnsafeBuffer reply = NativeMemory.allocate(ReplyLayout.Header.SIZE);
    private final Map<Long, Waiter> waiters = new LinkedHashMap<>();
    private final ArrayDeque<Long> earlyInterrupts = new ArrayDeque<>();
    /** Inodes whose waiters are to be tried again. Its monitor is taken last, for a moment. */
    private final Set<Long> unlocked = new HashSet<>();
    private final Thread thread = new Thread(this::run, "locks");
    private final long longWaitNs;
    /** With the monitor of {@link #unlocked}. */
    private boolean isLongWaitExpected;
    private long longWaitAtNs;
    private boolean closed;

    /** @param longWaitNs what {@link LockAttempt#run} takes for long */
    LockWaits(final long longWaitNs) {
        this.longWaitNs = longWaitNs;
        thread.setDaemon(true);
    }

    private static final class Waiter {
        private final Channel channel;
        private final long unique;
        private final long ino;
        private final LockAttempt attempt;
        private final long startNs = System.nanoTime();
        private boolean isLongWait;

        Waiter(final Channel channel, final long unique, final long ino, final LockAttempt attempt) {
            this.channel = channel;
            this.unique = unique;
            this.ino = ino;
            this.attempt = attempt;
        }
    }

    void start() {
        thread.start();
    }

    /** Answers the request once the attempt succeeds or fails for another reason, or a signal ends the wait. */
    synchronized void grant(final Channel channel, final long unique, final long ino, final LockAttempt attempt) {
        final Waiter waiter = new Waiter(channel, unique, ino, attempt);
        if (earlyInterrupts.remove(unique)) {
            answer(waiter, Errno.EINTR.number());
        } else if (!isAnswered(waiter)) {
            waiters.put(unique, waiter);
            expectLongWait();
        }
    }

    /** The caller of that request got a signal. Only a request that waits for a lock is ended by it. */
    synchronized void interrupt(final long unique) {
        final Waiter waiter = waiters.remove(unique);
        if (waiter != null) {
            giveUp(waiter);
            answer(waiter, Errno.EINTR.number());
        } else {
            earlyInterrupts.addLast(unique);
            if (earlyInterrupts.size() > EARLY_INTERRUPTS_MAX) {
                earlyInterrupts.removeFirst();
            }
        }
    }

    @Override
    public void unlocked(final long ino) {
        synchronized (unlocked) {
            unlocked.add(ino);
            unlocked.notifyAll();
        }
    }

    private boolean isAnswered(final Waiter waiter) {
        try {
            if (!waiter.attempt.run(waiter.isLongWait)) {
                return false;
            }
            answer(waiter, 0);
        } catch (final ErrnoException e) {
            giveUp(waiter);
            answer(waiter, e.errno().number());
        } catch (final Throwable e) {
            giveUp(waiter);
            answer(waiter, Failures.unexpected("lock of inode " + waiter.ino, e).number());
        }
        return true;
    }

    private void answer(final Waiter waiter, final int errno) {
        Reply.putHeader(reply, ReplyLayout.Header.SIZE, errno, waiter.unique);
        waiter.channel.send(reply, ReplyLayout.Header.SIZE);
    }

    private void giveUp(final Waiter waiter) {
        if (waiter.isLongWait) {
            try {
                waiter.attempt.giveUp();
            } catch (final ErrnoException e) {
                LOG.warn("cannot end the wait for a lock of inode {}: {}", waiter.ino, e.errno());
            }
        }
    }

    private void run() {
        try {
            while (true) {
                final List<Long> inos;
                synchronized (unlocked) {
                    while (unlocked.isEmpty() && !closed && !isLongWaitDue()) {
                        if (isLongWaitExpected) {
                            TimeUnit.NANOSECONDS.timedWait(unlocked, longWaitAtNs - System.nanoTime());
                        } else {
                            unlocked.wait();
                        }
                    }
                    if (closed) {
                        return;
                    }
                    inos = new ArrayList<>(unlocked);
                    unlocked.clear();
                    isLongWaitExpected = isLongWaitExpected && !isLongWaitDue();
                }
                tryAgain(inos);
            }
        } catch (final InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void tryAgain(final List<Long> inos) {
        waiters.values().removeIf(
            waiter -> (becomesLong(waiter) | inos.contains(waiter.ino)) && isAnswered(waiter));
        if (waiters.values().stream().anyMatch(waiter -> !waiter.isLongWait)) {
            expectLongWait();
        }
    }

    private boolean becomesLong(final Waiter waiter) {
        if (waiter.isLongWait || System.nanoTime() - waiter.startNs < longWaitNs) {
            return false;
        }
        waiter.isLongWait = true;
        return true;
    }

    /** Has the thread look at the waiters again when one may have waited for long. */
    private void expectLongWait() {
        synchronized (unlocked) {
            if (!isLongWaitExpected) {
                isLongWaitExpected = true;
                longWaitAtNs = System.nanoTime() + longWaitNs;
                unlocked.notifyAll();
            }
        }
    }

    /** With the monitor of {@link #unlocked}. */
    private boolean isLongWaitDue() {
        return isLongWaitExpected && System.nanoTime() - longWaitAtNs >= 0;
    }

    @Override
    public void close() {
        synchronized (unlocked) {
            closed = true;
            unlocked.notifyAll();
        }
    }
}
