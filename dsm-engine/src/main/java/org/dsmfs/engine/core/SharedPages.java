package org.dsmfs.engine.core;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.Space;
import org.dsmfs.engine.journal.RecordFormat;

/**
 * What the coherence between nodes does to this node's pages: they come, are given away, may be read or written or not;
 * and what this node's store knows of pages that others may own now.
 */
public final class SharedPages {
    private final Pages pages;
    private final RamCache ram;
    private final Shadows shadows;
    private final Tombstones tombstones;
    private final Log log;
    private final AddressGenerator addresses;

    SharedPages(final Pages pages, final Log log, final AddressGenerator addresses) {
        this.pages = pages;
        this.ram = pages.ram();
        this.shadows = pages.shadows();
        this.tombstones = pages.tombstones();
        this.log = log;
        this.addresses = addresses;
    }

    // --- what the store has --------------------------------------------------------------------------------------

    /** @return version of what the store has of the page, or will by its log, or of its tombstone; 0 for neither */
    public long storedVersion(final long segment, final long page) {
        final Page present = ram.get(segment, page);
        if (present != null && (present.origin == Page.Origin.OWN
            || present.isVolatile() && present.origin != Page.Origin.COPY)) {
            return present.version;
        }
        final Page shadow = shadows.get(segment, page);
        if (shadow != null) {
            return shadow.version;
        }
        final Tombstones.Tombstone tombstone = tombstones.get(segment, page);
        return tombstone != null ? tombstone.version() : pages.versionOnDisk(segment, page);
    }

    /** @return whether the page, which this node owns, is absent, though the store has an older version of it */
    public boolean isStale(final long segment, final long page) {
        return isAbsent(segment, page) && pages.isStored(segment, page);
    }

    /** @return whether the page, which this node owns, is absent */
    public boolean isAbsent(final long segment, final long page) {
        return ram.get(segment, page) == null && !pages.isOnDisk(segment, page);
    }

    /** @return whether the page is known to be absent where others may have older versions */
    public boolean isBuried(final long segment, final long page) {
        return tombstones.get(segment, page) != null;
    }

    /** @return whether the log says that the page is absent in this version, or a later one */
    public boolean isBuried(final long segment, final long page, final long version) {
        final Tombstones.Tombstone tombstone = tombstones.get(segment, page);
        return tombstone != null && tombstone.version() >= version;
    }

    /** @return how to read the page, which this node owns; null if it is in RAM or absent */
    public Fetch fetchOfOwned(final long segment, final long page) {
        return ram.get(segment, page) == null && pages.isOnDisk(segment, page) ? pages.fetchOf(segment, page) : null;
    }

    /** Calls the visitor for every page that the store has, or is known to be absent, with repetitions. */
    public void forEachStored(final Space.PageVisitor visitor) {
        pages.disk().index().forEach((segment, page, location) -> visitor.page(segment, page));
        for (final Page page : ram.all()) {
            if (page.origin == Page.Origin.OWN) {
                visitor.page(page.segment, page.page);
            }
        }
        forEachShadow(visitor);
        forEachTombstone(visitor);
    }

    /** Calls the visitor, which may drop it, for every page that is known to be absent where others may have it. */
    public void forEachTombstone(final Space.PageVisitor visitor) {
        tombstones.all().forEach(tombstone -> visitor.page(tombstone.segment, tombstone.page));
    }

    /** Calls the visitor for every page that was given away, but whose last version here is needed still. */
    public void forEachShadow(final Space.PageVisitor visitor) {
        shadows.all().forEach(page -> visitor.page(page.segment, page.page));
    }

    // --- what is in RAM ------------------------------------------------------------------------------------------

    /** @return bytes of a page of the segment */
    public int pageSize(final long segment) {
        return pages.pageSize(segment);
    }

    /** @return limit of the RAM cache, bytes */
    public long ramLimitBytes() {
        return ram.limitBytes();
    }

    /** @return the bytes of the page if it is in RAM, else null; valid until the lock is released */
    public DirectBuffer content(final long segment, final long page) {
        final Page present = ram.get(segment, page);
        return present == null ? null : present.buffer;
    }

    /** @return version of the page in RAM; of one that is absent, that of the last operation in the log */
    public long currentVersion(final long segment, final long page) {
        final Page present = ram.get(segment, page);
        if (present != null) {
            return present.version;
        }
        final long onDisk = pages.versionOnDisk(segment, page);
        return onDisk != 0 ? onDisk : log.loggedVersion();
    }

    /** @return whether this node's log has the page's newest version, which is here */
    public boolean isOwn(final long segment, final long page) {
        final Page present = ram.get(segment, page);
        return present == null || present.origin == Page.Origin.OWN;
    }

