package org.dsmfs.engine.core;

import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.journal.RecordFormat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * What the log has gained since the last write: records for the journal, and contents of whole pages for their slots,
 * which have to be on disk first. Filled by {@link Core}, written by the node while the core fills another.
 */
public final class LogBatch {
    private final int capacity;
    private final ByteBuffer recordBytes;
    private final UnsafeBuffer records;
    private final CRC32C crc = new CRC32C();
    private SlotWrite[] slotWrites = new SlotWrite[64];
    private long startLsn;
    private int recordLength;
    private int contentBytes;
    private int slotWriteCount;
    private long lastVersion;
    private int recordStart;
    private int entryCount;
    private int markedContentBytes;
    private int markedSlotWriteCount;

    /** Content of one page on its way to its slot, in the page's own memory. */
    public static final class SlotWrite {
        private PageMemory memory;
        private boolean large;
        private int slot;
        private int length;

        /** @return address of the content */
        public long address() {
            return memory.address;
        }

        /** @return whether the slot is in the slab of large pages */
        public boolean large() {
            return large;
        }

        /** @return slot in its slab */
        public int slot() {
            return slot;
        }

        /** @return bytes to write */
        public int length() {
            return length;
        }
    }

    /** @param capacity room for records, and for page contents, bytes each; the largest operation must fit */
    LogBatch(final int capacity) {
        this.capacity = capacity;
        this.recordBytes = ByteBuffer.allocateDirect(capacity);
        this.records = new UnsafeBuffer(recordBytes);
    }

    void reset(final long newStartLsn) {
        releaseContents(0);
        startLsn = newStartLsn;
        recordLength = 0;
        contentBytes = 0;
        lastVersion = 0;
    }

    boolean isEmpty() {
        return recordLength == 0;
    }

    /** @return LSN of the first record, bytes */
    public long startLsn() {
        return startLsn;
    }

    /** @return LSN behind the last record, bytes */
    public long endLsn() {
        return startLsn + recordLength;
    }

    /** @return address of the records */
    public long recordAddress() {
        return records.addressOffset();
    }

    /** @return bytes of records */
    public int recordLength() {
        return recordLength;
    }

    /** @return bytes of records and page contents */
    public int bytes() {
        return recordLength + contentBytes;
    }

    /** @return page contents to write before the records */
    public int slotWriteCount() {
        return slotWriteCount;
    }

    /** @return one of them, in the order in which slots were taken */
    public SlotWrite slotWrite(final int index) {
        return slotWrites[index];
    }

    // --- one record: begin, entries, end or rollback ---

    void begin() {
        recordStart = recordLength;
        entryCount = 0;
        markedContentBytes = contentBytes;
        markedSlotWriteCount = slotWriteCount;
        need(RecordFormat.ENTRIES);
        recordLength += RecordFormat.ENTRIES;
    }

    boolean isRecordEmpty() {
        return entryCount == 0;
    }

    void rollback() {
        recordLength = recordStart;
        contentBytes = markedContentBytes;
        releaseContents(markedSlotWriteCount);
    }

    private void releaseContents(final int from) {
        for (int i = from; i < slotWriteCount; i++) {
            slotWrites[i].memory.release();
            slotWrites[i].memory = null;
        }
        slotWriteCount = from;
    }

    /** @return the node's version when the last record was added, 0 if there is none */
    public long lastVersion() {
        return lastVersion;
    }

    /** The last record has an older version than it was added in. */
    void lastVersion(final long version) {
        lastVersion = version;
    }

    void end(final short type, final long version, final int incarnation) {
        lastVersion = version;
        final int length = recordLength - recordStart;
        records.putInt(recordStart + RecordFormat.LENGTH, length);
        records.putLong(recordStart + RecordFormat.LSN, startLsn + recordStart);
        records.putLong(recordStart + RecordFormat.VERSION, version);
        records.putInt(recordStart + RecordFormat.INCARNATION, incarnation);
        records.putInt(recordStart + RecordFormat.EPOCH, 0);
        records.putShort(recordStart + RecordFormat.NODE, (short) 0);
        records.putShort(recordStart + RecordFormat.TYPE, type);
        records.putInt(recordStart + RecordFormat.ENTRY_COUNT, entryCount);
        records.putInt(recordStart + RecordFormat.CRC,
            crcOf(recordBytes, recordStart + RecordFormat.LSN, length - RecordFormat.LSN));
    }

    /** Starts a CHANGE entry, to be followed by runs and {@link #endChange}. */
    int beginChange(final long segment, final long page, final long oldVersion) {
        need(RecordFormat.CHANGE_RUNS);
        final int entry = recordLength;
        records.putInt(entry + RecordFormat.ENTRY_TYPE, RecordFormat.CHANGE);
        records.putLong(entry + RecordFormat.ENTRY_SEGMENT, segment);
        records.putLong(entry + RecordFormat.ENTRY_PAGE, page);
        records.putLong(entry + RecordFormat.ENTRY_OLD_VERSION, oldVersion);
        recordLength += RecordFormat.CHANGE_RUNS;
        return entry;
    }

    /** Makes room for a run's bytes. */
    int addRun(final int offset, final int length) {
        final int space = RecordFormat.RUN_HEADER_BYTES + RecordFormat.align(length);
        need(space);
        final int run = recordLength;
        records.putInt(run, offset);
        records.putInt(run + 4, length);
        if ((length & 7) != 0) {
            records.putLong(run + space - 8, 0);
        }
        recordLength += space;
        return run + RecordFormat.RUN_HEADER_BYTES;
    }

