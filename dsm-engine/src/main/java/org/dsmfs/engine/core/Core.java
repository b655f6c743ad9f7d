package org.dsmfs.engine.core;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.Operation;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.Space;
import org.dsmfs.engine.SpaceFullException;
import org.dsmfs.engine.journal.RecordFormat;
import org.dsmfs.engine.store.PageIndex;
import org.dsmfs.engine.store.PageIndex.Location;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The state of a node's part of the space and all that may happen to it, as a passive, deterministic object: operations
 * and completions go in; pages to fetch, batches of log and copies of dirty pages to write come out. No thread, clock,
 * random source or blocking call. Used by one thread at a time, under the node's lock.
 */
public final class Core {
    /** What a run of an operation came to. */
    public enum Outcome {
        /** It is done, and {@link #result} has what it returned. */
        DONE,
        /** Read the pages of {@link #takeMissing}, give them to {@link #fetched}, run again. */
        PAGES_MISSING,
        /** Write the batch, run again. */
        BATCH_FULL,
        /** Make a checkpoint, run again. */
        CHECKPOINT_DUE,
        /** Grow the slab of small pages or say {@link #cannotGrow}, run again. */
        SMALL_SLAB_FULL,
        /** Grow the slab of large pages or say {@link #cannotGrow}, run again. */
        LARGE_SLAB_FULL
    }

    /** A page that a run needs and this node has no right to. */
    public record Wanted(long segment, long page, boolean toWrite) {
    }

    /** Part of each slab that only removal may use, and that lets dirty pages be written when the space is full. */
    private static final int RESERVED_BYTES = 2 << 20;
    /** Fewest slots in that part. */
    private static final int MIN_RESERVED_SLOTS = 64;
    /** Part of the reserved slots that not even removal may use for new pages. */
    private static final int CLEANING_PART = 4;

    /** Retired part of a slab that makes a checkpoint due. */
    private static final int RETIRED_PART = 4;
    /** Smallest such part. */
    private static final long MIN_RETIRED_BYTES = 64L << 20;

    /** Log that is collected before it must be written. */
    private static final int MAX_BATCH_BYTES = 8 << 20;
    private static final long NOT_RECOVERING = Long.MAX_VALUE;

    private final int largePageSize;
    private final long journalCapacity;
    /** Part of the journal that only checkpoints may use. */
    private final long checkpointBytes;
    /** Slot table changes that make a checkpoint due: a quarter of what its part of the journal has room for. */
    private final int dueChanges;
    private final int incarnation;
    private final PagePool pool;
    private final RamCache ram;
    private final DiskCache disk;
    private final DirtyPages dirty = new DirtyPages();
    private final Transaction transaction = new Transaction(this);
    private final Commit commit = new Commit(this);
    private final AddressGenerator addresses = new AddressGenerator();
    private final List<Fetch> missing = new ArrayList<>();
    private final List<Wanted> wanted = new ArrayList<>();
    private final List<Wanted> expected = new ArrayList<>();
    private final Tombstones tombstones = new Tombstones();
    /** Pages that other nodes own now, but whose last version here is not on disk yet, or volatile. */
    private final AddressTable<Page> shadows = new AddressTable<>();
    /** Those of them that go to their slots with a batch that is not written yet; some may be none any more. */
    private final ArrayDeque<Page> unwrittenShadows = new ArrayDeque<>();
    private final Location scratch = new Location();
    private final long[] pagesByKind = new long[256];

    private LogBatch filling;
    private LogBatch spare;
    /** Taken to be written; null if there is none. */
    private LogBatch writing;
    /** Log before this is not needed any more. Invariant: headLsn <= writtenLsn <= endLsn(). */
    private long headLsn;
    private long writtenLsn;
    /** Log from here on has not been repeated yet; {@link #NOT_RECOVERING} if all is. */
    private long recoveringLsn = NOT_RECOVERING;
    private long version;
    /** Version of the last operation in the log. */
    private long loggedVersion;
    /** Pages, by size, that exist but rest nowhere on disk yet; each will need a slot. */
    private int unplacedSmall;
    private int unplacedLarge;
    private boolean smallCanGrow = true;
    private boolean largeCanGrow = true;
    private PageAccess access = PageAccess.ALONE;
    private long hits;
    private long misses;
    private Object result;

