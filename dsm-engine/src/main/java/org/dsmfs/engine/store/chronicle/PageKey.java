package org.dsmfs.engine.store.chronicle;

/** Key of the index: mutable, reused, so that a look-up allocates nothing. Its class name is kept in the file. */
final class PageKey {
    /** Bytes in the map: segment, page. */
    static final int BYTES = 2 * Long.BYTES;

    long segment;
    long page;

    PageKey set(final long newSegment, final long newPage) {
        segment = newSegment;
        page = newPage;
        return this;
    }
}
