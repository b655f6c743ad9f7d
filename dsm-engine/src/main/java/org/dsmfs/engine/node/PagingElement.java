package org.dsmfs.engine.node;

import org.dsmfs.engine.Segment;
import org.dsmfs.engine.core.Checkpoint;
import org.dsmfs.engine.core.Core;
import org.dsmfs.engine.core.PageCopies;
import org.dsmfs.engine.core.SlotImage;
import org.dsmfs.engine.store.DiskException;
import org.dsmfs.engine.store.Slab;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.BitSet;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** The <em>paging element</em>: moves pages from RAM to disk, makes checkpoints, and gives the slabs room to grow. */
final class PagingElement {
    private static final Logger LOG = LoggerFactory.getLogger(PagingElement.class);
    /** Dirty pages copied and written in one go. */
    private static final long MAX_COPY_BYTES = 4 << 20;
    /** A slab grows by at least this. */
    private static final long MIN_GROWTH_BYTES = 8L << 20;
    /** A slab grows by half, but beyond steps of this by an eighth: whoever needs room waits for each step. */
    private static final long FAST_GROWTH_BYTES = 256L << 20;
    /** Left free on a disk that others use too. */
    private static final long DISK_MARGIN_BYTES = 32L << 20;
    /** What index, superblock and slot tables take beside slabs and journal, at most, as a part of the whole. */
    private static final int OVERHEAD_PART = 32;
    /** The page index is copied whole to grow, so it does so seldom. */
    private static final int INDEX_GROWTH_FACTOR = 4;
    /** Background calls between two attempts to grow a slab that could not. */
    private static final int RETRY_CALLS = 10;

    private final Core core;
    private final Lock coreLock;
    private final Store store;
    private final LogWriter log;
    private final long diskLimitBytes;
    /** One thread at a time copies pages or makes a checkpoint. */
    private final ReentrantLock paging = new ReentrantLock();
    private final PageCopies copies;
    private volatile long checkpoints;
    /** A slab could not grow when last tried. */
    private volatile boolean fullSlab;
    private int callsSinceFull;

    PagingElement(final Core core, final Lock coreLock, final Store store, final LogWriter log,
                  final long diskLimitBytes) {
        this.core = core;
        this.coreLock = coreLock;
        this.store = store;
        this.log = log;
        this.diskLimitBytes = diskLimitBytes;
        this.copies = new PageCopies((int) Math.max(store.large.pageSize(),
            Math.min(MAX_COPY_BYTES, core.paging().ramLimitBytes() / 8)));
    }

    long checkpoints() {
        return checkpoints;
    }

    // --- dirty pages ---------------------------------------------------------------------------------------------

    /** Brings the RAM cache below its limit: writes the log that pages wait for, then dirty pages, oldest first. */
    void makeRoom() {
        log.write();
        boolean any = true;
        while (any && isOverLimit()) {
            any = pageOut(Long.MAX_VALUE);
        }
    }

    private boolean isOverLimit() {
        coreLock.lock();
        try {
            return core.paging().evict();
        } finally {
            coreLock.unlock();
        }
    }

    /** Writes dirty pages until there are at most so many bytes of them. */
    void writeDirtyAbove(final long bytes) {
        boolean any = true;
        while (any && dirtyBytes() > bytes) {
            any = pageOut(Long.MAX_VALUE);
        }
    }

    /** Writes some pages that are dirty since before an LSN. @return whether there were any */
    private boolean pageOut(final long upToLsn) {
        if (writeOldest(upToLsn)) {
            checkpointIfSlotsChanged();
            return true;
        }
        if (!isDirty(upToLsn)) {
            return false;
        }
        // All free slots are used up: those that are retired have to become free.
        checkpoint();
        return writeOldest(upToLsn);
    }

    private boolean isDirty(final long upToLsn) {
        coreLock.lock();
        try {
            return core.paging().isDirty(upToLsn);
        } finally {
            coreLock.unlock();
        }
    }

    private long dirtyBytes() {
        coreLock.lock();
        try {
            return core.paging().dirtyBytes();
        } finally {
            coreLock.unlock();
        }
    }

    /** @return whether anything was written */
    private boolean writeOldest(final long upToLsn) {
        paging.lock();
        try {
            coreLock.lock();
            try {
                core.paging().copyDirty(upToLsn, copies);
            } finally {
                coreLock.unlock();
            }
            final boolean any = copies.count() > 0;
            copies.seal();
            writeCopies();
            coreLock.lock();
            try {
                core.paging().copiesWritten(copies);
            } finally {
                coreLock.unlock();
            }
            return any;
        } finally {
            paging.unlock();
        }
    }

