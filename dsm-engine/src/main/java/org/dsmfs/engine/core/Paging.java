package org.dsmfs.engine.core;

import org.dsmfs.engine.Segment;
import org.dsmfs.engine.store.PageIndex.Location;

import java.util.List;

/** How pages leave RAM: clean ones are dropped, dirty ones are copied to fresh slots first, oldest first. */
public final class Paging {
    private final Pages pages;
    private final Log log;
    private final Location scratch = new Location();

    Paging(final Pages pages, final Log log) {
        this.pages = pages;
        this.log = log;
    }

    /**
     * Drops clean pages if the RAM cache is over its limit.
     *
     * @return whether it still is: dirty pages must be written
     */
    public boolean evict() {
        final RamCache ram = pages.ram();
        if (ram.isOverLimit()) {
            ram.evict(log.writtenLsn(), pages.access());
        }
        return ram.isOverLimit();
    }

    /**
     * @return some pages that fill the RAM cache, so that others can't stay there: this node got them from another one
     *     that is down now, so they can only go when its own log has them, as it has whatever operations write
     */
    public List<Core.Wanted> unlogged() {
        return pages.ram().unlogged().stream().map(page -> new Core.Wanted(page.segment, page.page, true)).toList();
    }

    /** @return whether a page is dirty since before the LSN */
    public boolean isDirty(final long upToLsn) {
        return pages.dirty().oldestLsn() < upToLsn;
    }

    /** @return bytes of pages in RAM that are newer than on disk */
    public long dirtyBytes() {
        return pages.dirty().bytes();
    }

    /** @return bytes of pages in RAM */
    public long ramBytes() {
        return pages.ram().bytes();
    }

    /** @return limit of the RAM cache, bytes */
    public long ramLimitBytes() {
        return pages.ram().limitBytes();
    }

    /**
     * Copies dirty pages, oldest first, to be written to fresh slots.
     *
     * @param upToLsn only pages that are dirty since before
     * @param copies  filled until it is full, or slots or pages run out
     */
    public void copyDirty(final long upToLsn, final PageCopies copies) {
        copies.clear();
        Page page = pages.dirty().oldest();
        while (page != null && page.recoveryLsn < upToLsn) {
            final SlotAllocator slots = pages.disk().allocator(Segment.isLarge(page.segment));
            if (slots.free() == 0 || !copies.hasRoom(page.size)) {
                return;
            }
            copies.add(page, slots.allocate());
            page.copying = true;
            final Page next = page.newerDirty;
            pages.dirty().remove(page);
            page = next;
        }
    }

    /** The copies were written: there the pages rest now, unless they are gone or rest at a newer version. */
    public void copiesWritten(final PageCopies copies) {
        for (int i = 0; i < copies.count(); i++) {
            final Page page = copies.page(i);
            page.copying = false;
            if (isNewest(page, copies.version(i))) {
                copies.location(i, scratch);
                pages.disk().place(page.segment, page.page, scratch);
                if (isShadow(page)) {
                    pages.shadows().drop(page.segment, page.page);
                }
            } else {
                pages.disk().allocator(Segment.isLarge(page.segment)).release(copies.slot(i));
            }
        }
        copies.clear();
    }

    private boolean isShadow(final Page page) {
        return pages.shadows().get(page.segment, page.page) == page;
    }

    /** @return whether what was copied of the page, in that version, is what its slot is to hold */
    private boolean isNewest(final Page page, final long version) {
        return (isShadow(page) || pages.ram().get(page.segment, page.page) == page)
            && !(pages.disk().locate(page.segment, page.page, scratch) && scratch.version >= version);
    }
}