    // --- pages come and go ---------------------------------------------------------------------------------------

    /**
     * A page has come from another node.
     *
     * @param version its version tag; this node's own will be above
     * @param toOwn   whether this node owns it from now on
     * @return where the whole content has to be put at once
     */
    public MutableDirectBuffer install(final long segment, final long page, final long version,
                                       final boolean toOwn) {
        final Page installed = pages.newPage(segment, page, version);
        installed.origin = toOwn ? Page.Origin.UNLOGGED : Page.Origin.COPY;
        installed.readable = false;
        installed.writable = false;
        ram.add(installed);
        log.seen(version);
        return installed.buffer;
    }

    /** What operations may do with the page, if it is in RAM. @param toOwn whether this node owns it */
    public void permit(final long segment, final long page, final boolean toRead, final boolean toWrite,
                       final boolean toOwn) {
        final Page present = ram.get(segment, page);
        if (present != null) {
            present.readable = toRead;
            present.writable = toWrite;
            if (toOwn && present.origin == Page.Origin.COPY) {
                present.origin = Page.Origin.UNLOGGED;
            }
        }
    }

    /** Another node owns the page now, or has changed it: it leaves RAM. What the log has of it stays as a shadow. */
    public void giveAway(final long segment, final long page) {
        final Page present = ram.get(segment, page);
        if (present == null) {
            return;
        }
        if (present.isVolatile() && present.origin == Page.Origin.OWN) {
            pages.uncount(segment);
        }
        if (present.isDirty() || present.copying || present.writtenWithLsn > log.writtenLsn()) {
            ram.detach(present);
            shadows.add(present, log.writtenLsn());
        } else {
            ram.remove(present);
        }
    }

    /** The page that was given away is this node's after all. */
    public void takeBack(final long segment, final long page) {
        if (ram.get(segment, page) == null) {
            final Page shadow = shadows.take(segment, page);
            if (shadow != null) {
                ram.add(shadow);
            }
        }
    }

    /** The page in RAM is none of this node's any more, and nothing of it needs to be kept. */
    public void discard(final long segment, final long page) {
        final Page present = ram.get(segment, page);
        if (present != null) {
            if (present.isDirty()) {
                throw new IllegalStateException("page " + present + " is in the log");
            }
            ram.remove(present);
        }
    }

    // --- old versions --------------------------------------------------------------------------------------------

    /**
     * What the store has of the page, which another node owns and has on its disk, is not needed any more.
     *
     * @return false if the batch must be written first
     */
    public boolean forgetShadow(final long segment, final long page) {
        tombstones.drop(segment, page);
        if (shadows.get(segment, page) == null && pages.versionOnDisk(segment, page) == 0) {
            return true;
        }
        if (!addAbsence(RecordFormat.FREE, segment, page)) {
            return false;
        }
        final long version = log.nextVersion();
        log.endOperation(version);
        log.seen(version);
        pages.forget(segment, page, null, true);
        return true;
    }

    /**
     * The page, which this node owns, is absent: logs that, in place of an older version that the store may have.
     *
     * @param absentVersion version in which it is absent
     * @return false if the batch must be written first
     */
    public boolean bury(final long segment, final long page, final long absentVersion) {
        final long lsn = log.endLsn();
        if (!addAbsence(RecordFormat.TOMBSTONE, segment, page)) {
            return false;
        }
        log.endOlderOperation(absentVersion);
        if (pages.isStored(segment, page)) {
            pages.forget(segment, page, null, true);
        }
        tombstones.add(segment, page, absentVersion, lsn);
        return true;
    }

    /** Begins a record that says that the page is absent. @return false if the batch must be written first */
    private boolean addAbsence(final int entryType, final long segment, final long page) {
        final LogBatch batch = log.filling();
        try {
            batch.begin();
            batch.addFree(entryType, segment, page);
            return true;
        } catch (final Abandoned full) {
            batch.rollback();
            return false;
        }
    }

    /** Nobody else has an older version of the page that was freed here. */
    public void dropTombstone(final long segment, final long page) {
        tombstones.drop(segment, page);
    }

    // --- versions and numbers ------------------------------------------------------------------------------------

    /** Another node has seen this version: this node's own will be above. */
    public void seen(final long version) {
        log.seen(version);
    }

    /** @return version of the last operation in the log */
    public long loggedVersion() {
        return log.loggedVersion();
    }

    /** Segments that are made from now on are new. */
    public void markNumbers() {
        addresses.mark();
    }

    /** @return whether the segment's number was handed out by this node since {@link #markNumbers} */
    public boolean isNew(final long segment) {
        return addresses.isNew(Segment.number(segment));
    }
}
