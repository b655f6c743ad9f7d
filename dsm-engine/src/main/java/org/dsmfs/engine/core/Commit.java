package org.dsmfs.engine.core;

import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.journal.RecordFormat;
import org.dsmfs.engine.store.PageIndex.Location;

import java.util.List;

/**
 * Makes one transaction's changes real: first everything that can fail (one record into the batch, slots and memory
 * taken), then everything that cannot (pages installed).
 */
final class Commit {
    /** Whole pages go straight to slots if an operation puts at least this many bytes; else into the record. */
    private static final int SLOT_THRESHOLD_BYTES = 16 << 10;

    private final Pages pages;
    private final Log log;
    private final Checkpoints checkpoints;
    private final AddressGenerator addresses;
    private final Location location = new Location();

    Commit(final Pages pages, final Log log, final Checkpoints checkpoints, final AddressGenerator addresses) {
        this.pages = pages;
        this.log = log;
        this.checkpoints = checkpoints;
        this.addresses = addresses;
    }

    /**
     * @throws Abandoned             without effect
     * @throws CommitFailedException with half an effect: the core must not be used any more
     */
    void commit(final Transaction transaction) {
        final List<Change> changes = transaction.changes();
        if (changes.isEmpty()) {
            return;
        }
        final LogBatch batch = log.filling();
        final boolean onlyRecord = batch.isEmpty();
        final long version = log.nextVersion();
        final long recordLsn = log.endLsn();
        boolean done = false;
        batch.begin();
        try {
            for (int i = 0; i < changes.size(); i++) {
                final Change change = changes.get(i);
                log(change, transaction, batch, version);
            }
            checkpoints.checkRoom(changes.size());
            done = true;
        } catch (final Abandoned reason) {
            if (reason == Abandoned.BATCH && onlyRecord) {
                throw new EngineException("an operation of " + changes.size() + " changed pages is too large");
            }
            throw reason;
        } finally {
            if (!done) {
                batch.rollback();
                undo(changes);
            }
        }
        if (batch.isRecordEmpty()) {
            batch.rollback();
        } else {
            log.endOperation(version);
        }
        try {
            installAll(changes, transaction, version, recordLsn);
        } catch (final RuntimeException e) {
            throw new CommitFailedException(e);
        }
        log.seen(version);
        if (transaction.grantStart() != 0) {
            addresses.granted(transaction.grantStart(), transaction.grantNext());
        }
    }

    private void undo(final List<Change> changes) {
        for (final Change change : changes) {
            if (change.slotTaken) {
                pages.disk().allocator(Segment.isLarge(change.segment)).release(change.slot);
            }
            if (change.made != null) {
                change.made.free();
                change.made = null;
            }
        }
    }

    private void log(final Change change, final Transaction transaction, final LogBatch batch, final long version) {
        final boolean logged = !Segment.isVolatile(change.segment);
        switch (change.kind) {
            case FREE -> {
                change.unchanged = !change.existed;
                if (logged && change.existed) {
                    change.buried = pages.access().mayHaveShadows(change.segment, change.page);
                    if (change.buried) {
                        checkpoints.checkRoomForTombstone();
                    }
                    batch.addFree(change.buried ? RecordFormat.TOMBSTONE : RecordFormat.FREE, change.segment,
                        change.page);
                }
            }
            case WRITE -> {
                if (logged) {
                    logWrite(change, batch);
                }
            }
            case PUT -> {
                if (logged) {
                    logPut(change, transaction, batch, version);
                }
            }
            case RESERVE -> {
                takeSlot(change);
                batch.addEmptySlot(change.segment, change.page, change.slot);
                change.contentCrc = 0;
            }
        }
        if ((change.kind == Change.Kind.WRITE || change.kind == Change.Kind.PUT) && change.made == null) {
            prepareMemory(change, version);
        }
    }

