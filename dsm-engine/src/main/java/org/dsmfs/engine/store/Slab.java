package org.dsmfs.engine.store;

import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.EngineException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.zip.CRC32C;

/**
 * Slots of one page size on the local disk: a file of slots, and a file with the <em>slot table</em>, which says what
 * each slot held at the last checkpoint. Table entries are {@value #ENTRY_BYTES} bytes, little-endian, all zeros for a
 * free slot; docs/ON-DISK-FORMATS.md.
 */
public final class Slab {
    private static final String TABLE_PREFIX = "slots-";
    private static final int ENTRY_BYTES = 40;
    private static final int SEGMENT_OFFSET = 0;
    private static final int PAGE_OFFSET = 8;
    private static final int VERSION_OFFSET = 16;
    private static final int LENGTH_OFFSET = 24;
    private static final int CONTENT_CRC_OFFSET = 28;
    private static final int ENTRY_CRC_OFFSET = 32;
    private static final int CHECKED_BITS = (ENTRY_CRC_OFFSET + 4) * Byte.SIZE;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int TABLE_BATCH = 4096;
    /** Version in the entry of a free slot whose blocks were given back to the disk. */
    private static final long NO_BLOCKS = -1;
    /** Written at once, so much is part of more to come, which the disk can be busy with meanwhile. */
    private static final int STREAM_BYTES = 512 << 10;

    private final int pageSize;
    private final Disk.DiskFile pages;
    private final Disk.DiskFile table;
    private final ByteBuffer tableBytes = ByteBuffer.allocateDirect(TABLE_BATCH * ENTRY_BYTES);
    private final UnsafeBuffer tableBuffer = new UnsafeBuffer(tableBytes);
    private final CRC32C crc = new CRC32C();
    private int slots;
    private volatile int slotsWithoutBlocks;
    private int runStart;
    private int runLength;

    /** Receives the slot table. */
    public interface TableVisitor {
        /**
         * A slot that holds a page.
         *
         * @param mended whether one bit of the entry was wrong on disk
         */
        void page(int slot, long segment, long page, PageIndex.Location location, boolean mended);

        /** A free slot whose blocks were given back to the disk. */
        void withoutBlocks(int slot);

        /** A slot whose entry does not match its checksum. */
        void damaged(int slot);
    }

    /** @param name part of the files' names */
    public Slab(final Disk disk, final String name, final int pageSize) {
        this.pageSize = pageSize;
        this.pages = disk.open("pages-" + name);
        this.table = disk.open(TABLE_PREFIX + name);
        this.slots = (int) Math.min(table.size() / ENTRY_BYTES, pages.size() / pageSize);
    }

    /** @return slots that a slab has, at most; 0 if there is none */
    public static long slotsAtMost(final Disk disk, final String name) {
        if (!disk.exists(TABLE_PREFIX + name)) {
            return 0;
        }
        try (Disk.DiskFile table = disk.open(TABLE_PREFIX + name)) {
            return table.size() / ENTRY_BYTES;
        }
    }

    /** @return slots, with or without blocks on disk */
    public int slots() {
        return slots;
    }

    /** @return bytes on disk that so many more slots take */
    public long bytesFor(final int moreSlots) {
        return (long) moreSlots * (pageSize + ENTRY_BYTES);
    }

    /** @return bytes of a slot */
    public int pageSize() {
        return pageSize;
    }

    /**
     * Gives more slots blocks on disk.
     *
     * @throws DiskException ENOSPC, without effect on the slots there are
     */
    public void grow(final int moreSlots) {
        pages.allocate((long) slots * pageSize, (long) moreSlots * pageSize);
        table.allocate((long) slots * ENTRY_BYTES, (long) moreSlots * ENTRY_BYTES);
        // The log may name the new slots before the next checkpoint; their contents' sync covers the other file.
        table.sync();
        slots += moreSlots;
    }

    /** @return bytes on disk that the slots and their table take */
    public long bytesOnDisk() {
        return bytesFor(slots) - (long) slotsWithoutBlocks * pageSize;
    }