    /**
     * @param ramLimitBytes   limit of the RAM cache
     * @param largePageSize   bytes of a large page
     * @param journalCapacity bytes of log that the journal can hold
     * @param incarnation     starts of this node so far, 1..
     * @param version         newest version that any page may have
     * @param index           where pages rest
     */
    public Core(final long ramLimitBytes, final int largePageSize, final long journalCapacity, final int incarnation,
                final long version, final PageIndex index) {
        this.largePageSize = largePageSize;
        this.journalCapacity = journalCapacity;
        this.checkpointBytes = journalCapacity / 8;
        this.dueChanges = (int) (checkpointBytes / RecordFormat.IMAGE_BYTES / 4);
        this.incarnation = incarnation;
        this.version = version;
        this.loggedVersion = version;
        final int batchBytes = (int) Math.min(MAX_BATCH_BYTES, journalCapacity / 4);
        this.filling = new LogBatch(batchBytes);
        this.spare = new LogBatch(batchBytes);
        this.pool = new PagePool(ramLimitBytes, largePageSize);
        this.ram = new RamCache(ramLimitBytes);
        this.disk = new DiskCache(index, largePageSize);
    }

    /**
     * The log is found, and goes on at its end.
     *
     * @param redoLsn where it begins; from there on it is going to be repeated
     */
    public void startLog(final long redoLsn, final long lsn) {
        headLsn = redoLsn;
        writtenLsn = lsn;
        recoveringLsn = lsn;
        filling.reset(lsn);
    }

    /** The log has been repeated up to here. */
    public void repeatedUpTo(final long lsn) {
        recoveringLsn = lsn;
    }

    /** The whole log has been repeated. */
    public void recovered() {
        recoveringLsn = NOT_RECOVERING;
        loggedVersion = version;
    }

    // --- operations ----------------------------------------------------------------------------------------------

    /** Runs the operation once, and commits it. Exceptions of the operation pass, without effect. */
    public Outcome run(final Operation<?> operation) {
        missing.clear();
        wanted.clear();
        expected.clear();
        transaction.begin();
        try {
            result = operation.run(transaction);
            if (isMissingAny()) {
                throw Abandoned.PAGES;
            }
            commit.commit(transaction);
            return Outcome.DONE;
        } catch (final Abandoned reason) {
            return reason.outcome();
        }
    }

    /** @return what the operation returned whose outcome was DONE */
    public Object result() {
        final Object taken = result;
        result = null;
        return taken;
    }

    /** @return the pages to fetch after PAGES_MISSING */
    public Fetch[] takeMissing() {
        return missing.toArray(new Fetch[0]);
    }

    /** @return the pages to get the right to after PAGES_MISSING */
    public List<Wanted> takeWanted() {
        return List.copyOf(wanted);
    }

    /** @return pages that the last run takes for likely to be read soon, and that this node has no right to */
    public List<Wanted> takeExpected() {
        return expected.isEmpty() ? List.of() : List.copyOf(expected);
    }

    private boolean isMissingAny() {
        return !missing.isEmpty() || !wanted.isEmpty();
    }

    /** Pages are shared with other nodes from now on; no page of theirs is here yet. */
    public void share(final PageAccess newAccess) {
        access = newAccess;
    }

    PageAccess access() {
        return access;
    }

    /**
     * A page was read from where it rested.
     *
     * @param memory of {@link #pool}, with the whole page, which the core takes over
     */
    public void fetched(final Fetch fetch, final long memory) {
        if (ram.get(fetch.segment(), fetch.page()) != null || !isCurrent(fetch)
            || !isOnDisk(fetch.segment(), fetch.page())) {
            pool.free(memory, fetch.pageSize());
            return;
        }
        final Page page = new Page(fetch.segment(), fetch.page(), new PageMemory(pool, memory, fetch.pageSize()),
            fetch.location().version);
        page.readable = access.mayRead(page.segment, page.page);
        page.writable = access.mayWrite(page.segment, page.page);
        ram.add(page);
    }

    /** @return whether the page still rests where it was to be read; if not, what was read means nothing */
    public boolean isCurrent(final Fetch fetch) {
        return disk.locate(fetch.segment(), fetch.page(), scratch) && scratch.slot == fetch.location().slot
            && scratch.version == fetch.location().version;
    }

    /** @return the page in RAM; null if it is absent */
    Page lookup(final long segment, final long page, final boolean toWrite) {
        final Page present = ram.get(segment, page);
        if (present != null && (toWrite ? present.writable : present.readable)) {
            present.referenced = true;
            hits++;
            if (isMissingAny()) {
                throw Abandoned.PAGES;
            }
            return present;
        }
        if (!isMissingAny()) {
            want(segment, page, toWrite);
        }
        if (isMissingAny()) {
            throw Abandoned.PAGES;
        }
        return null;
    }

    Page resident(final long segment, final long page) {
        return ram.get(segment, page);
    }

