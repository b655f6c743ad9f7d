package org.dsmfs.engine.store;

import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.EngineException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * What a store is, and where recovery starts: two copies of 4 KiB in the file {@value #FILE}, the valid one with the
 * higher sequence counts. Each write replaces both, one after the other: when one is damaged later, the other is no
 * older. Little-endian; docs/ON-DISK-FORMATS.md.
 */
public final class Superblock {
    /** Name of the file. */
    public static final String FILE = "superblock";
    /** Version of everything in the store; a store of another one is refused. */
    public static final int FORMAT_VERSION = 1;

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int COPY_BYTES = 4096;
    private static final long MAGIC = 0x65726f7473_6d7364L;
    private static final int MAGIC_OFFSET = 0;
    private static final int FORMAT_OFFSET = 8;
    private static final int CRC_OFFSET = 12;
    private static final int SEQUENCE_OFFSET = 16;
    private static final int SPACE_ID_OFFSET = 24;
    private static final int NODE_ID_OFFSET = 40;
    private static final int DATA_PAGE_BYTES_OFFSET = 56;
    private static final int INCARNATION_OFFSET = 60;
    private static final int JOURNAL_BYTES_OFFSET = 64;
    private static final int REDO_LSN_OFFSET = 72;
    private static final int VERSION_OFFSET = 80;
    private static final int CLEAN_OFFSET = 88;
    private static final int END_LSN_OFFSET = 96;
    private static final int SNAPSHOT_LSN_OFFSET = 104;
    private static final int LENGTH = 112;

    /** Identity of the space that the store is a part of. */
    public UUID spaceId;
    /** Identity of the node that the store belongs to. */
    public UUID nodeId;
    /** Bytes of a large page. */
    public int dataPageBytes;
    /** Starts of the node so far, 0.. */
    public int incarnation;
    /** Bytes of the journal. */
    public long journalBytes;
    /** Where redo starts. */
    public long redoLsn;
    /** The slot tables are as of this LSN, at least {@link #redoLsn}. */
    public long snapshotLsn;
    /** The log is at least this long; exactly, if the node stopped cleanly. */
    public long endLsn;
    /** At least every page version that the slot tables have. */
    public long version;
    /** Whether the node stopped after a checkpoint of everything, so that the page index is right. */
    public boolean clean;
    private long sequence;
    /** Format of a copy that may be of a newer version, or damaged; 0 if there is none. */
    private int newerFormat;

    private final Block file;

    /** A block of native memory and the file that it is written to. */
    private static final class Block {
        private final Disk.DiskFile file;
        private final ByteBuffer bytes = ByteBuffer.allocateDirect(COPY_BYTES);
        private final UnsafeBuffer block = new UnsafeBuffer(bytes);

        private Block(final Disk.DiskFile file) {
            this.file = file;
        }

        private int crc() {
            final CRC32C crc = new CRC32C();
            bytes.limit(LENGTH).position(SEQUENCE_OFFSET);
            crc.update(bytes);
            bytes.clear();
            return (int) crc.getValue();
        }
    }

    private Superblock(final Disk.DiskFile file) {
        this.file = new Block(file);
    }

    /** @return a superblock for a new store, not written yet */
    public static Superblock create(final Disk disk) {
        return new Superblock(disk.open(FILE));
    }

    /**
     * Reads the superblock of a store.
     *
     * @throws EngineException if neither copy is valid, or the format is another one
     */
    public static Superblock read(final Disk disk) {
        final Superblock superblock = new Superblock(disk.open(FILE));
        if (!superblock.readCopies()) {
            final int format = superblock.newerFormat;
            superblock.close();
            throw new EngineException(format != 0
                ? "the store has format " + format + ", this is dsm for format " + FORMAT_VERSION
                    + ": install the newer dsm that wrote it"
                : "the superblock of the store is damaged or is not one of dsm; "
                    + "restore the store from a copy, or name another one with --store");
        }
        return superblock;
    }

    /** @return whether there is a superblock that {@link #read} would accept, or of a newer format */
    public static boolean isWritten(final Disk disk) {
        final Superblock superblock = new Superblock(disk.open(FILE));
        final boolean written = superblock.readCopies() || superblock.newerFormat != 0;
        superblock.close();
        return written;
    }

    private boolean readCopies() {
        return readCopy(0) | readCopy(1);
    }

    private boolean readCopy(final int copy) {
        final UnsafeBuffer block = file.block;
        if (file.file.size() < (long) (copy + 1) * COPY_BYTES) {
            return false;
        }
        file.file.read((long) copy * COPY_BYTES, block.addressOffset(), COPY_BYTES);
        if (block.getLong(MAGIC_OFFSET, ORDER) != MAGIC) {
            return false;
        }
        final int format = block.getInt(FORMAT_OFFSET, ORDER);
        if (format > FORMAT_VERSION) {
            newerFormat = format;
        }
        if (format != FORMAT_VERSION || block.getInt(CRC_OFFSET, ORDER) != file.crc()
            || block.getLong(SEQUENCE_OFFSET, ORDER) <= sequence) {
            return false;
        }
        sequence = block.getLong(SEQUENCE_OFFSET, ORDER);
        spaceId = new UUID(block.getLong(SPACE_ID_OFFSET, ORDER), block.getLong(SPACE_ID_OFFSET + 8, ORDER));
        nodeId = new UUID(block.getLong(NODE_ID_OFFSET, ORDER), block.getLong(NODE_ID_OFFSET + 8, ORDER));
        dataPageBytes = block.getInt(DATA_PAGE_BYTES_OFFSET, ORDER);
        incarnation = block.getInt(INCARNATION_OFFSET, ORDER);
        journalBytes = block.getLong(JOURNAL_BYTES_OFFSET, ORDER);
        redoLsn = block.getLong(REDO_LSN_OFFSET, ORDER);
        snapshotLsn = block.getLong(SNAPSHOT_LSN_OFFSET, ORDER);
        endLsn = block.getLong(END_LSN_OFFSET, ORDER);
        version = block.getLong(VERSION_OFFSET, ORDER);
        clean = block.getInt(CLEAN_OFFSET, ORDER) != 0;
        return true;
    }

    /** Makes the fields durable. */
    public void write() {
        final UnsafeBuffer block = file.block;
        sequence++;
        block.setMemory(0, COPY_BYTES, (byte) 0);
        block.putLong(MAGIC_OFFSET, MAGIC, ORDER);
        block.putInt(FORMAT_OFFSET, FORMAT_VERSION, ORDER);
        block.putLong(SEQUENCE_OFFSET, sequence, ORDER);
        block.putLong(SPACE_ID_OFFSET, spaceId.getMostSignificantBits(), ORDER);
        block.putLong(SPACE_ID_OFFSET + 8, spaceId.getLeastSignificantBits(), ORDER);
        block.putLong(NODE_ID_OFFSET, nodeId.getMostSignificantBits(), ORDER);
        block.putLong(NODE_ID_OFFSET + 8, nodeId.getLeastSignificantBits(), ORDER);
        block.putInt(DATA_PAGE_BYTES_OFFSET, dataPageBytes, ORDER);
        block.putInt(INCARNATION_OFFSET, incarnation, ORDER);
        block.putLong(JOURNAL_BYTES_OFFSET, journalBytes, ORDER);
        block.putLong(REDO_LSN_OFFSET, redoLsn, ORDER);
        block.putLong(SNAPSHOT_LSN_OFFSET, snapshotLsn, ORDER);
        block.putLong(END_LSN_OFFSET, endLsn, ORDER);
        block.putLong(VERSION_OFFSET, version, ORDER);
        block.putInt(CLEAN_OFFSET, clean ? 1 : 0, ORDER);
        block.putInt(CRC_OFFSET, file.crc(), ORDER);
        for (int copy = 0; copy < 2; copy++) {
            file.file.write((long) copy * COPY_BYTES, block.addressOffset(), COPY_BYTES);
            file.file.sync();
        }
    }

    /** Closes the file. */
    public void close() {
        file.file.close();
    }
}