    private void logWrite(final Change change, final LogBatch batch) {
        final boolean onBase = change.existed && !change.fromZeros && change.base.origin == Page.Origin.OWN;
        final int entry = batch.beginChange(change.segment, change.page, onBase ? change.base.version : 0);
        final boolean differs = PageDelta.log(onBase ? change.base.buffer : null, change.copy,
            pages.pageSize(change.segment), batch);
        if (onBase && !differs) {
            batch.dropChange(entry);
            change.unchanged = true;
        } else {
            batch.endChange(entry);
        }
    }

    private void logPut(final Change change, final Transaction transaction, final LogBatch batch, final long version) {
        final boolean whole = change.covers || !change.existed;
        if (whole && Segment.isLarge(change.segment) && transaction.putBytes() >= SLOT_THRESHOLD_BYTES) {
            takeSlot(change);
            makePage(change, version);
            transaction.applyPuts(change, change.made.buffer);
            change.contentCrc = batch.addSlot(change.made, change.slot, change.putEnd);
        } else {
            final boolean onBase = !whole && change.base.origin == Page.Origin.OWN;
            final int entry = batch.beginChange(change.segment, change.page, onBase ? change.base.version : 0);
            if (!whole && !onBase) {
                PageDelta.log(null, change.base.buffer, change.base.size, batch);
            }
            transaction.logPuts(change, batch);
            batch.endChange(entry);
        }
    }

    /** A slot that holds zeros, by what is said of it, may be written: until the content counts nobody looks at it. */
    private void takeSlot(final Change change) {
        change.slot = pages.emptySlot(change.segment, change.page);
        if (change.slot < 0) {
            change.slot = pages.disk().budget(Segment.isLarge(change.segment)).takeSlot();
            change.slotTaken = true;
        }
    }

    /** Takes the memory that the change needs to be installed. */
    private void prepareMemory(final Change change, final long version) {
        if (change.base == null) {
            makePage(change, version);
        } else {
            change.base.prepareChange();
        }
    }

    private void makePage(final Change change, final long version) {
        change.made = pages.newPage(change.segment, change.page, version);
        if (change.kind == Change.Kind.PUT && !change.covers) {
            change.made.buffer.setMemory(0, change.made.size, (byte) 0);
        }
    }

    private void installAll(final List<Change> changes, final Transaction transaction, final long version,
                            final long recordLsn) {
        for (int i = 0; i < changes.size(); i++) {
            final Change change = changes.get(i);
            if (!change.unchanged) {
                install(change, transaction, version, recordLsn);
            }
        }
    }

    private void install(final Change change, final Transaction transaction, final long version,
                         final long recordLsn) {
        pages.access().changed(change.segment, change.page, version);
        if (change.kind == Change.Kind.FREE) {
            pages.forget(change.segment, change.page, change.base, change.counted);
            if (change.buried) {
                pages.tombstones().add(change.segment, change.page, version, recordLsn);
            }
            return;
        }
        if (change.slot >= 0) {
            location.slot = change.slot;
            location.version = version;
            location.length = change.putEnd;
            location.crc = change.contentCrc;
        }
        if (change.kind == Change.Kind.RESERVE) {
            pages.placed(change.segment, change.page, location, change.counted);
            pages.dropOld(change.segment, change.page);
            return;
        }
        Page page = change.base;
        if (page == null) {
            page = change.made;
            pages.add(page, change.counted);
        } else if (page.origin != Page.Origin.OWN) {
            pages.own(page, change.counted);
        }
        if (change.kind == Change.Kind.WRITE) {
            page.buffer.putBytes(0, change.copy, 0, page.size);
        } else if (change.slot < 0) {
            transaction.applyPuts(change, page.buffer);
        } else if (page != change.made) {
            page.takeContent(change.made);
        }
        page.version = version;
        page.referenced = true;
        if (page.isVolatile()) {
            return;
        }
        pages.dropOld(change.segment, change.page);
        if (change.slot >= 0) {
            pages.rests(page, location);
            page.writtenWithLsn = log.endLsn();
        } else if (!page.isDirty()) {
            pages.dirty().add(page, recordLsn);
        }
    }
}
