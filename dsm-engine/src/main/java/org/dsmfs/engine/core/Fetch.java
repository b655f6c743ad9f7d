package org.dsmfs.engine.core;

import org.dsmfs.engine.store.PageIndex.Location;

/** A page to be read from where it rests; the reader fills the memory and gives it to {@link Core#fetched}. */
public final class Fetch {
    private final long segment;
    private final long page;
    private final int pageSize;
    private final Location location;

    Fetch(final long segment, final long page, final int pageSize, final Location location) {
        this.segment = segment;
        this.page = page;
        this.pageSize = pageSize;
        this.location = location;
    }

    /** @return segment of the page */
    public long segment() {
        return segment;
    }

    /** @return index of the page */
    public long page() {
        return page;
    }

    /** @return bytes of the page */
    public int pageSize() {
        return pageSize;
    }

    /** @return where it rests */
    public Location location() {
        return location;
    }
}
