package org.dsmfs.engine.core;

import java.util.ArrayList;
import java.util.List;

/** The <em>local RAM cache</em>: pages that are in memory, evicted by the CLOCK algorithm (second chance). */
final class RamCache {
    private static final int MOST_UNLOGGED = 32;

    private final AddressTable<Page> pages = new AddressTable<>();
    private final List<Page> clock = new ArrayList<>();
    private final long limitBytes;
    /** Some of those that could not go, when pages were dropped last, as no log has them. */
    private final List<Page> unlogged = new ArrayList<>();
    private int hand;
    private long bytes;

    RamCache(final long limitBytes) {
        this.limitBytes = limitBytes;
    }

    Page get(final long segment, final long page) {
        return pages.get(segment, page);
    }

    void add(final Page page) {
        pages.add(page);
        page.referenced = true;
        page.clockPosition = clock.size();
        clock.add(page);
        bytes += page.size;
    }

    /** Forgets the page and frees its memory. */
    void remove(final Page page) {
        detach(page);
        page.free();
    }

    /** Forgets the page, whose memory lives on. */
    void detach(final Page page) {
        pages.remove(page);
        final Page last = clock.remove(clock.size() - 1);
        if (last != page) {
            clock.set(page.clockPosition, last);
            last.clockPosition = page.clockPosition;
        }
        bytes -= page.size;
    }

    /**
     * Drops pages that need not be kept, least recently used first, until the limit is kept with some room
     * to spare, or two rounds found nothing more.
     *
     * @param writtenLsn up to where the log is written
     * @param access     is told of copies that are dropped
     */
    void evict(final long writtenLsn, final PageAccess access) {
        final long target = targetBytes();
        unlogged.clear();
        for (int looks = 2 * clock.size(); bytes > target && looks > 0; looks--) {
            if (hand >= clock.size()) {
                hand = 0;
            }
            final Page page = clock.get(hand);
            if (page.referenced) {
                page.referenced = false;
                hand++;
            } else if (page.origin == Page.Origin.COPY) {
                if (access.evict(page.segment, page.page)) {
                    remove(page);
                } else {
                    hand++;
                }
            } else if (page.origin == Page.Origin.UNLOGGED && !page.isVolatile()) {
                if (unlogged.size() < MOST_UNLOGGED) {
                    unlogged.add(page);
                }
                hand++;
            } else if (page.isDirty() || page.copying || page.isVolatile()
                || page.writtenWithLsn > writtenLsn) {
                hand++;
            } else {
                remove(page);
            }
        }
    }

    /** @return some pages that keep others from staying in the cache, and could go if this node's log had them */
    List<Page> unlogged() {
        return bytes > targetBytes() ? List.copyOf(unlogged) : List.of();
    }

    private long targetBytes() {
        return limitBytes - limitBytes / 64;
    }

    boolean isOverLimit() {
        return bytes > limitBytes;
    }

    long limitBytes() {
        return limitBytes;
    }

    long bytes() {
        return bytes;
    }

    /** All pages, in no order; not to be changed meanwhile. */
    Iterable<Page> all() {
        return clock;
    }

    /** Frees all memory; the cache must not be used any more. */
    void free() {
        clock.forEach(Page::free);
        clock.clear();
        bytes = 0;
    }
}