    /** Neighbouring slots with whole pages go in one write. */
    private void writeCopies() {
        int first = 0;
        while (first < copies.count()) {
            final boolean large = copies.isLarge(first);
            final Slab slab = store.slab(large);
            int last = first;
            int bytes = copies.length(first);
            while (last + 1 < copies.count() && copies.isLarge(last + 1) == large
                && copies.length(last) == slab.pageSize() && copies.slot(last + 1) == copies.slot(last) + 1) {
                last++;
                bytes += copies.length(last);
            }
            slab.write(copies.slot(first), copies.address(first), bytes);
            first = last + 1;
        }
    }

    // --- checkpoints ---------------------------------------------------------------------------------------------

    private void checkpointIfSlotsChanged() {
        coreLock.lock();
        final boolean due;
        try {
            due = core.checkpoints().areSlotChangesDue();
        } finally {
            coreLock.unlock();
        }
        if (due) {
            checkpoint();
        }
    }

    /** Writes all pages that are dirty now, and makes a checkpoint, so that the log up to now is not needed. */
    void checkpointAll() {
        final long upToLsn;
        coreLock.lock();
        try {
            upToLsn = core.log().endLsn();
        } finally {
            coreLock.unlock();
        }
        boolean any = true;
        while (any) {
            any = pageOut(upToLsn);
        }
        renewTombstones(upToLsn);
        checkpoint();
    }

    private void renewTombstones(final long upToLsn) {
        while (true) {
            coreLock.lock();
            try {
                if (core.checkpoints().renewTombstones(upToLsn)) {
                    return;
                }
            } finally {
                coreLock.unlock();
            }
            log.write();
        }
    }

    /** Makes the slot tables say where pages rest now, and drops the log that is not needed then. */
    private void checkpoint() {
        paging.lock();
        try {
            final Checkpoint checkpoint;
            coreLock.lock();
            try {
                checkpoint = core.checkpoints().begin();
            } finally {
                coreLock.unlock();
            }
            log.sync(checkpoint.snapshotLsn());
            store.small.syncPages();
            store.large.syncPages();
            final long endLsn = logImages(checkpoint);
            log.sync(endLsn);
            applyImages(store, checkpoint.images());
            store.superblock.redoLsn = checkpoint.redoLsn();
            store.superblock.snapshotLsn = checkpoint.snapshotLsn();
            store.superblock.endLsn = endLsn;
            coreLock.lock();
            try {
                store.superblock.version = core.log().version();
            } finally {
                coreLock.unlock();
            }
            store.superblock.write();
            coreLock.lock();
            try {
                core.checkpoints().done(checkpoint);
            } finally {
                coreLock.unlock();
            }
            checkpoints++;
        } finally {
            paging.unlock();
        }
    }

    /** @return LSN behind the record that makes the checkpoint valid */
    private long logImages(final Checkpoint checkpoint) {
        int logged = 0;
        while (true) {
            coreLock.lock();
            try {
                if (logged < checkpoint.images().size()) {
                    logged = core.checkpoints().logPart(checkpoint, logged);
                }
                if (logged == checkpoint.images().size() && core.checkpoints().logEnd(checkpoint)) {
                    return core.log().endLsn();
                }
            } finally {
                coreLock.unlock();
            }
            log.write();
        }
    }

    /** Writes a checkpoint's images into the slot tables, durably. */
    static void applyImages(final Store store, final Iterable<SlotImage> images) {
        for (final SlotImage image : images) {
            final Slab slab = store.slab(image.large());
            if (image.isFree()) {
                slab.clearEntry(image.slot());
            } else {
                slab.setEntry(image.slot(), image.segment(), image.page(), image.version(), image.length(),
                    image.crc());
            }
        }
        store.small.syncTable();
        store.large.syncTable();
    }

    /** Writes everything and marks the store as cleanly stopped; no operation runs any more. */
    void checkpointAndStop() {
        paging.lock();
        try {
            checkpointAll();
            store.superblock.clean = dirtyBytes() == 0;
            store.superblock.write();
        } finally {
            paging.unlock();
        }
    }

    // --- room ----------------------------------------------------------------------------------------------------

    /** @return bytes that the slabs may still grow by */
    long growableBytes() {
        final long onDisk = store.small.bytesOnDisk() + store.large.bytesOnDisk() + store.journal.capacity();
        final long free = Math.max(0, store.disk.freeBytes() - DISK_MARGIN_BYTES);
        final long limit = diskLimitBytes == 0 ? Long.MAX_VALUE
            : Math.max(0, diskLimitBytes - diskLimitBytes / OVERHEAD_PART - onDisk);
        return Math.min(limit, free);
    }

