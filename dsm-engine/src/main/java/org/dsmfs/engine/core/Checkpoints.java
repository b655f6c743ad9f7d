package org.dsmfs.engine.core;

import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.SpaceFullException;
import org.dsmfs.engine.journal.RecordFormat;

/** When a checkpoint is due, what it says, and its records in the log. */
public final class Checkpoints {
    /** Part of the journal that only checkpoints may use. */
    private static final int CHECKPOINT_PART = 8;
    /** Part of the journal that all tombstones together may take: no more pages can be freed that others may have. */
    private static final int TOMBSTONES_PART = 8;
    /** Part of the journal, its newest, in which tombstones may stay. */
    private static final int YOUNG_PART = 4;
    /** Part of the journal that may be filled with renewed tombstones for one checkpoint. */
    private static final int RENEWED_PART = 16;
    private static final int TOMBSTONE_BYTES = RecordFormat.ENTRIES + RecordFormat.FREE_BYTES;
    /** Retired part of a slab that makes a checkpoint due. */
    private static final int RETIRED_PART = 4;
    /** Smallest such part. */
    private static final long MIN_RETIRED_BYTES = 64L << 20;

    private final long journalBytes;
    /** Slot table changes that make a checkpoint due: a quarter of what its part of the journal has room for. */
    private final int dueChanges;
    private final Log log;
    private final DiskCache disk;
    private final DirtyPages dirty;
    private final Tombstones tombstones;
    private final SharedPages shared;

    /** @param journalBytes log that the journal can hold */
    Checkpoints(final long journalBytes, final Log log, final DiskCache disk, final DirtyPages dirty,
                final Tombstones tombstones, final SharedPages shared) {
        this.journalBytes = journalBytes;
        this.dueChanges = (int) (journalBytes / CHECKPOINT_PART / RecordFormat.IMAGE_BYTES / 4);
        this.log = log;
        this.disk = disk;
        this.dirty = dirty;
        this.tombstones = tombstones;
        this.shared = shared;
    }

    /** @param pages pages that the record, which ends the log now, changes */
    void checkRoom(final int pages) {
        if (pages > dueChanges / 2) {
            throw new EngineException("an operation that changes " + pages + " pages is too large");
        }
        if (log.bytes() > journalBytes - journalBytes / CHECKPOINT_PART || disk.changeCount() > 2 * dueChanges) {
            throw Abandoned.CHECKPOINT;
        }
    }

    /** @throws SpaceFullException if the log would hold so many tombstones that it could not be shortened any more */
    void checkRoomForTombstone() {
        if ((long) tombstones.count() * TOMBSTONE_BYTES > journalBytes / TOMBSTONES_PART) {
            throw SpaceFullException.INSTANCE;
        }
    }

    /** @return whether a checkpoint should be made soon */
    public boolean isDue() {
        return log.bytes() > journalBytes / 2 || areSlotChangesDue();
    }

    /** @return whether a checkpoint should be made before more pages are written to new slots */
    public boolean areSlotChangesDue() {
        return disk.changeCount() > dueChanges || areRetiredSlotsDue(disk.budget(false))
            || areRetiredSlotsDue(disk.budget(true));
    }

    /** @return whether so much of the slab is retired that it would grow for nothing */
    private static boolean areRetiredSlotsDue(final SlotBudget budget) {
        final SlotAllocator slots = budget.slots();
        return budget.retiredBytes() > MIN_RETIRED_BYTES && slots.retired() > slots.slots() / RETIRED_PART;
    }

    /**
     * Logs tombstones anew, the oldest first, so that the log need not be kept for their old records.
     *
     * @param endLsn where the log ended when this began
     * @return false if the batch must be written first
     */
    public boolean renewTombstones(final long endLsn) {
        final long youngLsn = endLsn - journalBytes / YOUNG_PART;
        final long mostLsn = endLsn + journalBytes / RENEWED_PART;
        while (tombstones.oldestLsn() < youngLsn && log.endLsn() < mostLsn) {
            final Tombstones.Tombstone oldest = tombstones.oldest();
            if (!shared.bury(oldest.segment, oldest.page, oldest.version())) {
                return false;
            }
        }
        return true;
    }

    /** @return what the slot tables shall say, as of now, and from where redo has to start then */
    public Checkpoint begin() {
        final long snapshotLsn = log.appliedLsn();
        final long neededLsn = Math.min(tombstones.oldestLsn(), dirty.oldestLsn());
        return new Checkpoint(disk.takeChanges(), Math.min(snapshotLsn, neededLsn), snapshotLsn);
    }

    /**
     * Logs a part of the checkpoint's images.
     *
     * @param from images logged so far
     * @return images logged now; fewer than there are if the batch must be written first
     */
    public int logPart(final Checkpoint checkpoint, final int from) {
        final LogBatch batch = log.filling();
        int next = from;
        try {
            batch.begin();
            while (next < checkpoint.images().size()) {
                batch.addImage(checkpoint.images().get(next));
                next++;
            }
        } catch (final Abandoned full) {
            // The record ends with the last image that had room.
        }
        if (batch.isRecordEmpty()) {
            batch.rollback();
        } else {
            log.endCheckpoint(RecordFormat.CHECKPOINT_PART);
        }
        return next;
    }

    /** Logs the record that makes the parts valid. @return false if the batch must be written first */
    public boolean logEnd(final Checkpoint checkpoint) {
        final LogBatch batch = log.filling();
        try {
            batch.begin();
            batch.addCheckpointEnd(checkpoint.redoLsn(), checkpoint.snapshotLsn(), checkpoint.images().size());
        } catch (final Abandoned full) {
            batch.rollback();
            return false;
        }
        log.endCheckpoint(RecordFormat.CHECKPOINT_END);
        return true;
    }

    /** The slot tables and the superblock say now what the checkpoint says. */
    public void done(final Checkpoint checkpoint) {
        disk.checkpointed(checkpoint.images());
        log.dropBefore(checkpoint.redoLsn());
    }
}