    boolean exists(final long segment, final long page) {
        final Page present = ram.get(segment, page);
        if (present != null ? !present.readable : !access.mayRead(segment, page)) {
            miss(segment, page, false);
            throw Abandoned.PAGES;
        }
        return present != null || isOnDisk(segment, page);
    }

    void want(final long segment, final long page, final boolean toWrite) {
        final Page present = ram.get(segment, page);
        if (present != null) {
            if (!(toWrite ? present.writable : present.readable)) {
                miss(segment, page, toWrite);
            }
        } else if (!(toWrite ? access.mayWrite(segment, page) : access.mayRead(segment, page))) {
            miss(segment, page, toWrite);
        } else if (isOnDisk(segment, page)) {
            missing.add(fetchOf(segment, page));
            misses++;
        }
    }

    void expect(final long segment, final long page) {
        if (access != PageAccess.ALONE && ram.get(segment, page) == null && !access.mayRead(segment, page)) {
            expected.add(new Wanted(segment, page, false));
        }
    }

    private void miss(final long segment, final long page, final boolean toWrite) {
        wanted.add(new Wanted(segment, page, toWrite));
        misses++;
    }

    /** @return whether bytes may be put into the page; if not, it is now known to be missing */
    boolean isReadyToPut(final long segment, final long page, final boolean covers) {
        final Page present = ram.get(segment, page);
        if (present != null && present.writable) {
            present.referenced = true;
            hits++;
            return true;
        }
        if (present == null && access.mayWrite(segment, page) && (covers || !isOnDisk(segment, page))) {
            return true;
        }
        want(segment, page, true);
        return false;
    }

    /** @return whether the page may be made or freed, whatever it holds; if not, it is now known to be missing */
    boolean isReadyToReplace(final long segment, final long page) {
        final Page present = ram.get(segment, page);
        if (present != null ? present.writable : access.mayWrite(segment, page)) {
            return true;
        }
        miss(segment, page, true);
        return false;
    }

    /** @return whether the page, which is not in RAM, rests on disk in its newest version */
    private boolean isOnDisk(final long segment, final long page) {
        if (Segment.isVolatile(segment) || !disk.locate(segment, page, scratch)) {
            return false;
        }
        final long version = access.ownedVersion(segment, page);
        return version == PageAccess.ANY_VERSION || version == scratch.version;
    }

    /** @return whether the store has the page, or will by its log, in whatever version */
    boolean isCounted(final long segment, final long page, final Page base, final boolean existed) {
        if (access == PageAccess.ALONE) {
            return existed;
        }
        return base != null && base.origin == Page.Origin.OWN || isStored(segment, page);
    }

    /** @return where the memory of pages is from */
    public PagePool pool() {
        return pool;
    }

    /** @return a page with anything in it, which is nowhere yet */
    Page newPage(final long segment, final long index, final long pageVersion) {
        final int size = pageSize(segment);
        return new Page(segment, index, new PageMemory(pool, pool.allocate(size), size), pageVersion);
    }

    /** @return bytes of a page of the segment */
    public int pageSize(final long segment) {
        return Segment.isLarge(segment) ? largePageSize : Segment.SMALL_PAGE_SIZE;
    }

    AddressGenerator addresses() {
        return addresses;
    }

    /** @param making pages of this size that the run makes, this one included */
    void checkRoom(final boolean large, final int making, final boolean useReserve) {
        final SlotAllocator slots = disk.allocator(large);
        final int unplaced = large ? unplacedLarge : unplacedSmall;
        final int reserved = reservedSlots(large);
        final int kept = useReserve ? reserved / CLEANING_PART : reserved;
        if (slots.free() - unplaced - making < kept) {
            throw slabFull(large, slots.free() + slots.retired() - unplaced - making >= kept);
        }
    }

    private int reservedSlots(final boolean large) {
        return Math.max(MIN_RESERVED_SLOTS, RESERVED_BYTES / disk.allocator(large).pageSize());
    }

    /**
     * @param retiredHelp whether there is room once retired slots are free
     * @return what to do about a slab with too few free slots
     */
    private RuntimeException slabFull(final boolean large, final boolean retiredHelp) {
        if (large ? largeCanGrow : smallCanGrow) {
            return large ? Abandoned.GROW_LARGE : Abandoned.GROW_SMALL;
        }
        return retiredHelp ? Abandoned.CHECKPOINT : SpaceFullException.INSTANCE;
    }

    /** @return the slot where the page rests as zeros, so that what is in it is not needed; -1 if there is none */
    int emptySlot(final long segment, final long page) {
        return disk.locate(segment, page, scratch) && scratch.length == 0 ? (int) scratch.slot : -1;
    }

