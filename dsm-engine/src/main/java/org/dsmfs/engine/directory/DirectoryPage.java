package org.dsmfs.engine.directory;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.Segment;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Bytes of a directory page: addresses of pages that were split off their partition, and the nodes that became
 * responsible for them. A ring: the newest takes the place of the oldest. docs/ON-PAGE-FORMATS.md.
 */
public final class DirectoryPage {
    /** Index of the page in {@link #segmentOf}; before it is the root of the partition's grants. */
    public static final long PAGE = 1;
    /** Entries that a page has room for. */
    public static final int MOST_ENTRIES = 170;

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final long MAGIC = 0x00726964_6d736401L;
    private static final int MAGIC_OFFSET = 0;
    /** Entries that were ever written: the next one's place is this, modulo {@link #MOST_ENTRIES}. */
    private static final int WRITTEN_OFFSET = 8;
    private static final int ENTRIES_OFFSET = 16;
    private static final int ENTRY_SEGMENT = 0;
    private static final int ENTRY_PAGE = 8;
    private static final int ENTRY_NODE = 16;
    private static final int ENTRY_BYTES = 24;

    /**
     * A page that was split off.
     *
     * @param segment of the page
     * @param page    its index, 0..
     * @param node    that became responsible for it, 0..1023
     */
    public record Split(long segment, long page, int node) {
    }

    private DirectoryPage() {
    }

    /** @return segment of a partition's directory page */
    public static long segmentOf(final int partition) {
        return Segment.of(0, Segment.firstNumber(partition));
    }

    /** Adds an entry. @param page of zeros, or with entries */
    public static void add(final MutableDirectBuffer page, final Split split) {
        page.putLong(MAGIC_OFFSET, MAGIC, ORDER);
        final long written = page.getLong(WRITTEN_OFFSET, ORDER);
        final int entry = offset(Math.floorMod(written, MOST_ENTRIES));
        page.putLong(entry + ENTRY_SEGMENT, split.segment, ORDER);
        page.putLong(entry + ENTRY_PAGE, split.page, ORDER);
        page.putLong(entry + ENTRY_NODE, split.node, ORDER);
        page.putLong(WRITTEN_OFFSET, written + 1, ORDER);
    }

    /**
     * @param page null for one that was never made
     * @return the entries, oldest first
     * @throws EngineException if the bytes are none of a directory page
     */
    public static List<Split> entries(final DirectBuffer page) {
        final List<Split> entries = new ArrayList<>();
        if (page == null) {
            return entries;
        }
        final long written = page.getLong(WRITTEN_OFFSET, ORDER);
        if (page.getLong(MAGIC_OFFSET, ORDER) != MAGIC || written < 1) {
            throw new EngineException("the directory page is not valid: " + written + " entries were written");
        }
        for (long i = Math.max(0, written - MOST_ENTRIES); i < written; i++) {
            final int entry = offset((int) (i % MOST_ENTRIES));
            final Split split = new Split(page.getLong(entry + ENTRY_SEGMENT, ORDER),
                page.getLong(entry + ENTRY_PAGE, ORDER), page.getInt(entry + ENTRY_NODE, ORDER));
            if (split.page < 0 || split.node < 0 || split.node >= Segment.PARTITIONS) {
                throw new EngineException("the directory page is not valid: entry " + split);
            }
            entries.add(split);
        }
        return entries;
    }

    private static int offset(final int index) {
        return ENTRIES_OFFSET + index * ENTRY_BYTES;
    }
}
