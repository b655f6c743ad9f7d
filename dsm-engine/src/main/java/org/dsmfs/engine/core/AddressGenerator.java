package org.dsmfs.engine.core;

import org.agrona.MutableDirectBuffer;
import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.PageTransaction;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.directory.Directory;

import java.nio.ByteOrder;

/**
 * The <em>address generator</em>: takes ranges of segment numbers from the space's root page, at the static address 0,
 * and hands them out one by one. What is left of a range when the node stops is never used. The rest of the root page
 * is the {@link Directory}'s.
 */
final class AddressGenerator {
    /** Numbers in a grant. */
    static final long GRANT = 1 << 20;
    /** First number ever granted; those below are the caller's for things at static addresses. */
    static final long FIRST = 16;

    private static final long MAGIC = 0x746f6f72_6d736401L;
    private static final int MAGIC_OFFSET = 0;
    private static final int UNGRANTED_OFFSET = 8;

    private long next;
    private long end;

    /** @return a number, or 0 if the granted range is used up */
    long next() {
        return next == end ? 0 : next++;
    }

    /** A grant was committed, and used up to here. */
    void granted(final long start, final long used) {
        next = used;
        end = start + GRANT;
    }

    /**
     * Takes a range out of the root page.
     *
     * @param partition that the range belongs to from now on
     * @return its first number
     * @throws EngineException if there are no numbers left, or a page of the directory is not valid
     */
    static long grant(final PageTransaction tx, final int partition) {
        final MutableDirectBuffer root = tx.write(Directory.SEGMENT, Directory.ROOT_PAGE);
        if (root.getLong(MAGIC_OFFSET, ByteOrder.LITTLE_ENDIAN) == 0) {
            root.putLong(MAGIC_OFFSET, MAGIC, ByteOrder.LITTLE_ENDIAN);
            root.putLong(UNGRANTED_OFFSET, FIRST, ByteOrder.LITTLE_ENDIAN);
        }
        final long start = root.getLong(UNGRANTED_OFFSET, ByteOrder.LITTLE_ENDIAN);
        if (root.getLong(MAGIC_OFFSET, ByteOrder.LITTLE_ENDIAN) != MAGIC || start < FIRST
            || start > Segment.MAX_NUMBER - GRANT) {
            throw new EngineException("the root page of the space is not valid: next number " + start);
        }
        root.putLong(UNGRANTED_OFFSET, start + GRANT, ByteOrder.LITTLE_ENDIAN);
        Directory.assign(tx, start, start + GRANT, partition);
        return start;
    }
}