    /** @return a fresh slot for a page's content */
    int takeSlot(final boolean large) {
        final SlotAllocator slots = disk.allocator(large);
        if (slots.free() <= reservedSlots(large) / CLEANING_PART) {
            throw slabFull(large, slots.retired() > 0);
        }
        return slots.allocate();
    }

    /** @param pages pages that the record, which ends the log now, changes */
    void checkLogRoom(final int pages) {
        if (pages > dueChanges / 2) {
            throw new EngineException("an operation that changes " + pages + " pages is too large");
        }
        if (logBytes() > journalCapacity - checkpointBytes || disk.changeCount() > 2 * dueChanges) {
            throw Abandoned.CHECKPOINT;
        }
    }

    // --- what commits and redo do to pages -----------------------------------------------------------------------

    DiskCache disk() {
        return disk;
    }

    LogBatch batch() {
        return filling;
    }

    /** @return starts of this node so far, this one included */
    public int incarnation() {
        return incarnation;
    }

    long nextVersion() {
        return version + 1;
    }

    void logged(final long newVersion) {
        loggedVersion = newVersion;
    }

    void committed(final long newVersion) {
        version = Math.max(version, newVersion);
    }

    /** Adds a page to RAM. @param existed whether the page was present before, on disk */
    void add(final Page page, final boolean existed) {
        ram.add(page);
        count(page, existed);
    }

    /** A page that came from another node is in this node's log now. */
    void own(final Page page, final boolean counted) {
        page.origin = Page.Origin.OWN;
        count(page, counted);
    }

    private void count(final Page page, final boolean counted) {
        if (!counted) {
            pagesByKind[Segment.kind(page.segment)]++;
            if (!page.isVolatile()) {
                countUnplaced(page.segment, 1);
            }
        }
    }

    /** A newer version of the page is in the log: neither its tombstone nor an older version in RAM is needed. */
    void dropOld(final long segment, final long index) {
        tombstones.drop(segment, index);
        final Page shadow = shadows.get(segment, index);
        if (shadow != null) {
            removeShadow(shadow);
        }
    }

    private void removeShadow(final Page shadow) {
        shadows.remove(shadow);
        if (shadow.isDirty()) {
            dirty.remove(shadow);
        }
        shadow.free();
    }

    /** The page is absent, and the record at the LSN has to stay until no other node has an older version. */
    void bury(final long segment, final long index, final long pageVersion, final long lsn) {
        tombstones.add(segment, index, pageVersion, lsn);
    }

    void dirty(final Page page, final long lsn) {
        dirty.add(page, lsn);
    }

    /** The page, whose content is being written there, rests in this slot and is clean. */
    void rests(final Page page, final Location location) {
        place(page.segment, page.page, location);
        if (page.isDirty()) {
            dirty.remove(page);
        }
    }

    /** The page rests in this slot. */
    void place(final long segment, final long index, final Location location) {
        if (!disk.place(segment, index, location)) {
            countUnplaced(segment, -1);
        }
    }

    /**
     * The page becomes absent.
     *
     * @param page    the page if it is in RAM
     * @param counted whether the store has it, or would by its log
     */
    void forget(final long segment, final long index, final Page page, final boolean counted) {
        if (counted) {
            pagesByKind[Segment.kind(segment)]--;
            if (!Segment.isVolatile(segment) && !disk.forget(segment, index)) {
                countUnplaced(segment, -1);
            }
        }
        final Page shadow = shadows.get(segment, index);
        if (shadow != null) {
            removeShadow(shadow);
        }
        if (page != null) {
            if (page.isDirty()) {
                dirty.remove(page);
            }
            ram.remove(page);
        }
    }

    private void countUnplaced(final long segment, final int change) {
        if (Segment.isLarge(segment)) {
            unplacedLarge += change;
        } else {
            unplacedSmall += change;
        }
    }

    // --- the log -------------------------------------------------------------------------------------------------

    /** @return LSN behind the last record */
    public long endLsn() {
        return filling.endLsn();
    }

    /** @return bytes that wait for being written */
    public int batchBytes() {
        return filling.bytes();
    }

    /**
     * @return what is to be written now, and then given to {@link #batchWritten} before the next is taken; null if
     *     there is nothing
     */
    public LogBatch takeBatch() {
        if (filling.isEmpty()) {
            return null;
        }
        if (writing != null) {
            throw new IllegalStateException("two batches of log under way");
        }
        writing = filling;
        filling = spare;
        filling.reset(writing.endLsn());
        return writing;
    }

