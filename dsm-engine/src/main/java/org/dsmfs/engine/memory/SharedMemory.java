package org.dsmfs.engine.memory;

import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.PageTransaction;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.Space;
import org.dsmfs.engine.SpaceClosedException;
import org.dsmfs.engine.SpaceFullException;

/**
 * The shared address space as memory: regions of bytes, without files. A region is a segment of data pages, and a page
 * that keeps its size; memory that was never written takes no room. Thread-safe.
 *
 * <p>What a call changed is seen by everyone when it returns, and is durable after {@link Space#sync}. The space stays
 * the caller's, to be closed by it; it may hold files too, which use other kinds of segments.
 */
public final class SharedMemory {
    /** Largest size of a region, bytes: 1 PiB. */
    public static final long MAX_REGION_BYTES = 1L << 50;
    /** Most bytes that one read or write may have. */
    public static final int MAX_ACCESS_BYTES = 1 << 20;

    private static final int HEADER_KIND = 0x3e;
    private static final int DATA_KIND = Segment.LARGE_PAGES | 0x3e;
    /** In the header page: what it is, then the size of the region in bytes. */
    private static final long MAGIC = 0x6e6f6967_65726401L;
    private static final int MAGIC_OFFSET = 0;
    private static final int SIZE_OFFSET = 8;

    private final Space space;
    private final RangeLocks locks = new RangeLocks();

    /** @param space where the regions are */
    public SharedMemory(final Space space) {
        this.space = space;
    }

    /**
     * Makes a region of zeros.
     *
     * @param sizeBytes 1..{@link #MAX_REGION_BYTES}
     * @throws SpaceFullException   if there is no room for the page that keeps the size
     * @throws SpaceClosedException as {@link Space#execute}
     */
    public Region allocate(final long sizeBytes) {
        if (sizeBytes < 1 || sizeBytes > MAX_REGION_BYTES) {
            throw new IllegalArgumentException("region of " + sizeBytes + " bytes: 1 to " + MAX_REGION_BYTES
                + " are possible");
        }
        final long id = space.execute(transaction -> {
            final long number = transaction.allocateNumber();
            final var header = transaction.write(header(number), 0);
            header.putLong(MAGIC_OFFSET, MAGIC);
            header.putLong(SIZE_OFFSET, sizeBytes);
            return number;
        });
        return new Region(this, id, sizeBytes);
    }

    /**
     * Finds a region that was allocated before, maybe by another process.
     *
     * @param id {@link Region#id} of the region
     * @throws EngineException      if there is no such region
     * @throws SpaceClosedException as {@link Space#execute}
     */
    public Region open(final long id) {
        return new Region(this, id, space.execute(transaction -> size(transaction, id)));
    }

    /** @return size of the region, bytes; checks that it exists */
    static long size(final PageTransaction transaction, final long id) {
        final var header = transaction.read(header(id), 0);
        if (header == null || header.getLong(MAGIC_OFFSET) != MAGIC) {
            throw new EngineException("there is no region " + id + ", or it was freed");
        }
        return header.getLong(SIZE_OFFSET);
    }

    static long header(final long id) {
        return Segment.of(HEADER_KIND, id);
    }

    static long data(final long id) {
        return Segment.of(DATA_KIND, id);
    }

    Space space() {
        return space;
    }

    RangeLocks locks() {
        return locks;
    }
}
