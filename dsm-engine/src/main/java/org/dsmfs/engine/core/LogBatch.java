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
    private final ByteBuffer dataBytes;
    private final UnsafeBuffer records;
    private final UnsafeBuffer data;
    private final CRC32C crc = new CRC32C();
    private SlotWrite[] slotWrites = new SlotWrite[64];
    private long startLsn;
    private int recordLength;
    private int dataLength;
    private int slotWriteCount;
    private long lastVersion;
    private int recordStart;
    private int entryCount;
    private int markedDataLength;
    private int markedSlotWriteCount;

    /** Content of one page on its way to its slot. */
    public static final class SlotWrite {
        private boolean large;
        private int slot;
        private int offset;
        private int length;

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
        this.dataBytes = ByteBuffer.allocateDirect(capacity);
        this.records = new UnsafeBuffer(recordBytes);
        this.data = new UnsafeBuffer(dataBytes);
    }

    void reset(final long newStartLsn) {
        startLsn = newStartLsn;
        recordLength = 0;
        dataLength = 0;
        slotWriteCount = 0;
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
        return recordLength + dataLength;
    }

    /** @return page contents to write before the records */
    public int slotWriteCount() {
        return slotWriteCount;
    }

    /** @return one of them, in the order in which slots were taken */
    public SlotWrite slotWrite(final int index) {
        return slotWrites[index];
    }

    /** @return address of the content */
    public long contentAddress(final SlotWrite write) {
        return data.addressOffset() + write.offset;
    }

    // --- one record: begin, entries, end or rollback ---

    void begin() {
        recordStart = recordLength;
        entryCount = 0;
        markedDataLength = dataLength;
        markedSlotWriteCount = slotWriteCount;
        need(RecordFormat.ENTRIES);
        recordLength += RecordFormat.ENTRIES;
    }

    boolean isRecordEmpty() {
        return entryCount == 0;
    }

    void rollback() {
        recordLength = recordStart;
        dataLength = markedDataLength;
        slotWriteCount = markedSlotWriteCount;
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

    /** Makes room for a page's content. @return its place in {@link #data} */
    int reserveContent(final int length) {
        if (dataLength + length > capacity) {
            throw Abandoned.BATCH;
        }
        final int offset = dataLength;
        dataLength += length;
        return offset;
    }

    MutableDirectBuffer data() {
        return data;
    }

    /** Adds a SLOT entry for content that stands at the offset. @return the content's CRC-32C */
    int addSlot(final long segment, final long page, final int slot, final int offset, final int length) {
        need(RecordFormat.SLOT_BYTES);
        final int contentCrc = crcOf(dataBytes, offset, length);
        records.putInt(recordLength + RecordFormat.ENTRY_TYPE, RecordFormat.SLOT);
        records.putInt(recordLength + RecordFormat.ENTRY_BYTES, length);
        records.putLong(recordLength + RecordFormat.ENTRY_SEGMENT, segment);
        records.putLong(recordLength + RecordFormat.ENTRY_PAGE, page);
        records.putLong(recordLength + RecordFormat.ENTRY_SLOT, slot);
        records.putLong(recordLength + RecordFormat.ENTRY_CRC, contentCrc & 0xffffffffL);
        recordLength += RecordFormat.SLOT_BYTES;
        entryCount++;
        if (length > 0) {
            addSlotWrite(Segment.isLarge(segment), slot, offset, length);
        }
        return contentCrc;
    }

    private void addSlotWrite(final boolean large, final int slot, final int offset, final int length) {
        if (slotWriteCount == slotWrites.length) {
            slotWrites = Arrays.copyOf(slotWrites, slotWrites.length * 2);
        }
        SlotWrite write = slotWrites[slotWriteCount];
        if (write == null) {
            write = new SlotWrite();
            slotWrites[slotWriteCount] = write;
        }
        write.large = large;
        write.slot = slot;
        write.offset = offset;
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
