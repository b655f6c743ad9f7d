package org.dsmfs.layout;

import org.agrona.collections.Long2LongHashMap;

/**
 * How often each inode is open here. Used only inside operations, which exclude each other; changed only as the last
 * thing an operation does, since a run may be repeated.
 */
final class OpenInodes {
    private final Long2LongHashMap counts = new Long2LongHashMap(0);

    boolean isOpen(final long ino) {
        return counts.get(ino) > 0;
    }

    long count(final long ino) {
        return counts.get(ino);
    }

    void opened(final long ino) {
        counts.put(ino, counts.get(ino) + 1);
    }

    void released(final long ino) {
        final long left = counts.get(ino) - 1;
        if (left > 0) {
            counts.put(ino, left);
        } else {
            counts.remove(ino);
        }
    }

    void clear() {
        counts.clear();
    }
}
