package org.dsmfs.engine.journal;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.store.Disk;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** The log on disk: a file used as a ring, in which log byte n is at n modulo its size. */
public final class JournalFile {
    /** Name of the file. */
    public static final String FILE = "journal";

    private final Disk.DiskFile file;
    private final long capacity;

    /** @param capacity bytes, which the file has already or is given by {@link #create} */
    public JournalFile(final Disk disk, final long capacity) {
        this.file = disk.open(FILE);
        this.capacity = capacity;
    }

    /** Fills the file with zeros, so that later writes change no metadata and sync fast. */
    public void create() {
        final int chunk = (int) Math.min(capacity, 1 << 20);
        final UnsafeBuffer zeros = new UnsafeBuffer(ByteBuffer.allocateDirect(chunk));
        file.allocate(0, capacity);
        for (long position = 0; position < capacity; position += chunk) {
            file.write(position, zeros.addressOffset(), (int) Math.min(chunk, capacity - position));
        }
        // An address keeps no memory.
        Reference.reachabilityFence(zeros);
    }

    /** @return whether the disk has no journal, or one of zeros, which never held anything */
    public static boolean isBlank(final Disk disk) {
        if (!disk.exists(FILE)) {
            return true;
        }
        try (Disk.DiskFile file = disk.open(FILE)) {
            final UnsafeBuffer chunk = new UnsafeBuffer(ByteBuffer.allocateDirect(1 << 20));
            final long size = file.size();
            for (long position = 0; position < size; position += chunk.capacity()) {
                final int length = (int) Math.min(chunk.capacity(), size - position);
                file.read(position, chunk.addressOffset(), length);
                for (int i = 0; i < length; i++) {
                    if (chunk.getByte(i) != 0) {
                        return false;
                    }
                }
            }
            return true;
        }
    }

    /** @return bytes of log that the file can hold */
    public long capacity() {
        return capacity;
    }

    /** @return size of the file, bytes */
    public long fileSize() {
        return file.size();
    }

    /** Writes log from an LSN on. */
    public void write(final long lsn, final long address, final int length) {
        final long position = lsn % capacity;
        final int first = (int) Math.min(length, capacity - position);
        file.write(position, address, first);
        if (first < length) {
            file.write(0, address + first, length - first);
        }
    }

    /** Makes the log durable. */
    public void sync() {
        file.sync();
    }

    /** Closes the file. */
    public void close() {
        file.close();
    }

    /** Receives the log's records. */
    @FunctionalInterface
    public interface RecordVisitor {
        /** @param record the record from its first byte; valid during the call */
        void record(DirectBuffer record);
    }

    /**
     * Reads the log until its end: the first place where no valid record is.
     *
     * @return LSN of the end
     */
    public long read(final long fromLsn, final RecordVisitor visitor) {
        final Reader reader = new Reader(fromLsn);
        int incarnation = 0;
        while (reader.next(incarnation)) {
            incarnation = reader.record.getInt(RecordFormat.INCARNATION);
            visitor.record(reader.record);
        }
        return reader.lsn;
    }

    /**
     * Looks for what is left of the log behind a place where it seems to end.
     *
     * @param headLsn     where the log begins
     * @param fromLsn     where it seems to end
     * @param incarnation of the node when it wrote there
     * @return up to where the log was durable once, as far as records behind that place say so; else 0
     */
    public long durableLsnBehind(final long headLsn, final long fromLsn, final int incarnation) {
        final Reader reader = new Reader(headLsn);
        reader.lsn = fromLsn;
        long durableLsn = 0;
        while (reader.find(RecordFormat.DURABLE, incarnation)) {
            durableLsn = Math.max(durableLsn, reader.record.getLong(RecordFormat.DURABLE_LSN));
        }
        return durableLsn;
    }

    /** Reads records one by one through a window over the ring. */
    private final class Reader {
        private static final int WINDOW_BYTES = 1 << 20;

        private final UnsafeBuffer record = new UnsafeBuffer(0, 0);
        private final CRC32C crc = new CRC32C();
        private final long startLsn;
        private ByteBuffer window = ByteBuffer.allocateDirect((int) Math.min(WINDOW_BYTES, capacity));
        private UnsafeBuffer windowBuffer = new UnsafeBuffer(window);
        private long lsn;
        /** Log bytes windowLsn..windowLsn+windowLength are in the window. */
        private long windowLsn;
        private int windowLength;
        private int recordLength;

        private Reader(final long fromLsn) {
            startLsn = fromLsn;
            lsn = fromLsn;
        }

        private boolean next(final int minIncarnation) {
            lsn += recordLength;
            recordLength = 0;
            return isRecord(minIncarnation);
        }

        /** Goes on to the next record of a type at whatever place. @return false if there is none in the ring */
        private boolean find(final short type, final int minIncarnation) {
            lsn += recordLength;
            recordLength = 0;
            while (load(RecordFormat.ENTRIES)) {
                final int at = (int) (lsn - windowLsn);
                if (windowBuffer.getLong(at + RecordFormat.LSN) == lsn
                    && windowBuffer.getShort(at + RecordFormat.TYPE) == type && isRecord(minIncarnation)) {
                    return true;
                }
                lsn += RecordFormat.ALIGNMENT;
            }
            return false;
        }

        /** @return whether a whole record is at lsn, which is in {@link #record} then */
        private boolean isRecord(final int minIncarnation) {
            if (!load(RecordFormat.ENTRIES)) {
                return false;
            }
            final int at = (int) (lsn - windowLsn);
            final int length = windowBuffer.getInt(at + RecordFormat.LENGTH);
            if (length < RecordFormat.ENTRIES || length > capacity || length % RecordFormat.ALIGNMENT != 0
                || windowBuffer.getLong(at + RecordFormat.LSN) != lsn
                || windowBuffer.getInt(at + RecordFormat.INCARNATION) < minIncarnation || !load(length)) {
                return false;
            }
            final int start = (int) (lsn - windowLsn);
            crc.reset();
            window.limit(start + length).position(start + RecordFormat.LSN);
            crc.update(window);
            window.clear();
            if ((int) crc.getValue() != windowBuffer.getInt(start + RecordFormat.CRC)) {
                return false;
            }
            record.wrap(windowBuffer, start, length);
            recordLength = length;
            return true;
        }

        /** Sees to it that so many bytes of log from lsn on are in the window. */
        private boolean load(final int length) {
            if (lsn >= windowLsn && lsn + length <= windowLsn + windowLength) {
                return true;
            }
            if (lsn + length - startLsn > capacity) {
                return false;
            }
            if (length > window.capacity()) {
                window = ByteBuffer.allocateDirect((int) Math.min(capacity, Math.max(length, 2L * window.capacity())));
                windowBuffer = new UnsafeBuffer(window);
            }
            windowLsn = lsn;
            windowLength = (int) Math.min(window.capacity(), capacity - (lsn - startLsn));
            final long position = lsn % capacity;
            final int first = (int) Math.min(windowLength, capacity - position);
            file.read(position, windowBuffer.addressOffset(), first);
            if (first < windowLength) {
                file.read(0, windowBuffer.addressOffset() + first, windowLength - first);
            }
            return true;
        }
    }
}
