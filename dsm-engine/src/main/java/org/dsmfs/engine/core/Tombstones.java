package org.dsmfs.engine.core;

import java.util.ArrayDeque;
import java.util.List;

/**
 * Pages that became absent while other nodes' disks may have older versions of them: until those have forgotten them,
 * the log has to say that the page is absent, or they would be taken for current after a restart of all nodes.
 */
final class Tombstones {
    private final AddressTable<Tombstone> byAddress = new AddressTable<>();
    /** In order of their records; dropped ones may still be in it. */
    private final ArrayDeque<Tombstone> byLsn = new ArrayDeque<>();

    /** One page. */
    static final class Tombstone extends AddressTable.Entry {
        private final long version;
        private final long lsn;
        private boolean dropped;

        private Tombstone(final long version, final long lsn) {
            this.version = version;
            this.lsn = lsn;
        }

        long version() {
            return version;
        }
    }

    /** The record at the LSN says that the page is absent. */
    void add(final long segment, final long page, final long version, final long lsn) {
        drop(segment, page);
        final Tombstone tombstone = new Tombstone(version, lsn);
        tombstone.segment = segment;
        tombstone.page = page;
        byAddress.add(tombstone);
        byLsn.add(tombstone);
    }

    /** The page exists again, or nobody has an older version any more. */
    void drop(final long segment, final long page) {
        final Tombstone tombstone = byAddress.get(segment, page);
        if (tombstone != null) {
            tombstone.dropped = true;
            byAddress.remove(tombstone);
        }
    }

    /** @return null if there is none */
    Tombstone get(final long segment, final long page) {
        return byAddress.get(segment, page);
    }

    List<Tombstone> all() {
        return byAddress.entries();
    }

    int count() {
        return byAddress.size();
    }

    /** @return the one with the oldest record, null if there is none */
    Tombstone oldest() {
        while (!byLsn.isEmpty() && byLsn.peek().dropped) {
            byLsn.poll();
        }
        return byLsn.peek();
    }

    /** @return LSN of the oldest record that is still needed, Long.MAX_VALUE if none is */
    long oldestLsn() {
        final Tombstone oldest = oldest();
        return oldest == null ? Long.MAX_VALUE : oldest.lsn;
    }
}
