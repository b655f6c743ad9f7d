package org.dsmfs.mount.kernel;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.agrona.collections.LongHashSet;
import org.dsmfs.layout.FileSystem;
import org.dsmfs.mount.serving.Failures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes back what the kernel has cached of an inode when another node wants to change it, by notifications, on threads
 * of its own, since a notification waits for reads of the inode that are in flight. While a revocation is under way,
 * further reads are held back for a moment. One that goes on all the same still gets the old content, so the
 * notification is repeated after it. Why that ends: docs/decisions/2026-11-kernel-cache-revocation.md. Thread-safe.
 */
final class Revocations implements FileSystem.Revoker, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Revocations.class);
    private static final long NONE = -1;
    /** Revocations that wait for reads at a time without keeping others waiting. */
    private static final int THREADS = 4;
    /** How long another node is made to wait: longer than any notification takes, even of a node that is overloaded. */
    private static final long PATIENCE_NS = TimeUnit.MILLISECONDS.toNanos(500);
    /** How long a read is held back if the notification may wait for it. */
    private static final long HOLD_NS = TimeUnit.MILLISECONDS.toNanos(1);
    /** Between two notifications of an inode that the kernel was told of but does not have yet, or not any more. */
    private static final long RETRY_NS = TimeUnit.MICROSECONDS.toNanos(50);
    /** Most inodes in {@link #named}, about 16 MiB of memory; then all names are taken back. */
    private static final int NAMED_MAX = 1 << 20;

    private final Channel channel;
    private final NodeTable nodes;
    private final AtomicLong begun = new AtomicLong();
    private final AtomicLong ended = new AtomicLong();
    private final AtomicLong overdue = new AtomicLong();
    private final ConcurrentHashMap<Long, Revocation> underWay = new ConcurrentHashMap<>();
    private final BlockingQueue<Revocation> toNotify = new LinkedBlockingQueue<>();
    /** Those that began last are last. */
    private final BlockingQueue<Revocation> toWatch = new LinkedBlockingQueue<>();
    private final HeldReplies heldReplies = new HeldReplies();
    /** Directories of which the kernel has names, and what these are the names of. */
    private final LongHashSet named = new LongHashSet();
    private final Thread[] threads = new Thread[THREADS + 1];
    private volatile boolean closed;

    Revocations(final Channel channel, final NodeTable nodes) {
        this.channel = channel;
        this.nodes = nodes;
        for (int i = 0; i < THREADS; i++) {
            threads[i] = new Thread(() -> work(toNotify, this::takeBack), "revocation-" + i);
        }
        threads[THREADS] = new Thread(() -> work(toWatch, this::watch), "revocation-watch");
    }

    private enum Phase {
        /** Reads are held back, but not for long. */
        UNDER_WAY,
        /** There is nothing to wait for any more. */
        ENDING,
        /** The other node may go on, and what is read from now on shows what it does. */
        OVER
    }

    /** One inode's. */
    private final class Revocation {
        private final long ino;
        private final Runnable revoked;
        private final long deadlineNs = System.nanoTime() + PATIENCE_NS;
        private Phase phase = Phase.UNDER_WAY;
        /** Notifications begun. One waits for, and drops, what the reads that came before it put into the cache. */
        private long round;
        /** Whether reads that came in this round went on: what they put into the cache may stay there. */
        private boolean isRepeatNeeded;

        Revocation(final long ino, final Runnable revoked) {
            this.ino = ino;
            this.revoked = revoked;
        }

        synchronized boolean isUnderWay() {
            return phase == Phase.UNDER_WAY;
        }

        /** The next notification is about to be sent. */
        synchronized void beginRound() {
            round++;
            isRepeatNeeded = false;
            notifyAll();
        }

        /**
         * Ends it, unless another round is needed.
         *
         * @return whether it is still under way
         */
        boolean endRound() {
            synchronized (this) {
                if (phase != Phase.UNDER_WAY) {
                    return false;
                }
                if (isRepeatNeeded) {
                    return true;
                }
                phase = Phase.ENDING;
            }
            finish();
            return false;
        }

        /** @return false if it was ended by somebody else */
        boolean end() {
            synchronized (this) {
                if (phase != Phase.UNDER_WAY) {
                    return false;
                }
                phase = Phase.ENDING;
            }
            finish();
            return true;
        }

        private void finish() {
            revoked.run();
            underWay.remove(ino, this);
            ended.incrementAndGet();
            synchronized (this) {
                phase = Phase.OVER;
                notifyAll();
            }
        }

        synchronized void holdRead() throws InterruptedException {
            final long roundBefore = round;
            final long endNs = System.nanoTime() + HOLD_NS;
            long leftNs = HOLD_NS;
            while (phase == Phase.UNDER_WAY && round == roundBefore && leftNs > 0) {
                TimeUnit.NANOSECONDS.timedWait(this, leftNs);
                leftNs = endNs - System.nanoTime();
            }
            if (round == roundBefore) {
                isRepeatNeeded = true;
            }
            awaitOver();
        }

        synchronized void awaitDeadline() throws InterruptedException {
            long leftNs = deadlineNs - System.nanoTime();
            while (phase == Phase.UNDER_WAY && leftNs > 0) {
                TimeUnit.NANOSECONDS.timedWait(this, leftNs);
                leftNs = deadlineNs - System.nanoTime();
            }
        }

        /** That takes no time, if it is ending. */
        private void awaitOver() throws InterruptedException {
            while (phase == Phase.ENDING) {
                wait();
            }
        }

        synchronized void holdUntilOver() throws InterruptedException {
            awaitDeadline();
            awaitOver();
        }
    }

    private interface Step {
        void run(Revocation revocation) throws InterruptedException;
    }

    void start() {
        for (final Thread thread : threads) {
            thread.setDaemon(true);
            thread.start();
        }
    }

    // --- what those who answer requests ask ----------------------------------------------------------------------

    /** @return to ask {@link #isNoneSince} with */
    long stamp() {
        final long endedBefore = ended.get();
        return begun.get() == endedBefore ? endedBefore : NONE;
    }

    /** @return whether no revocation was under way at the time of the stamp, and none has begun since */
    boolean isNoneSince(final long stamp) {
        return begun.get() == stamp;
    }

    /**
     * The kernel is about to get a name of the inode, or one in this directory, or to learn that one is missing, and
     * may keep that.
     */
    void nameGiven(final long ino) {
        final boolean isFull;
        synchronized (named) {
            isFull = named.size() == NAMED_MAX && !named.contains(ino);
            if (isFull) {
                named.clear();
            }
            named.add(ino);
        }
        if (isFull) {
            Notification.newEpoch(channel);
        }
    }

    /** Holds a read back while the content is being revoked. It has a lock in the kernel, so not for long. */
    void holdRead(final long ino) {
        hold(ino, Revocation::holdRead);
    }

    /**
     * Does what a read has to change before it gives the reply, which has a lock in the kernel: if that has to wait for
     * other nodes, and they for the revocation of the inode, the reply is given first.
     *
     * @param reply is run once, by any thread
     */
    void replyAfter(final long ino, final Runnable change, final Runnable reply) {
        try (HeldReplies.Held held = holdReply(ino, reply)) {
            change.run();
        }
    }

    /** Holds a reply back until it is closed, or until the inode is to be revoked, which may wait for the reply. */
    HeldReplies.Held holdReply(final long ino, final Runnable reply) {
        final HeldReplies.Held held = heldReplies.hold(ino, reply);
        if (isUnderWay(ino)) {
            held.give();
        }
        return held;
    }

    /** @return whether another node waits for the inode to be revoked */
    boolean isUnderWay(final long ino) {
        return underWay.containsKey(ino);
    }

    /** Holds what the kernel keeps, but not under a lock that revocation waits for, back until that is over. */
    void holdUntilRevoked(final long ino) {
        hold(ino, Revocation::holdUntilOver);
    }

    private void hold(final long ino, final Step step) {
        final Revocation revocation = underWay.isEmpty() ? null : underWay.get(ino);
        if (revocation != null) {
            try {
                step.run(revocation);
            } catch (final InterruptedException stopping) {
                Thread.currentThread().interrupt();
            }
        }
    }

    // --- revoking ------------------------------------------------------------------------------------------------

    @Override
    public boolean revoke(final long ino, final Runnable revoked) {
        begun.incrementAndGet();
        if (closed || !nodes.isKnown(ino)) {
            ended.incrementAndGet();
            return true;
        }
        final Revocation revocation = new Revocation(ino, revoked);
        underWay.put(ino, revocation);
        toNotify.add(revocation);
        toWatch.add(revocation);
        return false;
    }

    /**
     * Takes names and attributes back, so that the kernel asks for them again. Content needs no more: before each cached
     * read the kernel asks for attributes that are not valid any more.
     */
    @Override
    public void shortenTrust() {
        begun.incrementAndGet();
        try {
            synchronized (named) {
                named.clear();
            }
            Notification.newEpoch(channel);
            nodes.forEachKnown(node -> Notification.attributesChanged(channel, node));
        } finally {
            ended.incrementAndGet();
        }
    }

    private void work(final BlockingQueue<Revocation> queue, final Step step) {
        try {
            while (true) {
                final Revocation revocation = queue.take();
                try {
                    step.run(revocation);
                } catch (final RuntimeException failure) {
                    Failures.log("revocation of inode " + revocation.ino, failure);
                }
            }
        } catch (final InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private void takeBack(final Revocation revocation) {
        heldReplies.give(revocation.ino);
        takeBackNames(revocation.ino);
        do {
            revocation.beginRound();
            takeBackInode(revocation);
        } while (revocation.endRound());
    }

    /**
     * An epoch ends the validity of all names, so there is none left in any directory. The names of the inode itself
     * go too, since the kernel asks for attributes when it follows a name, but not when it then decides by the owner
     * who may change attributes or remove from a sticky directory.
     */
    private void takeBackNames(final long ino) {
        synchronized (named) {
            if (!named.contains(ino)) {
                return;
            }
            named.clear();
        }
        Notification.newEpoch(channel);
    }

    /** A node that the kernel was told of, but does not have, it may get to know just now. */
    private void takeBackInode(final Revocation revocation) {
        while (!Notification.inodeChanged(channel, revocation.ino) && nodes.isKnown(revocation.ino)
            && revocation.isUnderWay()) {
            LockSupport.parkNanos(RETRY_NS);
        }
    }

    private void watch(final Revocation revocation) throws InterruptedException {
        revocation.awaitDeadline();
        if (revocation.end()) {
            LOG.warn("what the kernel has cached of inode {} is revoked too late for another node, {} times so far",
                revocation.ino, overdue.incrementAndGet());
        }
    }

    /** Revokes nothing any more: the kernel has let go of everything. */
    @Override
    public void close() {
        closed = true;
        for (final Thread thread : threads) {
            thread.interrupt();
        }
        underWay.values().forEach(Revocation::end);
    }
}
