package org.dsmfs.mount.kernel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.layout.Errno;
import org.dsmfs.layout.ErrnoException;
import org.dsmfs.layout.FileSystem;
import org.dsmfs.mount.os.NativeMemory;
import org.dsmfs.mount.serving.Failures;

/**
 * The requests that wait for locks. None holds a thread: those of an inode are tried again, the longest waiting first,
 * by one thread of its own after locks of the inode were released. Thread-safe.
 */
final class LockWaits implements FileSystem.UnlockListener, AutoCloseable {
    /** Interrupts that came before their request was known to wait; more than can be on their way at a time. */
    private static final int EARLY_INTERRUPTS_MAX = 64;

    private final UnsafeBuffer reply = NativeMemory.allocate(ReplyLayout.Header.SIZE);
    private final Map<Long, Waiter> waiters = new LinkedHashMap<>();
    private final ArrayDeque<Long> earlyInterrupts = new ArrayDeque<>();
    /** Inodes whose waiters are to be tried again. Its monitor is taken last, for a moment. */
    private final Set<Long> unlocked = new HashSet<>();
    private final Thread thread = new Thread(this::run, "locks");
    private boolean closed;

    LockWaits() {
        thread.setDaemon(true);
    }

    /** Tries to take a lock. */
    @FunctionalInterface
    interface Attempt {
        /** @return whether the lock was granted */
        boolean run();
    }

    private record Waiter(Channel channel, long unique, long ino, Attempt attempt) {
    }

    void start() {
        thread.start();
    }

    /** Answers the request once the attempt succeeds or fails for another reason, or a signal ends the wait. */
    synchronized void grant(final Channel channel, final long unique, final long ino, final Attempt attempt) {
        final Waiter waiter = new Waiter(channel, unique, ino, attempt);
        if (earlyInterrupts.remove(unique)) {
            answer(waiter, Errno.EINTR.number());
        } else if (!isAnswered(waiter)) {
            waiters.put(unique, waiter);
        }
    }

    /** The caller of that request got a signal. Only a request that waits for a lock is ended by it. */
    synchronized void interrupt(final long unique) {
        final Waiter waiter = waiters.remove(unique);
        if (waiter != null) {
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
            if (!waiter.attempt.run()) {
                return false;
            }
            answer(waiter, 0);
        } catch (final ErrnoException e) {
            answer(waiter, e.errno().number());
        } catch (final Throwable e) {
            answer(waiter, Failures.unexpected("lock of inode " + waiter.ino, e).number());
        }
        return true;
    }

    private void answer(final Waiter waiter, final int errno) {
        Reply.putHeader(reply, ReplyLayout.Header.SIZE, errno, waiter.unique);
        waiter.channel.send(reply, ReplyLayout.Header.SIZE);
    }

    private void run() {
        try {
            while (true) {
                final List<Long> inos;
                synchronized (unlocked) {
                    while (unlocked.isEmpty() && !closed) {
                        unlocked.wait();
                    }
                    if (closed) {
                        return;
                    }
                    inos = new ArrayList<>(unlocked);
                    unlocked.clear();
                }
                tryAgain(inos);
            }
        } catch (final InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void tryAgain(final List<Long> inos) {
        waiters.values().removeIf(waiter -> inos.contains(waiter.ino) && isAnswered(waiter));
    }

    @Override
    public void close() {
        synchronized (unlocked) {
            closed = true;
            unlocked.notifyAll();
        }
    }
}
