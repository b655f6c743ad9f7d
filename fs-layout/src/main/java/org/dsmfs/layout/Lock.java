package org.dsmfs.layout;

/**
 * A lock that is held, or wanted.
 *
 * @param start first byte
 * @param end   last byte
 * @param pid   process on the owner's node
 * @param type  READ or WRITE of {@link LockRange}
 * @param kind  {@link #RANGE} or {@link #FLOCK}; they do not know each other
 */
record Lock(LockOwner owner, long start, long end, int pid, int type, int kind) {
    /** A byte range of a POSIX or OFD lock. */
    static final int RANGE = 0;
    /** Of flock(2). */
    static final int FLOCK = 1;

    static Lock range(final LockOwner owner, final LockRange range) {
        return new Lock(owner, range.start, range.end, range.pid, range.type, RANGE);
    }

    static Lock flock(final LockOwner owner, final int type) {
        return new Lock(owner, 0, Long.MAX_VALUE, 0, type, FLOCK);
    }

    Lock within(final long newStart, final long newEnd) {
        return new Lock(owner, newStart, newEnd, pid, type, kind);
    }

    boolean excludes(final Lock other) {
        return kind == other.kind && !owner.equals(other.owner) && start <= other.end && end >= other.start
            && (type == LockRange.WRITE || other.type == LockRange.WRITE);
    }

    boolean isFrom(final int node, final int incarnation) {
        return owner.node() == node && owner.incarnation() == incarnation;
    }
}
