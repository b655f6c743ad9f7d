package org.dsmfs.engine.node;

import org.agrona.DirectBuffer;
import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.core.Core;
import org.dsmfs.engine.core.Fetch;
import org.dsmfs.engine.core.Redo;
import org.dsmfs.engine.core.SlotImage;
import org.dsmfs.engine.journal.RecordFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.List;

/**
 * Brings a store back to the state of the end of its log: finish the last checkpoint, find the log's true end, read the
 * slot tables, repeat the log.
 */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private final Store store;
    private final Core core;
    private final SlotTables tables;
    private Redo redo;
    private long snapshotLsn;
    private long redoLsn;
    private long endLsn;
    /** The log was durable up to here once. */
    private long durableLsn;

    Recovery(final Store store, final Core core) {
        this.store = store;
        this.core = core;
        this.tables = new SlotTables(store, core);
        this.redoLsn = store.superblock.redoLsn;
        this.snapshotLsn = store.superblock.snapshotLsn;
        this.durableLsn = store.superblock.endLsn;
    }

    /**
     * Everything but repeating the log.
     *
     * @param indexIsFresh whether the page index is empty and has to be filled in any case
     * @return where the log ends
     */
    long prepare(final boolean indexIsFresh) {
        final long startNs = System.nanoTime();
        final boolean clean = store.superblock.clean;
        final String state = store.superblock.incarnation == 0 ? "is new"
            : clean ? "was stopped cleanly" : "was not stopped cleanly";
        if (clean) {
            endLsn = store.superblock.endLsn;
        } else {
            // What is read and acted on must not get lost: after a kill it may be in the kernel's memory only.
            store.large.syncPages();
            store.journal.sync();
            finishCheckpoints();
        }
        if (store.index.capacity() < store.slots()) {
            store.index.grow(store.slots());
        }
        core.slots(false).grown(store.small.slots());
        core.slots(true).grown(store.large.slots());
        final long pages = tables.load(clean && !indexIsFresh);
        if (!clean) {
            findEnd();
        }
        store.superblock.incarnation = core.log().incarnation();
        store.superblock.clean = false;
        store.superblock.redoLsn = redoLsn;
        store.superblock.snapshotLsn = snapshotLsn;
        store.superblock.endLsn = endLsn;
        store.superblock.write();
        core.log().start(redoLsn, endLsn);
        LOG.info("store {}: {} pages on disk, tables read in {} ms", state, pages,
            (System.nanoTime() - startNs) / 1_000_000);
        return endLsn;
    }

    /** Repeats the log. */
    void redo(final PagingElement paging) {
        if (redo == null) {
            return;
        }
        final long startNs = System.nanoTime();
        final long[] operations = {0};
        store.journal.read(redoLsn, record -> {
            final long lsn = record.getLong(RecordFormat.LSN);
            if (lsn < endLsn && record.getShort(RecordFormat.TYPE) == RecordFormat.OPERATION) {
                redo.redo(record);
                core.log().repeatedUpTo(lsn + record.getInt(RecordFormat.LENGTH));
                operations[0]++;
                if (core.paging().evict()) {
                    paging.makeRoom();
                }
            }
        });
        redo.finish();
        LOG.info("recovered: {} operations in {} bytes of log repeated in {} ms", operations[0], endLsn - redoLsn,
            (System.nanoTime() - startNs) / 1_000_000);
    }

    /** @return for each page that is lost without a trace but its slot, a sentence that says so */
    List<String> lostPages() {
        return tables.lostSlots();
    }

    private void fetch(final Fetch fetch) {
        core.fetched(fetch, store.read(fetch, core.pool()));
    }

    /**
     * Applies the checkpoints that the log has whole, and the slot tables may not have yet, to the slot tables. Finds
     * the end of the log; parts of a checkpoint that the node did not live to end are none of it, for otherwise a node
     * that is killed in one checkpoint after the other would fill the journal.
     */
    private void finishCheckpoints() {
        final List<SlotImage> images = new ArrayList<>();
        final int[] incarnation = {0};
        endLsn = redoLsn;
        final long readEndLsn = store.journal.read(redoLsn, record -> {
            final long lsn = record.getLong(RecordFormat.LSN);
            final int length = record.getInt(RecordFormat.LENGTH);
            if (record.getInt(RecordFormat.INCARNATION) != incarnation[0]) {
                images.clear();
                incarnation[0] = record.getInt(RecordFormat.INCARNATION);
            }
            switch (record.getShort(RecordFormat.TYPE)) {
                case RecordFormat.OPERATION -> endLsn = lsn + length;
                case RecordFormat.CHECKPOINT_PART -> readImages(record, images);
                case RecordFormat.CHECKPOINT_END -> {
                    endLsn = lsn + length;
                    // Of an older checkpoint, which is in the slot tables, the log may lack the first parts.
                    if (lsn >= store.superblock.endLsn) {
                        finishCheckpoint(record, images);
                    }
                    images.clear();
                }
                case RecordFormat.DURABLE ->
                    durableLsn = Math.max(durableLsn, record.getLong(RecordFormat.DURABLE_LSN));
                default -> throw new EngineException("the journal has a record of unknown type "
                    + record.getShort(RecordFormat.TYPE) + ": install the newer dsm that wrote it");
            }
        });
        durableLsn = Math.max(durableLsn, store.journal.durableLsnBehind(store.superblock.redoLsn, readEndLsn,
            store.superblock.incarnation));
        if (readEndLsn < durableLsn) {
            throw new EngineException("the journal is damaged at LSN " + readEndLsn + ", but it was durable up to "
                + durableLsn + ": restore the store from a copy");
        }
        endLsn = Math.max(endLsn, store.superblock.endLsn);
    }

    private void finishCheckpoint(final DirectBuffer end, final List<SlotImage> images) {
        if (images.size() != end.getLong(RecordFormat.END_IMAGE_COUNT)) {
            throw new EngineException("the checkpoint at LSN " + end.getLong(RecordFormat.LSN) + " has "
                + images.size() + " entries instead of " + end.getLong(RecordFormat.END_IMAGE_COUNT)
                + ": restore the store from a copy");
        }
        PagingElement.applyImages(store, images);
        snapshotLsn = end.getLong(RecordFormat.END_SNAPSHOT_LSN);
        redoLsn = end.getLong(RecordFormat.END_REDO_LSN);
    }

    private static void readImages(final DirectBuffer record, final List<SlotImage> images) {
        int at = RecordFormat.ENTRIES;
        for (int i = record.getInt(RecordFormat.ENTRY_COUNT); i > 0; i--) {
            final boolean large = record.getInt(at + RecordFormat.IMAGE_LARGE) != 0;
            final int slot = (int) record.getLong(at + RecordFormat.IMAGE_SLOT);
            final int length = record.getInt(at + RecordFormat.IMAGE_LENGTH);
            images.add(length < 0 ? SlotImage.free(large, slot)
                : new SlotImage(large, slot, record.getLong(at + RecordFormat.IMAGE_SEGMENT),
                    record.getLong(at + RecordFormat.IMAGE_PAGE), record.getLong(at + RecordFormat.IMAGE_VERSION),
                    length, record.getInt(at + RecordFormat.IMAGE_CRC)));
            at += RecordFormat.IMAGE_BYTES;
        }
    }

    /**
     * The log ends before the first record whose page contents did not reach the disk. What was known to be durable did
     * reach it: if it does not match any more, that page alone is damaged.
     */
    private void findEnd() {
        redo = new Redo(core, snapshotLsn, !tables.lostSlots().isEmpty(), this::fetch);
        final boolean[] ended = {false};
        store.journal.read(redoLsn, record -> {
            final long lsn = record.getLong(RecordFormat.LSN);
            // Slots that were named before the snapshot are in the slot tables, or are not needed any more.
            if (ended[0] || lsn < snapshotLsn || lsn >= endLsn
                || record.getShort(RecordFormat.TYPE) != RecordFormat.OPERATION) {
                return;
            }
            if (lsn >= durableLsn && !Redo.slotsHold(record, store::matches)) {
                ended[0] = true;
                endLsn = lsn;
                LOG.info("the log ends at LSN {}: what the operation there wrote did not reach the disk", lsn);
            } else {
                redo.reserveSlots(record);
            }
        });
    }
}
