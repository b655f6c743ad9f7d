package org.dsmfs.engine.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A hash table by global address whose entries carry their own link, so that neither a look-up nor an insertion
 * allocates (but for growth).
 */
public final class AddressTable<E extends AddressTable.Entry> {
    /** What a table holds; an entry is in one table at most. */
    public abstract static class Entry {
        public long segment;
        public long page;
        private Entry next;

        @Override
        public final String toString() {
            return org.dsmfs.engine.Segment.describe(segment, page);
        }
    }

    /** Few: each operation that waits for pages has a table of them. */
    private static final int INITIAL_BUCKETS = 16;

    private Entry[] buckets = new Entry[INITIAL_BUCKETS];
    private int size;

    /** @return null if there is none at the address */
    @SuppressWarnings("unchecked")
    public E get(final long segment, final long page) {
        for (Entry entry = buckets[bucket(segment, page)]; entry != null; entry = entry.next) {
            if (entry.page == page && entry.segment == segment) {
                return (E) entry;
            }
        }
        return null;
    }

    /** The address must not be in the table yet. */
    public void add(final E entry) {
        if (++size > buckets.length) {
            grow();
        }
        link(entry);
    }

    /** The entry must be in the table. */
    public void remove(final E entry) {
        final int bucket = bucket(entry.segment, entry.page);
        Entry before = null;
        Entry at = buckets[bucket];
        while (at != entry) {
            if (at == null) {
                throw new IllegalStateException("not in the table: " + entry);
            }
            before = at;
            at = at.next;
        }
        if (before == null) {
            buckets[bucket] = ((Entry) entry).next;
        } else {
            before.next = ((Entry) entry).next;
        }
        size--;
    }

    /** @return number of entries */
    public int size() {
        return size;
    }

    /** @return all entries, in no order; the list is the caller's */
    @SuppressWarnings("unchecked")
    public List<E> entries() {
        final List<E> entries = new ArrayList<>(size);
        for (final Entry bucket : buckets) {
            for (Entry entry = bucket; entry != null; entry = entry.next) {
                entries.add((E) entry);
            }
        }
        return entries;
    }

    /** Forgets all entries. */
    public void clear() {
        Arrays.fill(buckets, null);
        size = 0;
    }

    private void link(final Entry entry) {
        final int bucket = bucket(entry.segment, entry.page);
        entry.next = buckets[bucket];
        buckets[bucket] = entry;
    }

    private void grow() {
        final Entry[] old = buckets;
        buckets = new Entry[old.length * 2];
        for (Entry entry : old) {
            while (entry != null) {
                final Entry next = entry.next;
                link(entry);
                entry = next;
            }
        }
    }

    private int bucket(final long segment, final long page) {
        long hash = (segment ^ page * 0x9E3779B97F4A7C15L) * 0xD6E8FEB86659FD93L;
        hash ^= hash >>> 32;
        return (int) hash & buckets.length - 1;
    }
}
