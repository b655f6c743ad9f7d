package org.dsmfs.engine.core;

/**
 * Memory with the content of a page. A batch of log that writes it as it is holds it too: then it must not change, and
 * lives on when the page is gone. Used under the core's lock.
 */
final class PageMemory {
    final long address;
    final int bytes;
    private final PagePool pool;
    private int holders = 1;

    /** @param address memory of the pool, taken over */
    PageMemory(final PagePool pool, final long address, final int bytes) {
        this.pool = pool;
        this.address = address;
        this.bytes = bytes;
    }

    /** @return memory of the same size with anything in it */
    PageMemory another() {
        return new PageMemory(pool, pool.allocate(bytes), bytes);
    }

    PageMemory hold() {
        holders++;
        return this;
    }

    boolean isShared() {
        return holders > 1;
    }

    /** A holder needs it no more; after the last one it is given back. */
    void release() {
        if (--holders == 0) {
            pool.free(address, bytes);
        }
    }
}
