package org.dsmfs.engine.journal;

/**
 * The journal's records on disk, little-endian; docs/ON-DISK-FORMATS.md is the same in prose. A record starts at its
 * LSN, is a multiple of 8 bytes long, and is followed at once by the next.
 *
 * <p>Header: length, CRC-32C of all that follows the CRC, LSN, version that the record's changes get, incarnation of
 * the node that wrote it, epoch, node, type, number of entries. A record belongs to the log if it is whole, its CRC
 * and LSN are right and its incarnation is not below that of the record before; the first that does not ends the log.
 *
 * <p>Codes and offsets are frozen: a change needs a new store format version.
 */
public final class RecordFormat {
    /** Records start at multiples of this. */
    public static final int ALIGNMENT = 8;

    /** Length of the record, bytes, header included: int. */
    public static final int LENGTH = 0;
    /** CRC-32C of the bytes from {@link #LSN} to the record's end: int. */
    public static final int CRC = 4;
    /** Log sequence number: bytes of log before this record: long. */
    public static final int LSN = 8;
    /** Version tag of the pages that an operation changed: long. */
    public static final int VERSION = 16;
    /** Starts of the node so far: int. */
    public static final int INCARNATION = 24;
    /** Configuration that the record was made in: int. */
    public static final int EPOCH = 28;
    /** Node that made the record: short. */
    public static final int NODE = 32;
    /** One of the types: short. */
    public static final int TYPE = 34;
    /** Entries in the record: int. */
    public static final int ENTRY_COUNT = 36;
    /** First entry. */
    public static final int ENTRIES = 40;

    /** Record type: one operation; entries CHANGE, SLOT, FREE, TOMBSTONE. */
    public static final short OPERATION = 1;
    /** Record type: part of a checkpoint; entries as of {@link #IMAGE_BYTES}. */
    public static final short CHECKPOINT_PART = 2;
    /** Record type: end of a checkpoint, which makes its parts valid; body as of {@link #END_REDO_LSN}. */
    public static final short CHECKPOINT_END = 3;

    /** Record type: up to where the log was durable when the record was made; body as of {@link #DURABLE_LSN}. */
    public static final short DURABLE = 4;

    /** Entry type: bytes of a page changed: int. */
    public static final int CHANGE = 1;
    /** Entry type: a page got new content, which rests in a slot: int. */
    public static final int SLOT = 2;
    /** Entry type: a page became absent here, or left the store: int. */
    public static final int FREE = 3;
    /**
     * Entry type: a page became absent of which older versions may rest on other nodes' disks; laid out as FREE: int.
     */
    public static final int TOMBSTONE = 4;

    /** Type of an operation's entry: int. */
    public static final int ENTRY_TYPE = 0;
    /** Bytes of runs of a CHANGE, bytes stored of a SLOT: int. */
    public static final int ENTRY_BYTES = 4;
    /** Segment of the page: long. */
    public static final int ENTRY_SEGMENT = 8;
    /** Index of the page: long. */
    public static final int ENTRY_PAGE = 16;
    /** Length of a FREE or TOMBSTONE entry. */
    public static final int FREE_BYTES = 24;
    /** CHANGE: version that the runs apply to, 0 for a page of zeros: long. SLOT: the slot: long. */
    public static final int ENTRY_OLD_VERSION = 24;
    /** @see #ENTRY_OLD_VERSION */
    public static final int ENTRY_SLOT = 24;
    /** CHANGE: runs {offset: int, length: int, bytes, padded to 8}. */
    public static final int CHANGE_RUNS = 32;
    /** SLOT: CRC-32C of the bytes stored: int, and 4 bytes of zeros. */
    public static final int ENTRY_CRC = 32;
    /** Length of a SLOT entry. */
    public static final int SLOT_BYTES = 40;
    /** Length of a run's header. */
    public static final int RUN_HEADER_BYTES = 8;

    /** Entry of a CHECKPOINT_PART: 1 for the slab of large pages, else 0: int. */
    public static final int IMAGE_LARGE = 0;
    /** Bytes stored, -1 if the slot is free: int. */
    public static final int IMAGE_LENGTH = 4;
    /** Slot: long. */
    public static final int IMAGE_SLOT = 8;
    /** Segment of the page: long. */
    public static final int IMAGE_SEGMENT = 16;
    /** Index of the page: long. */
    public static final int IMAGE_PAGE = 24;
    /** Version of the page: long. */
    public static final int IMAGE_VERSION = 32;
    /** CRC-32C of the bytes stored: int, and 4 bytes of zeros. */
    public static final int IMAGE_CRC = 40;
    /** Length of an entry of a CHECKPOINT_PART. */
    public static final int IMAGE_BYTES = 48;

    /** CHECKPOINT_END: where redo starts once the checkpoint is valid: long. */
    public static final int END_REDO_LSN = ENTRIES;
    /** CHECKPOINT_END: the slot tables are as of this LSN: long. */
    public static final int END_SNAPSHOT_LSN = ENTRIES + 8;
    /**
     * CHECKPOINT_END: entries in all its parts, which are the CHECKPOINT_PARTs since this LSN or the last end: long.
     */
    public static final int END_IMAGE_COUNT = ENTRIES + 16;
    /** Length of a CHECKPOINT_END record. */
    public static final int END_BYTES = ENTRIES + 24;

    /** DURABLE: a sync had made the log up to here durable: long. */
    public static final int DURABLE_LSN = ENTRIES;
    /** Length of a DURABLE record. */
    public static final int DURABLE_BYTES = ENTRIES + 8;

    private RecordFormat() {
    }

    /** @return the number rounded up to the records' alignment, 8 bytes */
    public static int align(final int bytes) {
        return bytes + 7 & ~7;
    }
}
