package org.dsmfs.engine.core;

import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.Space;
import org.dsmfs.engine.store.PageIndex;
import org.dsmfs.engine.store.PageIndex.Location;

/**
 * What this node has of each page, in RAM, on disk and in the log, and how many pages there are. A page is at one
 * address at most once in RAM: in the RAM cache or as a shadow.
 */
final class Pages {
    private static final int KINDS = 256;

    private final int largePageSize;
    private final PagePool pool;
    private final RamCache ram;
    private final DiskCache disk;
    private final DirtyPages dirty = new DirtyPages();
    private final Shadows shadows = new Shadows(dirty);
    private final Tombstones tombstones = new Tombstones();
    private final Location scratch = new Location();
    private final long[] byKind = new long[KINDS];
    private PageAccess access = PageAccess.ALONE;

    /**
     * @param ramLimitBytes limit of the RAM cache
     * @param largePageSize bytes of a large page
     * @param index         where pages rest
     */
    Pages(final long ramLimitBytes, final int largePageSize, final PageIndex index) {
        this.largePageSize = largePageSize;
        this.pool = new PagePool(ramLimitBytes, largePageSize);
        this.ram = new RamCache(ramLimitBytes);
        this.disk = new DiskCache(index, largePageSize);
    }

    PagePool pool() {
        return pool;
    }

    RamCache ram() {
        return ram;
    }

    DiskCache disk() {
        return disk;
    }

    DirtyPages dirty() {
        return dirty;
    }

    Shadows shadows() {
        return shadows;
    }

    Tombstones tombstones() {
        return tombstones;
    }

    /** @return what this node may do with pages that are not in RAM */
    PageAccess access() {
        return access;
    }

    void access(final PageAccess newAccess) {
        access = newAccess;
    }

    /** @return bytes of a page of the segment */
    int pageSize(final long segment) {
        return Segment.isLarge(segment) ? largePageSize : Segment.SMALL_PAGE_SIZE;
    }

    /** @return pages that exist, by {@link Segment#kind} */
    long[] byKind() {
        return byKind.clone();
    }

    // --- what there is -------------------------------------------------------------------------------------------

    /** @return whether the page, which is not in RAM, rests on disk in its newest version */
    boolean isOnDisk(final long segment, final long page) {
        if (Segment.isVolatile(segment) || !disk.locate(segment, page, scratch)) {
            return false;
        }
        final long version = access.ownedVersion(segment, page);
        return version == PageAccess.ANY_VERSION || version == scratch.version;
    }

    /** @return version of the page on disk, whether it is the newest or not; 0 if none is there */
    long versionOnDisk(final long segment, final long page) {
        return !Segment.isVolatile(segment) && disk.locate(segment, page, scratch) ? scratch.version : 0;
    }

    /** @return whether the store has the page, or will by its log, in whatever version */
    boolean isStored(final long segment, final long page) {
        final Page present = ram.get(segment, page);
        return present != null && present.origin == Page.Origin.OWN || shadows.get(segment, page) != null
            || !Segment.isVolatile(segment) && disk.locate(segment, page, scratch);
    }

    /**
     * @param base    the page if it is in RAM
     * @param existed whether it is present
     * @return whether {@link #byKind} has the page
     */
    boolean isCounted(final long segment, final long page, final Page base, final boolean existed) {
        if (access == PageAccess.ALONE) {
            return existed;
        }
        return base != null && base.origin == Page.Origin.OWN || isStored(segment, page);
    }

    /** @return the slot where the page rests as zeros, so that what is in it is not needed; -1 if there is none */
    int emptySlot(final long segment, final long page) {
        return disk.locate(segment, page, scratch) && scratch.length == 0 ? (int) scratch.slot : -1;
    }

