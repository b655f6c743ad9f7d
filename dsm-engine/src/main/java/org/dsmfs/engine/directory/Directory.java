package org.dsmfs.engine.directory;

import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.PageTransaction;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.membership.View;

/**
 * Which partition an address belongs to; those that were never assigned belong to partition 0. Changes are part of the
 * caller's transaction, and so are reads: what a lookup says holds for that state of the pages. Segment number 0, where
 * the directory itself is, belongs to partition 0 for good.
 */
public final class Directory {
    /** Segment of the directory's pages. */
    public static final long SEGMENT = 0;
    /** Index of its root page, which it shares with the <em>address generator</em>. */
    public static final long ROOT_PAGE = 0;

    private static final int DEFAULT_PARTITION = 0;
    private static final long END_NUMBER = Segment.MAX_NUMBER + 1;

    private Directory() {
    }

    /**
     * Finds the partition of an address.
     *
     * @param number segment number, 0..{@link Segment#MAX_NUMBER}
     * @param page   index of the page, 0..
     * @return the largest range around the address that has the same partition
     * @throws EngineException if a page of the directory is not valid
     */
    public static Range lookup(final PageTransaction tx, final long number, final long page) {
        return range(new RangeTree(tx), number, page);
    }

    /**
     * Gives all addresses of some segment numbers to a partition.
     *
     * @param firstNumber 1..
     * @param endNumber   the number behind the last one, greater than the first, up to {@link Segment#MAX_NUMBER} + 1
     * @param partition   0..{@link View#PARTITIONS} - 1
     * @throws EngineException as {@link #lookup}
     */
    public static void assign(final PageTransaction tx, final long firstNumber, final long endNumber,
                              final int partition) {
        if (endNumber <= firstNumber) {
            throw new IllegalArgumentException("range from " + firstNumber + " to " + endNumber);
        }
        assign(tx, firstNumber, 0, endNumber, partition);
    }

    /**
     * Gives a segment's pages from some page on to a partition, for a segment that is hot or huge; pages before it stay
     * where they are.
     *
     * @param number    segment number, 1..{@link Segment#MAX_NUMBER}
     * @param fromPage  index of the first page, 0..
     * @param partition 0..{@link View#PARTITIONS} - 1
     * @throws EngineException as {@link #lookup}
     */
    public static void split(final PageTransaction tx, final long number, final long fromPage, final int partition) {
        assign(tx, number, fromPage, number + 1, partition);
    }

    private static void assign(final PageTransaction tx, final long number, final long page, final long endNumber,
                               final int partition) {
        if (number < 1 || endNumber > END_NUMBER || page < 0 || partition < 0 || partition >= View.PARTITIONS) {
            throw new IllegalArgumentException("range from " + number + "/" + page + " to " + endNumber
                + " to partition " + partition);
        }
        final RangeTree tree = new RangeTree(tx);
        final Range before = range(tree, number, page);
        if (before.partition() == partition
            && Range.compare(endNumber, 0, before.endNumber(), before.endPage()) <= 0) {
            return;
        }
        final int behind = partition(tree.floor(endNumber, 0));
        tree.remove(number, page);
        RangeTree.Start inside = tree.higher(number, page);
        while (inside != null && Range.compare(inside.number(), inside.page(), endNumber, 0) <= 0) {
            tree.remove(inside.number(), inside.page());
            inside = tree.higher(number, page);
        }
        if (partition(tree.floor(number, page)) != partition) {
            tree.insert(number, page, partition);
        }
        if (behind != partition && endNumber != END_NUMBER) {
            tree.insert(endNumber, 0, behind);
        }
    }

    private static Range range(final RangeTree tree, final long number, final long page) {
        final RangeTree.Start start = tree.floor(number, page);
        final RangeTree.Start end = tree.higher(number, page);
        return new Range(start == null ? 0 : start.number(), start == null ? 0 : start.page(),
            end == null ? END_NUMBER : end.number(), end == null ? 0 : end.page(), partition(start));
    }

    private static int partition(final RangeTree.Start start) {
        return start == null ? DEFAULT_PARTITION : start.partition();
    }
}
