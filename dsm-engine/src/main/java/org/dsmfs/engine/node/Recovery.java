package org.dsmfs.engine.node;

import org.agrona.DirectBuffer;
import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.core.Core;
import org.dsmfs.engine.core.Fetch;
import org.dsmfs.engine.core.Redo;
import org.dsmfs.engine.core.SlotImage;
import org.dsmfs.engine.journal.RecordFormat;
import org.dsmfs.engine.store.PageIndex.Location;
import org.dsmfs.engine.store.Slab;
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
    private Redo redo;
    private long snapshotLsn;
    private long redoLsn;
    private long endLsn;

    Recovery(final Store store, final Core core) {
        this.store = store;
        this.core = core;
        this.redoLsn = store.superblock.redoLsn;
        this.snapshotLsn = redoLsn;
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
        if (clean) {
            endLsn = store.superblock.endLsn;
        } else {
            finishCheckpoints();
        }
        core.grown(false, store.small.slots());
        core.grown(true, store.large.slots());
        final long pages = readTables(!clean || indexIsFresh);
        if (!clean) {
            findEnd();
            // What is seen from now on must not get lost: it may have been in the kernel's memory only.
            store.large.syncPages();
            store.journal.sync();
        }
        store.superblock.incarnation = core.incarnation();
        store.superblock.clean = false;
        store.superblock.redoLsn = redoLsn;
        store.superblock.endLsn = endLsn;
        store.superblock.write();
        core.startLog(redoLsn, endLsn);
        LOG.info("store {}: {} pages on disk, tables read in {} ms", clean ? "was stopped cleanly"
            : "was not stopped cleanly", pages, (System.nanoTime() - startNs) / 1_000_000);
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
                core.repeatedUpTo(lsn + record.getInt(RecordFormat.LENGTH));
                operations[0]++;
                if (core.evict()) {
                    paging.makeRoom();
                }
            }
        });
        redo.finish();
        LOG.info("recovered: {} operations in {} bytes of log repeated in {} ms", operations[0], endLsn - redoLsn,
            (System.nanoTime() - startNs) / 1_000_000);
    }

    private void fetch(final Fetch fetch) {
        core.fetched(fetch, store.read(fetch));
    }

    /** Applies the checkpoints that the log has whole to the slot tables. */
    private void finishCheckpoints() {
        final List<SlotImage> images = new ArrayList<>();
        final int[] incarnation = {0};
        endLsn = store.journal.read(redoLsn, record -> {
            if (record.getInt(RecordFormat.INCARNATION) != incarnation[0]) {
                // Parts of a checkpoint that the node did not live to end.
                images.clear();
                incarnation[0] = record.getInt(RecordFormat.INCARNATION);
            }
            switch (record.getShort(RecordFormat.TYPE)) {
                case RecordFormat.OPERATION -> { }
                case RecordFormat.CHECKPOINT_PART -> readImages(record, images);
                case RecordFormat.CHECKPOINT_END -> {
                    if (images.size() != record.getLong(RecordFormat.END_IMAGE_COUNT)) {
                        throw new EngineException("the checkpoint at LSN " + record.getLong(RecordFormat.LSN) + " has "
                            + images.size() + " entries instead of " + record.getLong(RecordFormat.END_IMAGE_COUNT)
                            + ": restore the store from a copy");
                    }
                    PagingElement.applyImages(store, images);
                    snapshotLsn = record.getLong(RecordFormat.END_SNAPSHOT_LSN);
                    redoLsn = record.getLong(RecordFormat.END_REDO_LSN);
                    images.clear();
                }
                default -> throw new EngineException("the journal has a record of unknown type "
                    + record.getShort(RecordFormat.TYPE) + ": install the newer dsm that wrote it");
            }
        });
        if (endLsn < store.superblock.endLsn) {
            throw new EngineException("the journal is damaged at LSN " + endLsn + ", but " + store.superblock.endLsn
                + " was reached before: restore the store from a copy");
        }
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

    private long readTables(final boolean fillIndex) {
        if (fillIndex) {
            store.index.clear();
        }
        final long smallPages = readTable(false, fillIndex);
        final long pages = smallPages + readTable(true, fillIndex);
        if (!fillIndex && store.index.size() != pages) {
            throw new EngineException("the page index has " + store.index.size() + " pages, the slot tables have "
                + pages + ": delete the file page-index in the store");
        }
        return pages;
    }

    private long readTable(final boolean large, final boolean fillIndex) {
        final Slab slab = store.slab(large);
        final long[] pages = {0};
        slab.readTable(new Slab.TableVisitor() {
            @Override
            public void page(final int slot, final long segment, final long page, final Location location) {
                if (Segment.isLarge(segment) != large) {
                    damaged(slot);
                    return;
                }
                core.load(new SlotImage(large, slot, segment, page, location.version, location.length, location.crc));
                if (fillIndex) {
                    store.index.put(segment, page, location);
                }
                pages[0]++;
            }

            @Override
            public void damaged(final int slot) {
                LOG.error("the {} slot table is damaged at slot {}: its page is lost", large ? "large" : "small", slot);
            }
        });
        return pages[0];
    }

    /** The log ends before the first record whose page contents did not reach the disk. */
    private void findEnd() {
        redo = new Redo(core, snapshotLsn, this::fetch);
        final boolean[] ended = {false};
        store.journal.read(redoLsn, record -> {
            if (ended[0] || record.getShort(RecordFormat.TYPE) != RecordFormat.OPERATION) {
                return;
            }
            final long lsn = record.getLong(RecordFormat.LSN);
            if (lsn >= snapshotLsn && !Redo.slotsHold(record, store::matches)) {
                ended[0] = true;
                endLsn = lsn;
                LOG.info("the log ends at LSN {}: what the operation there wrote did not reach the disk", lsn);
            } else {
                redo.reserveSlots(record);
            }
        });
    }
}