    /** Calls the visitor for every page that exists, but volatile ones. */
    void forEach(final Space.PageVisitor visitor) {
        disk.index().forEach((segment, page, location) -> visitor.page(segment, page));
        for (final Page page : ram.all()) {
            if (!page.isVolatile() && !disk.locate(page.segment, page.page, scratch)) {
                visitor.page(page.segment, page.page);
            }
        }
    }

    // --- reading -------------------------------------------------------------------------------------------------

    /** @return how to fetch a page that is on disk */
    Fetch fetchOf(final long segment, final long page) {
        final Location location = new Location();
        if (!disk.locate(segment, page, location)) {
            throw new IllegalStateException("not on disk: " + Segment.describe(segment, page));
        }
        return new Fetch(segment, page, pageSize(segment), location);
    }

    /** @return whether the page still rests where it was to be read; if not, what was read means nothing */
    boolean isCurrent(final Fetch fetch) {
        return disk.locate(fetch.segment(), fetch.page(), scratch) && scratch.slot == fetch.location().slot
            && scratch.version == fetch.location().version;
    }

    /** A page was read. @param memory of the pool, with the whole page; taken over */
    void fetched(final Fetch fetch, final long memory) {
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

    // --- what operations and redo do -----------------------------------------------------------------------------

    /** @return a page with anything in it, which is nowhere yet */
    Page newPage(final long segment, final long page, final long version) {
        final int size = pageSize(segment);
        return new Page(segment, page, new PageMemory(pool, pool.allocate(size), size), version);
    }

    /** Adds a page to RAM. @param counted whether {@link #byKind} has it */
    void add(final Page page, final boolean counted) {
        ram.add(page);
        count(page, counted);
    }

    /** A page that came from another node is in this node's log now. @param counted whether {@link #byKind} has it */
    void own(final Page page, final boolean counted) {
        page.origin = Page.Origin.OWN;
        count(page, counted);
    }

    private void count(final Page page, final boolean counted) {
        if (!counted) {
            byKind[Segment.kind(page.segment)]++;
            if (!page.isVolatile()) {
                disk.made(page.segment);
            }
        }
    }

    /** A volatile page is not here any more. */
    void uncount(final long segment) {
        byKind[Segment.kind(segment)]--;
    }

    /** A newer version of the page is in the log: neither its tombstone nor an older version in RAM is needed. */
    void dropOld(final long segment, final long page) {
        tombstones.drop(segment, page);
        shadows.drop(segment, page);
    }

    /** The page, whose content is being written there, rests in this slot and is clean. */
    void rests(final Page page, final Location location) {
        disk.place(page.segment, page.page, location);
        if (page.isDirty()) {
            dirty.remove(page);
        }
    }

    /** A page that is not in RAM rests in this slot. @param counted whether {@link #byKind} has it */
    void placed(final long segment, final long page, final Location location, final boolean counted) {
        if (!counted) {
            byKind[Segment.kind(segment)]++;
            disk.made(segment);
        }
        disk.place(segment, page, location);
    }

    /**
     * The page becomes absent.
     *
     * @param present the page if it is in RAM
     * @param counted whether {@link #byKind} has it
     */
    void forget(final long segment, final long page, final Page present, final boolean counted) {
        if (counted) {
            byKind[Segment.kind(segment)]--;
            if (!Segment.isVolatile(segment)) {
                disk.forget(segment, page);
            }
        }
        shadows.drop(segment, page);
        if (present != null) {
            drop(present);
        }
    }

    /** The page leaves RAM, and its content is lost. */
    void drop(final Page page) {
        if (page.isDirty()) {
            dirty.remove(page);
        }
        ram.remove(page);
    }

    // --- the start and the end -----------------------------------------------------------------------------------

    /** The slot table says that this slot holds this page. */
    void load(final SlotImage image) {
        disk.load(image);
        byKind[Segment.kind(image.segment())]++;
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

    /** Frees all memory; late background work finds nothing to do. */
    void free() {
        dirty.clear();
        shadows.free();
        ram.free();
        pool.close();
    }
}