    /** The batch was written, slots first; not necessarily synced. */
    public void batchWritten(final LogBatch batch) {
        writtenLsn = batch.endLsn();
        batch.reset(0);
        spare = batch;
        writing = null;
        dropWrittenShadows();
    }

    /** What has come to its slot with the log need not stay in RAM. */
    private void dropWrittenShadows() {
        for (int i = unwrittenShadows.size(); i > 0; i--) {
            final Page page = unwrittenShadows.poll();
            if (shadows.get(page.segment, page.page) != page) {
                continue;
            }
            if (page.writtenWithLsn > writtenLsn) {
                unwrittenShadows.add(page);
            } else if (!page.isDirty() && !page.copying) {
                removeShadow(page);
            }
        }
    }

    // --- paging --------------------------------------------------------------------------------------------------

    /** Drops clean pages if the RAM cache is over its limit. @return whether it still is: dirty pages must be written */
    public boolean evict() {
        if (ram.isOverLimit()) {
            ram.evict(writtenLsn, access);
        }
        return ram.isOverLimit();
    }

    /** @return whether a page is dirty since before the LSN */
    public boolean isDirty(final long upToLsn) {
        final Page oldest = dirty.oldest();
        return oldest != null && oldest.recoveryLsn < upToLsn;
    }

    /** @return bytes of pages in RAM that are newer than on disk */
    public long dirtyBytes() {
        return dirty.bytes();
    }

    /**
     * Copies dirty pages, oldest first, to be written to fresh slots.
     *
     * @param upToLsn only pages that are dirty since before
     * @param copies  filled until it is full, or slots or pages run out
     */
    public void copyDirty(final long upToLsn, final PageCopies copies) {
        copies.clear();
        Page page = dirty.oldest();
        while (page != null && page.recoveryLsn < upToLsn) {
            final SlotAllocator slots = disk.allocator(Segment.isLarge(page.segment));
            if (slots.free() == 0 || !copies.hasRoom(page.size)) {
                return;
            }
            copies.add(page, slots.allocate());
            page.copying = true;
            final Page next = page.newerDirty;
            dirty.remove(page);
            page = next;
        }
    }

    /** The copies were written: there the pages rest now, unless they are gone or rest at a newer version. */
    public void copiesWritten(final PageCopies copies) {
        for (int i = 0; i < copies.count(); i++) {
            final Page page = copies.page(i);
            page.copying = false;
            final boolean isShadow = shadows.get(page.segment, page.page) == page;
            final boolean current = (isShadow || ram.get(page.segment, page.page) == page)
                && !(disk.locate(page.segment, page.page, scratch) && scratch.version >= copies.version(i));
            if (current) {
                copies.location(i, scratch);
                place(page.segment, page.page, scratch);
                if (isShadow) {
                    removeShadow(page);
                }
            } else {
                disk.allocator(Segment.isLarge(page.segment)).release(copies.slot(i));
            }
        }
        copies.clear();
    }

    // --- checkpoints ---------------------------------------------------------------------------------------------

    /** @return whether a checkpoint should be made soon */
    public boolean isCheckpointDue() {
        return endLsn() - headLsn > journalCapacity / 2 || areSlotChangesDue();
    }

    /** @return whether a checkpoint should be made before more pages are written to new slots */
    public boolean areSlotChangesDue() {
        return disk.changeCount() > dueChanges || areRetiredSlotsDue(false) || areRetiredSlotsDue(true);
    }

    /** @return whether so much of the slab is retired that it would grow for nothing */
    private boolean areRetiredSlotsDue(final boolean large) {
        final SlotAllocator slots = disk.allocator(large);
        return (long) slots.retired() * slots.pageSize() > MIN_RETIRED_BYTES
            && slots.retired() > slots.slots() / RETIRED_PART;
    }

    /** @return what the slot tables shall say, as of now, and from where redo has to start then */
    public Checkpoint beginCheckpoint() {
        final long snapshotLsn = Math.min(endLsn(), recoveringLsn);
        final Page oldest = dirty.oldest();
        final long neededLsn = Math.min(tombstones.oldestLsn(),
            oldest == null ? Long.MAX_VALUE : oldest.recoveryLsn);
        return new Checkpoint(disk.takeChanges(), Math.min(snapshotLsn, neededLsn), snapshotLsn);
    }

    /**
     * Logs a part of the checkpoint's images.
     *
     * @return images logged so far; fewer than there are if the batch must be written first
     */
    public int logCheckpointPart(final Checkpoint checkpoint, final int from) {
        int next = from;
        try {
            filling.begin();
            while (next < checkpoint.images().size()) {
                filling.addImage(checkpoint.images().get(next));
                next++;
            }
        } catch (final Abandoned full) {
            // The record ends with the last image that had room.
        }
        endOrDrop(RecordFormat.CHECKPOINT_PART);
        return next;
    }

