package org.dsmfs.engine.sim;

import org.dsmfs.engine.store.PageIndex;

import java.util.HashMap;
import java.util.Map;

/** A page index on the heap, gone with the simulated process. It takes no page more than it has room for. */
public class HeapPageIndex implements PageIndex {
    private record Address(long segment, long page) {
    }

    private final Map<Address, Location> pages = new HashMap<>();
    private long capacity;

    @Override
    public boolean get(final long segment, final long page, final Location found) {
        final Location location = pages.get(new Address(segment, page));
        if (location != null) {
            copy(location, found);
        }
        return location != null;
    }

    private static void copy(final Location from, final Location to) {
        to.slot = from.slot;
        to.version = from.version;
        to.length = from.length;
        to.crc = from.crc;
    }

    @Override
    public void put(final long segment, final long page, final Location location) {
        final Location kept = new Location();
        copy(location, kept);
        pages.put(new Address(segment, page), kept);
        if (pages.size() > capacity) {
            throw new IllegalStateException("the page index has room for " + capacity + " pages only");
        }
    }

    @Override
    public boolean remove(final long segment, final long page) {
        return pages.remove(new Address(segment, page)) != null;
    }

    @Override
    public long size() {
        return pages.size();
    }

    @Override
    public long capacity() {
        return capacity;
    }

    @Override
    public void grow(final long wanted) {
        capacity = wanted;
    }

    @Override
    public void clear() {
        pages.clear();
    }

    @Override
    public void forEach(final Visitor visitor) {
        pages.forEach((address, location) -> visitor.page(address.segment(), address.page(), location));
    }

    @Override
    public void close() {
        pages.clear();
    }
}