    /**
     * Gives the blocks of free slots back to the disk. Until {@link #takeBlocksAgain} the slots can't be used.
     *
     * @throws DiskException EOPNOTSUPP if the disk can't take blocks back; the slots can't be used then either
     */
    public void giveBlocksBack(final BitSet given) {
        // The table first: a slot without blocks must never be taken for one with.
        given.stream().forEach(slot -> setEntry(slot, 0, 0, NO_BLOCKS, 0, 0));
        syncTable();
        slotsWithoutBlocks += given.cardinality();
        deallocate(given);
    }

    /**
     * Deallocates the blocks of slots that have none by the table: a crash may have kept them.
     *
     * @throws DiskException EOPNOTSUPP if the disk can't take blocks back
     */
    public void deallocate(final BitSet withoutBlocks) {
        forEachRun(withoutBlocks, pages::deallocate);
    }

    /**
     * Gives slots blocks again that {@link #giveBlocksBack} took from them.
     *
     * @throws DiskException ENOSPC, without effect
     */
    public void takeBlocksAgain(final BitSet wanted) {
        forEachRun(wanted, pages::allocate);
        pages.sync();
        wanted.stream().forEach(this::clearEntry);
        syncTable();
        slotsWithoutBlocks -= wanted.cardinality();
    }

    /** Receives a range of a file, bytes. */
    @FunctionalInterface
    private interface RangeVisitor {
        void range(long position, long length);
    }

    private void forEachRun(final BitSet chosen, final RangeVisitor visitor) {
        for (int first = chosen.nextSetBit(0); first >= 0;) {
            final int end = chosen.nextClearBit(first);
            visitor.range((long) first * pageSize, (long) (end - first) * pageSize);
            first = chosen.nextSetBit(end);
        }
    }

    /** Writes a page's first bytes, the rest of it is zeros by definition; or pages that follow each other. */
    public void write(final int slot, final long address, final int length) {
        pages.write((long) slot * pageSize, address, length);
        startWriteOut(slot, length);
    }

    /** Writes pages that follow each other, of the last one the first bytes at least. */
    public void write(final int slot, final MemoryParts contents) {
        pages.write((long) slot * pageSize, contents);
        startWriteOut(slot, contents.bytes());
    }

    private void startWriteOut(final int slot, final int length) {
        if (length >= STREAM_BYTES) {
            pages.startWriteOut((long) slot * pageSize, length);
        }
    }

    /** Reads a page's first bytes. */
    public void read(final long slot, final long address, final int length) {
        pages.read(slot * pageSize, address, length);
    }

    /** Makes the slots' contents durable. */
    public void syncPages() {
        pages.sync();
    }

    /** Makes the slot table durable. */
    public void syncTable() {
        flushTable();
        table.sync();
    }

    /** Sets a table entry; best in ascending order, to be followed by {@link #syncTable}. */
    public void setEntry(final int slot, final long segment, final long page, final long version, final int length,
                         final int contentCrc) {
        final int entry = nextEntry(slot);
        tableBuffer.putLong(entry + SEGMENT_OFFSET, segment, ORDER);
        tableBuffer.putLong(entry + PAGE_OFFSET, page, ORDER);
        tableBuffer.putLong(entry + VERSION_OFFSET, version, ORDER);
        tableBuffer.putInt(entry + LENGTH_OFFSET, length, ORDER);
        tableBuffer.putInt(entry + CONTENT_CRC_OFFSET, contentCrc, ORDER);
        tableBuffer.putInt(entry + ENTRY_CRC_OFFSET, entryCrc(entry), ORDER);
        tableBuffer.putInt(entry + ENTRY_CRC_OFFSET + 4, 0, ORDER);
    }

    /** Sets a table entry to "free", likewise. */
    public void clearEntry(final int slot) {
        tableBuffer.setMemory(nextEntry(slot), ENTRY_BYTES, (byte) 0);
    }

    private int nextEntry(final int slot) {
        if (runLength > 0 && slot != runStart + runLength || runLength == TABLE_BATCH) {
            flushTable();
        }
        if (runLength == 0) {
            runStart = slot;
        }
        return runLength++ * ENTRY_BYTES;
    }