    MutableDirectBuffer records() {
        return records;
    }

    void endChange(final int entry) {
        records.putInt(entry + RecordFormat.ENTRY_BYTES, recordLength - entry - RecordFormat.CHANGE_RUNS);
        entryCount++;
    }

    /** Gives a CHANGE entry up. */
    void dropChange(final int entry) {
        recordLength = entry;
    }

    /** @param type FREE or TOMBSTONE */
    void addFree(final int type, final long segment, final long page) {
        need(RecordFormat.FREE_BYTES);
        records.putInt(recordLength + RecordFormat.ENTRY_TYPE, type);
        records.putInt(recordLength + RecordFormat.ENTRY_BYTES, 0);
        records.putLong(recordLength + RecordFormat.ENTRY_SEGMENT, segment);
        records.putLong(recordLength + RecordFormat.ENTRY_PAGE, page);
        recordLength += RecordFormat.FREE_BYTES;
        entryCount++;
    }

    /** Adds a SLOT entry for a page of zeros. */
    void addEmptySlot(final long segment, final long page, final int slot) {
        addSlot(segment, page, slot, 0, 0);
    }

    /** Adds a SLOT entry for the page's first bytes; the rest of it is zeros. @return their CRC-32C */
    int addSlot(final Page page, final int slot, final int length) {
        if (contentBytes + length > capacity) {
            throw Abandoned.BATCH;
        }
        final int contentCrc = MemoryChecksum.of(page.memory().address, length);
        addSlot(page.segment, page.page, slot, length, contentCrc);
        contentBytes += length;
        addSlotWrite(page, slot, length);
        return contentCrc;
    }

    private void addSlot(final long segment, final long page, final int slot, final int length, final int contentCrc) {
        need(RecordFormat.SLOT_BYTES);
        records.putInt(recordLength + RecordFormat.ENTRY_TYPE, RecordFormat.SLOT);
        records.putInt(recordLength + RecordFormat.ENTRY_BYTES, length);
        records.putLong(recordLength + RecordFormat.ENTRY_SEGMENT, segment);
        records.putLong(recordLength + RecordFormat.ENTRY_PAGE, page);
        records.putLong(recordLength + RecordFormat.ENTRY_SLOT, slot);
        records.putLong(recordLength + RecordFormat.ENTRY_CRC, contentCrc & 0xffffffffL);
        recordLength += RecordFormat.SLOT_BYTES;
        entryCount++;
    }

    private void addSlotWrite(final Page page, final int slot, final int length) {
        if (slotWriteCount == slotWrites.length) {
            slotWrites = Arrays.copyOf(slotWrites, slotWrites.length * 2);
        }
        SlotWrite write = slotWrites[slotWriteCount];
        if (write == null) {
            write = new SlotWrite();
            slotWrites[slotWriteCount] = write;
        }
        write.memory = page.memory().hold();
        write.large = Segment.isLarge(page.segment);
        write.slot = slot;
        write.length = length;
        slotWriteCount++;
    }

    void addImage(final SlotImage image) {
        need(RecordFormat.IMAGE_BYTES);
        records.putInt(recordLength + RecordFormat.IMAGE_LARGE, image.large() ? 1 : 0);
        records.putInt(recordLength + RecordFormat.IMAGE_LENGTH, image.isFree() ? -1 : image.length());
        records.putLong(recordLength + RecordFormat.IMAGE_SLOT, image.slot());
        records.putLong(recordLength + RecordFormat.IMAGE_SEGMENT, image.segment());
        records.putLong(recordLength + RecordFormat.IMAGE_PAGE, image.page());
        records.putLong(recordLength + RecordFormat.IMAGE_VERSION, image.version());
        records.putLong(recordLength + RecordFormat.IMAGE_CRC, image.crc() & 0xffffffffL);
        recordLength += RecordFormat.IMAGE_BYTES;
        entryCount++;
    }

    void addCheckpointEnd(final long redoLsn, final long snapshotLsn, final long imageCount) {
        need(RecordFormat.END_BYTES - RecordFormat.ENTRIES);
        records.putLong(recordStart + RecordFormat.END_REDO_LSN, redoLsn);
        records.putLong(recordStart + RecordFormat.END_SNAPSHOT_LSN, snapshotLsn);
        records.putLong(recordStart + RecordFormat.END_IMAGE_COUNT, imageCount);
        recordLength += RecordFormat.END_BYTES - RecordFormat.ENTRIES;
    }

    void addDurable(final long durableLsn) {
        need(RecordFormat.DURABLE_BYTES - RecordFormat.ENTRIES);
        records.putLong(recordStart + RecordFormat.DURABLE_LSN, durableLsn);
        recordLength += RecordFormat.DURABLE_BYTES - RecordFormat.ENTRIES;
    }

    private void need(final int bytes) {
        if (recordLength + bytes > capacity) {
            throw Abandoned.BATCH;
        }
    }

    private int crcOf(final ByteBuffer buffer, final int offset, final int length) {
        crc.reset();
        buffer.limit(offset + length).position(offset);
        crc.update(buffer);
        buffer.clear();
        return (int) crc.getValue();
    }
}