    /**
     * An operation found no room: looks whether slabs that could not grow can now, as others have made room on the disk.
     *
     * @return whether it is worth trying again
     */
    boolean mayGrowAgain() {
        if (growableBytes() < MIN_GROWTH_BYTES) {
            return false;
        }
        coreLock.lock();
        try {
            core.slots(false).canGrow(true);
            core.slots(true).canGrow(true);
        } finally {
            coreLock.unlock();
        }
        return true;
    }

    /** Grows a slab, or lets the core know that it can't. */
    void grow(final boolean large) {
        paging.lock();
        try {
            final Slab slab = store.slab(large);
            final long wanted = growthBytes(slab);
            if (growableBytes() < wanted) {
                giveBlocksBack(!large, wanted - growableBytes());
            }
            boolean grown = false;
            try {
                final long possible = Math.min(wanted, growableBytes());
                grown = takeBlocksAgain(large, possible) || addSlots(slab, possible);
            } catch (final DiskException e) {
                LOG.debug("a slab can't grow: {}", e.getMessage());
            }
            if (!grown && !fullSlab) {
                fullSlab = true;
                LOG.warn("no more room for {} pages: the disk, or --disk, is full", large ? "large" : "small");
            }
            coreLock.lock();
            try {
                core.slots(large).grown(slab.slots());
                core.slots(large).canGrow(grown);
            } finally {
                coreLock.unlock();
            }
        } finally {
            paging.unlock();
        }
    }

    /** @return by how much a slab should grow, leaving most of what there is to the other one */
    private long growthBytes(final Slab slab) {
        final long slabBytes = (long) slab.slots() * slab.pageSize();
        final long wanted = Math.max(slabBytes / 8, Math.min(slabBytes / 2, FAST_GROWTH_BYTES));
        return Math.max(MIN_GROWTH_BYTES, Math.min(wanted, growableBytes() / 4));
    }

    /** Lets the other slab grow into what this one does not need any more. */
    private void giveBlocksBack(final boolean large, final long bytes) {
        if (retiredBytes(large) >= MIN_GROWTH_BYTES) {
            checkpoint();
        }
        final BitSet given;
        coreLock.lock();
        try {
            given = core.slots(large).giveBlocksBack(bytes, MIN_GROWTH_BYTES);
            if (given.isEmpty()) {
                return;
            }
            // It may get them back when it needs them.
            core.slots(large).canGrow(true);
        } finally {
            coreLock.unlock();
        }
        try {
            store.slab(large).giveBlocksBack(given);
        } catch (final DiskException e) {
            LOG.debug("blocks can't be given back: {}", e.getMessage());
        }
    }

    private long retiredBytes(final boolean large) {
        coreLock.lock();
        try {
            return core.slots(large).retiredBytes();
        } finally {
            coreLock.unlock();
        }
    }

    private boolean takeBlocksAgain(final boolean large, final long bytes) {
        final Slab slab = store.slab(large);
        final BitSet slots;
        coreLock.lock();
        try {
            slots = core.slots(large).withoutBlocks((int) Math.min(bytes / slab.pageSize(), Integer.MAX_VALUE));
        } finally {
            coreLock.unlock();
        }
        if (slots.isEmpty()) {
            return false;
        }
        slab.takeBlocksAgain(slots);
        coreLock.lock();
        try {
            core.slots(large).blocksTakenAgain(slots);
        } finally {
            coreLock.unlock();
        }
        return true;
    }

    private boolean addSlots(final Slab slab, final long bytes) {
        final int slots = (int) Math.min(bytes / slab.bytesFor(1), Integer.MAX_VALUE - slab.slots());
        if (slots <= 0) {
            return false;
        }
        growIndex(slots);
        slab.grow(slots);
        return true;
    }

    /** Whatever rests in a slot is in the index, so that has room for all of them, before there are any. */
    private void growIndex(final int moreSlots) {
        final long needed = store.slots() + moreSlots;
        final long possible = needed + growableBytes() / Segment.SMALL_PAGE_SIZE;
        coreLock.lock();
        try {
            final long capacity = store.index.capacity();
            if (capacity < needed) {
                store.index.grow(Math.max(needed, Math.min(possible, capacity * INDEX_GROWTH_FACTOR)));
            }
        } finally {
            coreLock.unlock();
        }
    }

    /** Grows slabs ahead of use, and looks now and then whether one that could not grow could now. */
    void growAhead() {
        if (fullSlab && ++callsSinceFull % RETRY_CALLS != 0) {
            return;
        }
        fullSlab = false;
        for (final boolean large : new boolean[] {false, true}) {
            final long spareBytes;
            coreLock.lock();
            try {
                spareBytes = core.slots(large).spareBytes();
            } finally {
                coreLock.unlock();
            }
            if (spareBytes < MIN_GROWTH_BYTES / 2) {
                grow(large);
            }
        }
    }
}
