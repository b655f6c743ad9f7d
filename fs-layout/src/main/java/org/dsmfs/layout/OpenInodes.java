package org.dsmfs.layout;

import org.agrona.collections.Long2LongHashMap;

/**
 * How often each inode is open on this node. Changed only when operations, which exclude each other, commit. Other
 * nodes' questions come at any time. Thread-safe.
 */
final class OpenInodes {
    private final Long2LongHashMap counts = new Long2LongHashMap(0);

    synchronized boolean isOpen(final long ino) {
        return counts.get(ino) > 0;
    }

    synchronized long count(final long ino) {
        return counts.get(ino);
    }

    synchronized void opened(final long ino) {
        counts.put(ino, counts.get(ino) + 1);
    }

    synchronized void released(final long ino) {
        final long left = counts.get(ino) - 1;
        if (left > 0) {
            counts.put(ino, left);
        } else {
            counts.remove(ino);
        }
    }

    synchronized void clear() {
        counts.clear();
    }
}
