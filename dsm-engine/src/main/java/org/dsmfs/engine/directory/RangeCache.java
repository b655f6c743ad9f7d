package org.dsmfs.engine.directory;

import org.dsmfs.engine.Segment;

import java.util.Arrays;

/**
 * The ranges of the directory that lookups have returned here, to find the partition of an address without reading
 * pages and without allocating. To be cleared when a page of the directory is lost; what it says is a hint that the
 * responsible node verifies. Thread-safe; lookups take no lock.
 */
public final class RangeCache {
    private static final Snapshot EMPTY =
        new Snapshot(new long[0], new int[0]).with(new Range(Segment.number(Directory.SEGMENT), 0,
            Segment.number(Directory.SEGMENT) + 1, 0, 0));

    private volatile Snapshot snapshot = EMPTY;

    /** @return partition of the address, -1 if it is not known here */
    public int partition(final long number, final long page) {
        return snapshot.partition(number, page);
    }

    /** Adds what a lookup returned; where it contradicts older ranges, these give way. */
    public synchronized void add(final Range range) {
        snapshot = snapshot.with(range);
    }

    /** Forgets all ranges but that of the directory itself. */
    public synchronized void clear() {
        snapshot = EMPTY;
    }

    /** Ranges, in rising order, which do not overlap. Immutable but for the shortcut. */
    private static final class Snapshot {
        private static final int LONGS = 4;
        private static final int FIRST = 0;
        private static final int END = 2;

        /** Per range: first number, first page, end number, end page. */
        private final long[] bounds;
        private final int[] partitions;
        /** The range that was found last. Any is right, so threads need not agree on it. */
        private int lastHit;

        private Snapshot(final long[] bounds, final int[] partitions) {
            this.bounds = bounds;
            this.partitions = partitions;
        }

        private int partition(final long number, final long page) {
            final int last = lastHit;
            if (last < partitions.length && contains(last, number, page)) {
                return partitions[last];
            }
            final int range = firstEndingBehind(number, page);
            if (range == partitions.length || !contains(range, number, page)) {
                return -1;
            }
            lastHit = range;
            return partitions[range];
        }

        private boolean contains(final int range, final long number, final long page) {
            return compare(range, FIRST, number, page) <= 0 && compare(range, END, number, page) > 0;
        }

        private int compare(final int range, final int bound, final long number, final long page) {
            final int at = range * LONGS + bound;
            return Range.compare(bounds[at], bounds[at + 1], number, page);
        }

        private int firstEndingBehind(final long number, final long page) {
            int low = 0;
            int high = partitions.length;
            while (low < high) {
                final int middle = low + high >>> 1;
                if (compare(middle, END, number, page) > 0) {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            return low;
        }

        /** @return these ranges and another one, which cuts those that it overlaps */
        private Snapshot with(final Range added) {
            final int from = firstEndingBehind(added.firstNumber(), added.firstPage());
            int to = from;
            while (to < partitions.length && compare(to, FIRST, added.endNumber(), added.endPage()) < 0) {
                to++;
            }
            final boolean keepsHead = from < to && compare(from, FIRST, added.firstNumber(), added.firstPage()) < 0;
            final boolean keepsTail = from < to && compare(to - 1, END, added.endNumber(), added.endPage()) > 0;
            final int size = from + (keepsHead ? 1 : 0) + 1 + (keepsTail ? 1 : 0) + partitions.length - to;
            final Snapshot result = new Snapshot(Arrays.copyOf(bounds, size * LONGS), Arrays.copyOf(partitions, size));
            int next = from;
            if (keepsHead) {
                result.set(next++, bounds[from * LONGS], bounds[from * LONGS + 1], added.firstNumber(),
                    added.firstPage(), partitions[from]);
            }
            result.set(next++, added.firstNumber(), added.firstPage(), added.endNumber(), added.endPage(),
                added.partition());
            if (keepsTail) {
                final int tail = (to - 1) * LONGS + END;
                result.set(next++, added.endNumber(), added.endPage(), bounds[tail], bounds[tail + 1],
                    partitions[to - 1]);
            }
            System.arraycopy(bounds, to * LONGS, result.bounds, next * LONGS, (partitions.length - to) * LONGS);
            System.arraycopy(partitions, to, result.partitions, next, partitions.length - to);
            return result;
        }

        private void set(final int range, final long firstNumber, final long firstPage, final long endNumber,
                         final long endPage, final int partition) {
            bounds[range * LONGS] = firstNumber;
            bounds[range * LONGS + 1] = firstPage;
            bounds[range * LONGS + 2] = endNumber;
            bounds[range * LONGS + 3] = endPage;
            partitions[range] = partition;
        }
    }
}
