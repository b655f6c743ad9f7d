package org.dsmfs.engine.core;

import java.util.ArrayDeque;
import java.util.List;

/** Pages that other nodes own now, but whose last version here has to stay in RAM until it is on disk. */
final class Shadows {
    private final DirtyPages dirty;
    private final AddressTable<Page> byAddress = new AddressTable<>();
    /** Those that go to their slots with a batch that is not written yet; some may be none any more. */
    private final ArrayDeque<Page> unwritten = new ArrayDeque<>();

    Shadows(final DirtyPages dirty) {
        this.dirty = dirty;
    }

    /** @return null if there is none */
    Page get(final long segment, final long page) {
        return byAddress.get(segment, page);
    }

    /** The page, which is not in the RAM cache any more, is a shadow; it takes the place of an older one. */
    void add(final Page page, final long writtenLsn) {
        drop(page.segment, page.page);
        byAddress.add(page);
        if (page.writtenWithLsn > writtenLsn) {
            unwritten.add(page);
        }
    }

    /** @return the page, which is no shadow any more; null if there is none */
    Page take(final long segment, final long page) {
        final Page shadow = byAddress.get(segment, page);
        if (shadow != null) {
            byAddress.remove(shadow);
        }
        return shadow;
    }

    /** Frees the shadow of the page. @return whether there was one */
    boolean drop(final long segment, final long page) {
        final Page shadow = take(segment, page);
        if (shadow == null) {
            return false;
        }
        if (shadow.isDirty()) {
            dirty.remove(shadow);
        }
        shadow.free();
        return true;
    }

    /** What has come to its slot with the log need not stay. @param writtenLsn up to where the log is written */
    void dropWritten(final long writtenLsn) {
        for (int i = unwritten.size(); i > 0; i--) {
            final Page page = unwritten.poll();
            if (byAddress.get(page.segment, page.page) != page) {
                continue;
            }
            if (page.writtenWithLsn > writtenLsn) {
                unwritten.add(page);
            } else if (!page.isDirty() && !page.copying) {
                drop(page.segment, page.page);
            }
        }
    }

    /** @return all, in no order; the list is the caller's */
    List<Page> all() {
        return byAddress.entries();
    }

    /** Frees all. */
    void free() {
        all().forEach(Page::free);
        byAddress.clear();
        unwritten.clear();
    }
}
