package org.dsmfs.engine.core;

import org.agrona.MutableDirectBuffer;
import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.Segment;

import java.nio.ByteOrder;

/**
 * The <em>address generator</em>: takes ranges of segment numbers from the root page of a partition and hands them out
 * one by one. What is left of a range when the node stops is never used. The root of partition 0 is the space's root
 * page, at the static address 0.
 */
final class AddressGenerator {
    /** Index of the root page in its segment. */
    static final long PAGE = 0;
    /** Numbers in a grant. */
    static final long GRANT = 1 << 20;
    /** First number of a partition that is ever granted; those below are for things at static addresses. */
    static final long FIRST = 16;

    private static final long MAGIC = 0x746f6f72_6d736401L;
    private static final int MAGIC_OFFSET = 0;
    private static final int UNGRANTED_OFFSET = 8;

    /**
     * First number that was handed out since {@link #mark}, or a granted one that is next; MAX_VALUE if there is none.
     */
    private long firstSinceMark = Long.MAX_VALUE;
    private long next;
    private long end;

    /** @return a number, or 0 if the granted range is used up */
    long next() {
        return next == end ? 0 : next++;
    }

    /** Numbers that are handed out from now on are new. */
    void mark() {
        firstSinceMark = next == end ? Long.MAX_VALUE : next;
    }

    /** @return whether the number was surely handed out since the mark, or is still to be handed out here */
    boolean isNew(final long number) {
        return number >= firstSinceMark && number < end;
    }

    /** A grant was committed, and used up to here. */
    void granted(final long start, final long used) {
        firstSinceMark = start == end ? Math.min(firstSinceMark, start) : start;
        next = used;
        end = start + GRANT;
    }

    /** @return segment of the partition's root page */
    static long rootOf(final int partition) {
        return Segment.of(0, Segment.firstNumber(partition));
    }

    /** Takes a range out of the root page. @return its first number */
    static long grant(final MutableDirectBuffer root, final int partition) {
        final long first = Segment.firstNumber(partition);
        if (root.getLong(MAGIC_OFFSET, ByteOrder.LITTLE_ENDIAN) == 0) {
            root.putLong(MAGIC_OFFSET, MAGIC, ByteOrder.LITTLE_ENDIAN);
            root.putLong(UNGRANTED_OFFSET, first + FIRST, ByteOrder.LITTLE_ENDIAN);
        }
        final long start = root.getLong(UNGRANTED_OFFSET, ByteOrder.LITTLE_ENDIAN);
        if (root.getLong(MAGIC_OFFSET, ByteOrder.LITTLE_ENDIAN) != MAGIC || start < first + FIRST
            || start > first + Segment.PARTITION_NUMBERS - GRANT) {
            throw new EngineException("the root page of partition " + partition + " is not valid: next number "
                + start);
        }
        root.putLong(UNGRANTED_OFFSET, start + GRANT, ByteOrder.LITTLE_ENDIAN);
        return start;
    }
}
