package org.dsmfs.engine.store;

/**
 * Port: where on the local disk each page rests. An index in the plain sense: everything in it can be made again from
 * the slot tables, so it need not survive a crash, and is cleared and filled again after one. Called under the core's
 * lock, so by one thread at a time.
 */
public interface PageIndex extends AutoCloseable {
    /**
     * @param found filled if the page is in the index
     * @return whether the page is in the index
     */
    boolean get(long segment, long page, Location found);

    /** Adds, for which there must be room, or replaces. */
    void put(long segment, long page, Location location);

    /** @return whether the page was in the index */
    boolean remove(long segment, long page);

    /** @return pages in the index */
    long size();

    /** @return pages that the index has room for */
    long capacity();

    /**
     * Makes room for so many pages.
     *
     * @throws DiskException ENOSPC, without effect, if the disk has no room for that
     */
    void grow(long pages);

    /** Forgets everything. */
    void clear();

    /** Calls the visitor for every page, in no order; the index must not change meanwhile. */
    void forEach(Visitor visitor);

    @Override
    void close();

    /** Receives each page of the index; the location is reused between calls. */
    @FunctionalInterface
    interface Visitor {
        void page(long segment, long page, Location location);
    }

    /** A page's resting place: mutable, reused, so that a look-up allocates nothing. */
    final class Location {
        /** Slot in the slab of the page's size, from 0. */
        public long slot;
        /** The page's version tag (fig. 4). */
        public long version;
        /** Bytes stored; the rest of the page is zeros. */
        public int length;
        /** CRC-32C of the stored bytes. */
        public int crc;
    }
}