    private void flushTable() {
        if (runLength > 0) {
            table.write((long) runStart * ENTRY_BYTES, tableBuffer.addressOffset(), runLength * ENTRY_BYTES);
            runLength = 0;
        }
    }

    /**
     * Reads the whole slot table.
     *
     * @throws EngineException if it names slots beyond the end of the file of slots
     */
    public void readTable(final TableVisitor visitor) {
        final PageIndex.Location location = new PageIndex.Location();
        slotsWithoutBlocks = 0;
        final int entries = (int) Math.min(table.size() / ENTRY_BYTES, Integer.MAX_VALUE);
        for (int first = 0; first < entries; first += TABLE_BATCH) {
            final int count = Math.min(TABLE_BATCH, entries - first);
            table.read((long) first * ENTRY_BYTES, tableBuffer.addressOffset(), count * ENTRY_BYTES);
            for (int i = 0; i < count; i++) {
                readEntry(first + i, i * ENTRY_BYTES, location, visitor);
            }
        }
    }

    private void readEntry(final int slot, final int entry, final PageIndex.Location location,
                           final TableVisitor visitor) {
        if (isFree(entry)) {
            return;
        }
        final boolean mended = !isValid(entry);
        if (mended && !mend(entry)) {
            visitor.damaged(slot);
        } else if (!isFree(entry)) {
            if (slot >= slots) {
                throw new EngineException("the slot table has a page in slot " + slot + ", but there are only " + slots
                    + " slots: restore the store from a copy");
            }
            if (tableBuffer.getLong(entry + VERSION_OFFSET, ORDER) == NO_BLOCKS) {
                slotsWithoutBlocks++;
                visitor.withoutBlocks(slot);
                return;
            }
            location.slot = slot;
            location.version = tableBuffer.getLong(entry + VERSION_OFFSET, ORDER);
            location.length = tableBuffer.getInt(entry + LENGTH_OFFSET, ORDER);
            location.crc = tableBuffer.getInt(entry + CONTENT_CRC_OFFSET, ORDER);
            visitor.page(slot, tableBuffer.getLong(entry + SEGMENT_OFFSET, ORDER),
                tableBuffer.getLong(entry + PAGE_OFFSET, ORDER), location, mended);
        }
    }

    private boolean isFree(final int entry) {
        return tableBuffer.getLong(entry + SEGMENT_OFFSET) == 0 && tableBuffer.getLong(entry + PAGE_OFFSET) == 0
            && tableBuffer.getLong(entry + VERSION_OFFSET) == 0 && tableBuffer.getLong(entry + LENGTH_OFFSET) == 0
            && tableBuffer.getInt(entry + ENTRY_CRC_OFFSET) == 0;
    }

    private boolean isValid(final int entry) {
        final int length = tableBuffer.getInt(entry + LENGTH_OFFSET, ORDER);
        final long version = tableBuffer.getLong(entry + VERSION_OFFSET, ORDER);
        return tableBuffer.getInt(entry + ENTRY_CRC_OFFSET, ORDER) == entryCrc(entry) && length >= 0
            && length <= pageSize && (version > 0 || version == NO_BLOCKS);
    }

    /** Undoes the flip of a single bit: with this checksum over so few bytes there is at most one that fits. */
    private boolean mend(final int entry) {
        for (int bit = 0; bit < CHECKED_BITS; bit++) {
            flip(entry, bit);
            if (isFree(entry) || isValid(entry)) {
                return true;
            }
            flip(entry, bit);
        }
        return false;
    }

    private void flip(final int entry, final int bit) {
        final int at = entry + bit / Byte.SIZE;
        tableBuffer.putByte(at, (byte) (tableBuffer.getByte(at) ^ 1 << bit % Byte.SIZE));
    }

    private int entryCrc(final int entry) {
        crc.reset();
        tableBytes.limit(entry + ENTRY_CRC_OFFSET).position(entry);
        crc.update(tableBytes);
        tableBytes.clear();
        return (int) crc.getValue();
    }

    /** Closes the files. */
    public void close() {
        pages.close();
        table.close();
    }
}
