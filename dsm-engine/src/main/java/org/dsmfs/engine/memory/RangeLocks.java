package org.dsmfs.engine.memory;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Exclusive locks of byte ranges, held by threads; those who wait are served in the order they came. */
final class RangeLocks {
    private static final class Range {
        private final long region;
        private final long start;
        private final long end;
        private final Thread owner;
        /** Signalled once the range is held. */
        private Condition granted;

        private Range(final long region, final long start, final long end) {
            this.region = region;
            this.start = start;
            this.end = end;
            this.owner = Thread.currentThread();
        }

        private boolean overlaps(final Range other) {
            return region == other.region && start < other.end && other.start < end;
        }

        private boolean isSame(final Range other) {
            return region == other.region && start == other.start && end == other.end && owner == other.owner;
        }
    }

    private final ReentrantLock monitor = new ReentrantLock();
    private final List<Range> held = new ArrayList<>();
    private final Deque<Range> waiting = new ArrayDeque<>();

    void lock(final long region, final long start, final long end) throws InterruptedException {
        final Range range = new Range(region, start, end);
        monitor.lock();
        try {
            checkNotHeld(range);
            waiting.add(range);
            range.granted = monitor.newCondition();
            grant();
            while (waiting.contains(range)) {
                range.granted.await();
            }
        } catch (final InterruptedException e) {
            release(range);
            throw e;
        } finally {
            monitor.unlock();
        }
    }

    boolean tryLock(final long region, final long start, final long end) {
        final Range range = new Range(region, start, end);
        monitor.lock();
        try {
            checkNotHeld(range);
            return isFree(range, waiting) && held.add(range);
        } finally {
            monitor.unlock();
        }
    }

    void unlock(final long region, final long start, final long end) {
        final Range range = new Range(region, start, end);
        monitor.lock();
        try {
            release(held.stream().filter(range::isSame).findFirst().orElseThrow(
                () -> new IllegalStateException("this thread holds no lock of bytes " + start + " to " + end)));
        } finally {
            monitor.unlock();
        }
    }

    private void checkNotHeld(final Range range) {
        if (held.stream().anyMatch(other -> other.owner == range.owner && other.overlaps(range))) {
            throw new IllegalStateException("this thread holds a lock on a part of bytes " + range.start + " to "
                + range.end + " already");
        }
    }

    private void release(final Range range) {
        held.remove(range);
        waiting.remove(range);
        grant();
    }

    /**
     * Gives all that wait what they wait for, unless it is held, or somebody who came before waits for a part of it.
     */
    private void grant() {
        final List<Range> passedOver = new ArrayList<>();
        for (final Range range : List.copyOf(waiting)) {
            if (isFree(range, passedOver)) {
                waiting.remove(range);
                held.add(range);
                range.granted.signal();
            } else {
                passedOver.add(range);
            }
        }
    }

    private boolean isFree(final Range range, final Iterable<Range> before) {
        for (final Range other : before) {
            if (other.overlaps(range)) {
                return false;
            }
        }
        return held.stream().noneMatch(range::overlaps);
    }
}