    /** Logs the record that makes the parts valid. @return false if the batch must be written first */
    public boolean logCheckpointEnd(final Checkpoint checkpoint) {
        try {
            filling.begin();
            filling.addCheckpointEnd(checkpoint.redoLsn(), checkpoint.snapshotLsn(), checkpoint.images().size());
        } catch (final Abandoned full) {
            filling.rollback();
            return false;
        }
        filling.end(RecordFormat.CHECKPOINT_END, version, incarnation);
        return true;
    }

    private void endOrDrop(final short type) {
        if (filling.isRecordEmpty()) {
            filling.rollback();
        } else {
            filling.end(type, version, incarnation);
        }
    }

    /** The slot tables and the superblock say now what the checkpoint says. */
    public void checkpointDone(final Checkpoint checkpoint) {
        disk.checkpointed(checkpoint.images());
        headLsn = checkpoint.redoLsn();
    }

    // --- the slabs -----------------------------------------------------------------------------------------------

    /** The slab has now this many slots. */
    public void grown(final boolean large, final int slots) {
        disk.allocator(large).grow(slots);
    }

    /** @param can whether the slab could grow if asked; false makes operations fail that need it to */
    public void canGrow(final boolean large, final boolean can) {
        if (large) {
            largeCanGrow = can;
        } else {
            smallCanGrow = can;
        }
    }

    /** @return slots that are neither taken nor spoken for */
    public long spareSlots(final boolean large) {
        return disk.allocator(large).free() - (large ? unplacedLarge : unplacedSmall);
    }

    /** @return slots that hold nothing current and are not spoken for; some may become free with the next checkpoint */
    public long unusedSlots(final boolean large) {
        return spareSlots(large) + disk.allocator(large).retired();
    }

    /** @return bytes of free slots that only removal may use */
    public long reservedBytes() {
        return (long) reservedSlots(false) * Segment.SMALL_PAGE_SIZE + (long) reservedSlots(true) * largePageSize;
    }

    /** @return slots of the slab */
    public int slots(final boolean large) {
        return disk.allocator(large).slots();
    }

    // --- pages of several nodes -----------------------------------------------------------------------------------

    /** @return whether the store has the page, or will by its log, in whatever version */
    public boolean isStored(final long segment, final long index) {
        final Page present = ram.get(segment, index);
        return present != null && present.origin == Page.Origin.OWN || shadows.get(segment, index) != null
            || !Segment.isVolatile(segment) && disk.locate(segment, index, scratch);
    }

    /** @return version of what {@link #isStored}, or of its tombstone; 0 if there is neither */
    public long storedVersion(final long segment, final long index) {
        final Page present = ram.get(segment, index);
        if (present != null && (present.origin == Page.Origin.OWN
            || present.isVolatile() && present.origin != Page.Origin.COPY)) {
            return present.version;
        }
        final Page shadow = shadows.get(segment, index);
        if (shadow != null) {
            return shadow.version;
        }
        final Tombstones.Tombstone tombstone = tombstones.get(segment, index);
        if (tombstone != null) {
            return tombstone.version();
        }
        return !Segment.isVolatile(segment) && disk.locate(segment, index, scratch) ? scratch.version : 0;
    }

    /** @return whether the page, which this node owns, is absent, though the store has an older version of it */
    public boolean isStale(final long segment, final long index) {
        return ram.get(segment, index) == null && isStored(segment, index) && !isOnDisk(segment, index);
    }

    /** @return whether the page is known to be absent where others may have older versions */
    public boolean isBuried(final long segment, final long index) {
        return tombstones.get(segment, index) != null;
    }

    /** @return how to read the page, which this node owns; null if it is in RAM or absent */
    public Fetch fetchOfOwned(final long segment, final long index) {
        return ram.get(segment, index) == null && isOnDisk(segment, index) ? fetchOf(segment, index) : null;
    }

    /** @return the bytes of the page if it is in RAM, else null; valid until the lock is released */
    public DirectBuffer content(final long segment, final long index) {
        final Page page = ram.get(segment, index);
        return page == null ? null : page.buffer;
    }

    /** @return version of the page in RAM; of one that is absent, that of the last operation in the log */
    public long currentVersion(final long segment, final long index) {
        final Page page = ram.get(segment, index);
        if (page != null) {
            return page.version;
        }
        return !Segment.isVolatile(segment) && disk.locate(segment, index, scratch) ? scratch.version : loggedVersion;
    }

