package org.dsmfs.engine.directory;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.PageTransaction;
import org.dsmfs.engine.Segment;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Small pages in memory, with private copies until {@link #commit}, so that who reads a page, writes it and goes on
 * with what was read before is found out.
 */
public final class HeapTransaction implements PageTransaction {
    private record Address(long segment, long page) {
    }

    private final Map<Address, UnsafeBuffer> pages = new HashMap<>();
    private final Map<Address, UnsafeBuffer> changed = new HashMap<>();
    private final Set<Address> freed = new HashSet<>();

    /** Installs what was changed. */
    public void commit() {
        pages.keySet().removeAll(freed);
        pages.putAll(changed);
        abandon();
    }

    /** Forgets what was changed. */
    public void abandon() {
        changed.clear();
        freed.clear();
    }

    /** @return how many pages there are */
    public int pageCount() {
        return pages.size();
    }

    /** @return how many pages were changed since the last commit, freed ones included */
    public int changedCount() {
        return changed.size() + freed.size();
    }

    @Override
    public DirectBuffer read(final long segment, final long page) {
        final Address address = new Address(segment, page);
        return changed.containsKey(address) ? changed.get(address)
            : freed.contains(address) ? null : pages.get(address);
    }

    @Override
    public void wantToWrite(final long segment, final long page) {
        // All pages are here.
    }

    @Override
    public MutableDirectBuffer write(final long segment, final long page) {
        final Address address = new Address(segment, page);
        UnsafeBuffer copy = changed.get(address);
        if (copy == null) {
            copy = new UnsafeBuffer(new byte[pageSize(segment)]);
            final DirectBuffer base = read(segment, page);
            if (base != null) {
                copy.putBytes(0, base, 0, copy.capacity());
            }
            freed.remove(address);
            changed.put(address, copy);
        }
        return copy;
    }

    @Override
    public void free(final long segment, final long page) {
        final Address address = new Address(segment, page);
        changed.remove(address);
        if (pages.containsKey(address)) {
            freed.add(address);
        }
    }

    @Override
    public boolean exists(final long segment, final long page) {
        return read(segment, page) != null;
    }

    @Override
    public int pageSize(final long segment) {
        return Segment.SMALL_PAGE_SIZE;
    }

    @Override
    public void put(final long segment, final long page, final int offset, final DirectBuffer source,
                    final int sourceIndex, final int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void want(final long segment, final long firstPage, final int count) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean mayBeKnownElsewhere(final long segment, final long page) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long allocateNumber() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void useReserve() {
        throw new UnsupportedOperationException();
    }
}
