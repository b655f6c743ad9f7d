package org.dsmfs.layout;

import java.util.ArrayDeque;

/**
 * Orphans that another node said it uses, or that may be opened here. They may only have been looked up a moment ago,
 * and who does no more than that does not free them: to be tried once more when that moment has passed. Thread-safe.
 */
final class PostponedReclaims {
    /** Later than any look-up counts that was before now, with a margin for clocks that run at different speeds. */
    static final long DELAY_NANOS = 3 * RecentLookups.SPAN_NANOS;

    private final WallClock clock;
    private final ArrayDeque<Postponed> postponed = new ArrayDeque<>();

    private record Postponed(long ino, long sinceEpochNanos) {
    }

    PostponedReclaims(final WallClock clock) {
        this.clock = clock;
    }

    synchronized void add(final long ino) {
        postponed.add(new Postponed(ino, clock.epochNanos()));
    }

    /** @return the inode number of one whose time has come, and which is not postponed any more; 0 if there is none */
    synchronized long takeDue() {
        final Postponed first = postponed.peek();
        if (first == null) {
            return 0;
        }
        final long ageNanos = clock.epochNanos() - first.sinceEpochNanos;
        if (ageNanos >= 0 && ageNanos < DELAY_NANOS) {
            return 0;
        }
        postponed.remove();
        return first.ino;
    }
}