    /** @return whether this node's log has the page's newest version, which is here */
    public boolean isOwn(final long segment, final long index) {
        final Page page = ram.get(segment, index);
        return page == null || page.origin == Page.Origin.OWN;
    }

    /**
     * A page has come from another node.
     *
     * @param pageVersion its version tag; this node's own will be above
     * @param toOwn       whether this node owns it from now on
     * @return where the whole content has to be put at once
     */
    public MutableDirectBuffer install(final long segment, final long index, final long pageVersion,
                                       final boolean toOwn) {
        final Page page = newPage(segment, index, pageVersion);
        page.origin = toOwn ? Page.Origin.UNLOGGED : Page.Origin.COPY;
        page.readable = false;
        page.writable = false;
        ram.add(page);
        committed(pageVersion);
        return page.buffer;
    }

    /** What operations may do with the page, if it is in RAM. @param toOwn whether this node owns it */
    public void permit(final long segment, final long index, final boolean toRead, final boolean toWrite,
                       final boolean toOwn) {
        final Page page = ram.get(segment, index);
        if (page != null) {
            page.readable = toRead;
            page.writable = toWrite;
            if (toOwn && page.origin == Page.Origin.COPY) {
                page.origin = Page.Origin.UNLOGGED;
            }
        }
    }

    /**
     * Another node owns the page now, or has changed it: it leaves RAM. What the log has of it stays as a shadow, and a
     * volatile page does.
     */
    public void giveAway(final long segment, final long index) {
        final Page page = ram.get(segment, index);
        if (page == null) {
            return;
        }
        final boolean isUnwritten = page.writtenWithLsn > writtenLsn;
        final boolean keep = page.isVolatile() ? page.origin != Page.Origin.COPY
            : page.isDirty() || page.copying || isUnwritten;
        if (!keep) {
            ram.remove(page);
            return;
        }
        ram.detach(page);
        final Page older = shadows.get(segment, index);
        if (older != null) {
            removeShadow(older);
        }
        shadows.add(page);
        if (isUnwritten) {
            unwrittenShadows.add(page);
        }
    }

    /** The page that was given away is this node's after all. */
    public void takeBack(final long segment, final long index) {
        final Page shadow = shadows.get(segment, index);
        if (shadow != null && ram.get(segment, index) == null) {
            shadows.remove(shadow);
            ram.add(shadow);
        }
    }

    /**
     * What the store has of the page, which another node owns and has on its disk, is not needed any more.
     *
     * @return false if the batch must be written first
     */
    public boolean forgetShadow(final long segment, final long index) {
        final Page shadow = shadows.get(segment, index);
        if (Segment.isVolatile(segment)) {
            if (shadow != null) {
                removeShadow(shadow);
                pagesByKind[Segment.kind(segment)]--;
            }
            return true;
        }
        tombstones.drop(segment, index);
        if (shadow == null && !disk.locate(segment, index, scratch)) {
            return true;
        }
        final long freedVersion = nextVersion();
        filling.begin();
        try {
            filling.addFree(RecordFormat.FREE, segment, index);
        } catch (final Abandoned full) {
            filling.rollback();
            return false;
        }
        filling.end(RecordFormat.OPERATION, freedVersion, incarnation);
        committed(freedVersion);
        loggedVersion = freedVersion;
        forget(segment, index, null, true);
        return true;
    }

    /**
     * The page, which this node owns, is absent: logs that, in place of an older version that the store may have.
     *
     * @param absentVersion version in which it is absent
     * @return false if the batch must be written first
     */
    public boolean bury(final long segment, final long index, final long absentVersion) {
        final long lsn = filling.endLsn();
        filling.begin();
        try {
            filling.addFree(RecordFormat.TOMBSTONE, segment, index);
        } catch (final Abandoned full) {
            filling.rollback();
            return false;
        }
        filling.end(RecordFormat.OPERATION, absentVersion, incarnation);
        version = nextVersion();
        loggedVersion = version;
        filling.lastVersion(version);
        if (isStored(segment, index)) {
            forget(segment, index, null, true);
        }
        bury(segment, index, absentVersion, lsn);
        return true;
    }

    /** Calls the visitor for every page that was given away, but whose last version here is needed still. */
    public void forEachShadow(final Space.PageVisitor visitor) {
        shadows.entries().forEach(page -> visitor.page(page.segment, page.page));
    }

    /** Nobody else has an older version of the page that was freed here. */
    public void dropTombstone(final long segment, final long index) {
        tombstones.drop(segment, index);
    }

