package org.dsmfs.layout;

import org.agrona.collections.LongHashSet;

/**
 * The inodes that were looked up on this node within the last second or two. Whoever asked for a name may be about to
 * open what it was told, while another node takes the name away. Thread-safe.
 */
final class RecentLookups {
    /** For how long a look-up counts at least. It counts less than twice as long. */
    static final long SPAN_NANOS = 1_000_000_000L;

    private final WallClock clock;
    private LongHashSet current = new LongHashSet();
    private LongHashSet previous = new LongHashSet();
    private long currentSince;

    RecentLookups(final WallClock clock) {
        this.clock = clock;
        this.currentSince = clock.epochNanos();
    }

    synchronized void lookedUp(final long ino) {
        advance();
        current.add(ino);
    }

    synchronized boolean contains(final long ino) {
        advance();
        return current.contains(ino) || previous.contains(ino);
    }

    /** What does not count any more never counts again, also if the clock is set back: it is forgotten. */
    private void advance() {
        final long ageNanos = clock.epochNanos() - currentSince;
        if (ageNanos >= 0 && ageNanos < SPAN_NANOS) {
            return;
        }
        final boolean isJustOver = ageNanos >= 0 && ageNanos < 2 * SPAN_NANOS;
        previous = isJustOver ? current : new LongHashSet();
        current = new LongHashSet();
        currentSince += ageNanos;
    }
}
