package org.dsmfs.engine.core;

/** The dirty pages, oldest change first: in this order they are written, so that the log's head can be dropped. */
final class DirtyPages {
    private Page oldest;
    private Page newest;
    private long bytes;

    /** A clean page becomes dirty by the record at this LSN, which is not below any given before. */
    void add(final Page page, final long lsn) {
        if (page.isDirty() || newest != null && newest.recoveryLsn > lsn) {
            throw new IllegalStateException("page " + page + " dirty out of order at " + lsn);
        }
        page.recoveryLsn = lsn;
        page.olderDirty = newest;
        if (newest == null) {
            oldest = page;
        } else {
            newest.newerDirty = page;
        }
        newest = page;
        bytes += page.size;
    }

    /** The page is clean, or is going to be forgotten. */
    void remove(final Page page) {
        if (page.olderDirty == null) {
            oldest = page.newerDirty;
        } else {
            page.olderDirty.newerDirty = page.newerDirty;
        }
        if (page.newerDirty == null) {
            newest = page.olderDirty;
        } else {
            page.newerDirty.olderDirty = page.olderDirty;
        }
        page.olderDirty = null;
        page.newerDirty = null;
        page.recoveryLsn = Page.NOT_DIRTY;
        bytes -= page.size;
    }

    /** @return the page that has been dirty for longest, or null; further ones by {@link Page#newerDirty} */
    Page oldest() {
        return oldest;
    }

    /** @return LSN that the oldest page is dirty since, {@link Page#NOT_DIRTY} if there is none */
    long oldestLsn() {
        return oldest == null ? Page.NOT_DIRTY : oldest.recoveryLsn;
    }

    long bytes() {
        return bytes;
    }

    /** Forgets all pages, whose memory is going to be freed. */
    void clear() {
        oldest = null;
        newest = null;
        bytes = 0;
    }
}