    /** The page in RAM is none of this node's any more, and nothing of it needs to be kept. */
    public void discard(final long segment, final long index) {
        final Page page = ram.get(segment, index);
        if (page != null) {
            if (page.isDirty()) {
                throw new IllegalStateException("page " + page + " is in the log");
            }
            ram.remove(page);
        }
    }

    /** Calls the visitor for every page that the store has, or is known to be absent, with repetitions. */
    public void forEachStored(final Space.PageVisitor visitor) {
        disk.index().forEach((segment, page, location) -> visitor.page(segment, page));
        for (final Page page : ram.all()) {
            if (page.origin == Page.Origin.OWN) {
                visitor.page(page.segment, page.page);
            }
        }
        shadows.entries().forEach(page -> visitor.page(page.segment, page.page));
        tombstones.all().forEach(tombstone -> visitor.page(tombstone.segment, tombstone.page));
    }

    /** @return version of the last operation in the log */
    public long loggedVersion() {
        return loggedVersion;
    }

    /** Segments that are made from now on are new. */
    public void markNumbers() {
        addresses.mark();
    }

    /** @return whether the segment's number was handed out by this node since {@link #markNumbers} */
    public boolean isNew(final long segment) {
        return addresses.isNew(Segment.number(segment));
    }

    /** Another node has seen this version: this node's own will be above. */
    public void seen(final long otherVersion) {
        committed(otherVersion);
    }

    // --- figures -------------------------------------------------------------------------------------------------

    /** @return pages that exist, by {@link Segment#kind} */
    public long[] pagesByKind() {
        return pagesByKind.clone();
    }

    /** @return page accesses answered from RAM */
    public long hits() {
        return hits;
    }

    /** @return page accesses that needed the disk */
    public long misses() {
        return misses;
    }

    /** @return bytes of pages in RAM */
    public long ramBytes() {
        return ram.bytes();
    }

    /** @return limit of the RAM cache, bytes */
    public long ramLimitBytes() {
        return ram.limitBytes();
    }

    /** @return bytes of log since the last checkpoint's redo point */
    public long logBytes() {
        return endLsn() - headLsn;
    }

    /** @return newest page version */
    public long version() {
        return version;
    }

    /** Calls the visitor for every page that exists, but volatile ones. */
    public void forEachPage(final Space.PageVisitor visitor) {
        disk.index().forEach((segment, page, location) -> visitor.page(segment, page));
        for (final Page page : ram.all()) {
            if (!page.isVolatile() && !disk.locate(page.segment, page.page, scratch)) {
                visitor.page(page.segment, page.page);
            }
        }
    }

    /**
     * Frees the RAM cache; no operation must run any more, and no batch be written. Late background work finds nothing
     * to do.
     */
    public void free() {
        filling.reset(endLsn());
        if (writing != null) {
            writing.reset(0);
        }
        dirty.clear();
        shadows.entries().forEach(Page::free);
        shadows.clear();
        unwrittenShadows.clear();
        ram.free();
        pool.close();
    }

    // --- recovery ------------------------------------------------------------------------------------------------

    /** The slot table says that this slot holds this page. */
    public void load(final SlotImage image) {
        disk.load(image);
        pagesByKind[Segment.kind(image.segment())]++;
        committed(image.version());
    }

    /** What the slot table says of this slot was mended, and has to be written. */
    public void rewrite(final SlotImage image) {
        disk.rewrite(image);
    }

    /** The log names this slot. @return whether the slot tables say that it is free; it is taken now */
    boolean reserve(final boolean large, final int slot) {
        final SlotAllocator slots = disk.allocator(large);
        if (slot < 0 || slot >= slots.slots()) {
            throw new EngineException("the journal names slot " + slot + ", but the slab has " + slots.slots()
                + "; was the store copied in part?");
        }
        if (slots.isTaken(slot)) {
            return false;
        }
        slots.take(slot);
        return true;
    }

    /** A page that is going to be replaced leaves RAM. */
    void drop(final Page page) {
        if (page.isDirty()) {
            dirty.remove(page);
        }
        ram.remove(page);
    }

    /** A page that is not in RAM rests in this slot. */
    void placed(final long segment, final long index, final Location location, final boolean existed) {
        if (!existed) {
            pagesByKind[Segment.kind(segment)]++;
            countUnplaced(segment, 1);
        }
        place(segment, index, location);
    }

    /** @return how to fetch a page that is on disk */
    Fetch fetchOf(final long segment, final long index) {
        final Location location = new Location();
        if (!disk.locate(segment, index, location)) {
            throw new IllegalStateException("not on disk: " + Segment.describe(segment, index));
        }
        return new Fetch(segment, index, pageSize(segment), location);
    }
}
