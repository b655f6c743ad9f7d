package org.dsmfs.layout;

import java.util.List;

/** The advisory locks of an inode: byte ranges (POSIX and OFD alike, they differ in who owns them) and flock. */
final class Locks {
    private final List<Lock> locks;

    /** What came of a request. */
    enum Outcome {
        /** Done, and nothing that anyone may wait for became free. */
        GRANTED(true, false),
        /** Done, and something became free. */
        RELEASED(true, true),
        /** Another owner's lock stands in the way. */
        DENIED(false, false),
        /** As {@link #DENIED}, but the owner's former lock was given up. */
        DENIED_AND_RELEASED(false, true);

        private final boolean granted;
        private final boolean released;

        Outcome(final boolean granted, final boolean released) {
            this.granted = granted;
            this.released = released;
        }

        boolean isGranted() {
            return granted;
        }

        /** @return whether those who wait for locks of the inode should try again */
        boolean isReleased() {
            return released;
        }
    }

    /** @param locks of the inode, which requests change */
    Locks(final List<Lock> locks) {
        this.locks = locks;
    }

    /** F_GETLK. */
    void find(final LockOwner owner, final LockRange range) {
        final Lock conflict = conflict(Lock.range(owner, range));
        if (conflict == null) {
            range.type = LockRange.UNLOCKED;
        } else {
            range.type = conflict.type();
            range.start = conflict.start();
            range.end = conflict.end();
            range.pid = conflict.owner().node() == owner.node() ? conflict.pid() : 0;
        }
    }

    /** F_SETLK. */
    Outcome set(final LockOwner owner, final LockRange range) {
        final Lock wanted = Lock.range(owner, range);
        if (range.type != LockRange.UNLOCKED && conflict(wanted) != null) {
            return Outcome.DENIED;
        }
        final boolean weakened = cut(owner, range);
        if (range.type != LockRange.UNLOCKED) {
            addMerged(wanted);
        }
        return weakened ? Outcome.RELEASED : Outcome.GRANTED;
    }

    /** Drops all byte ranges of the owner. */
    Outcome drop(final LockOwner owner) {
        final boolean removed = locks.removeIf(lock -> lock.owner().equals(owner) && lock.kind() == Lock.RANGE);
        return removed ? Outcome.RELEASED : Outcome.GRANTED;
    }

    /** flock(2). */
    Outcome setFlock(final LockOwner owner, final int type) {
        Lock held = null;
        for (final Lock lock : locks) {
            if (lock.owner().equals(owner) && lock.kind() == Lock.FLOCK) {
                held = lock;
            }
        }
        if (held != null && held.type() == type) {
            return Outcome.GRANTED;
        }
        locks.remove(held);
        final Lock wanted = Lock.flock(owner, type);
        final boolean granted = type == LockRange.UNLOCKED || conflict(wanted) == null;
        if (granted && type != LockRange.UNLOCKED) {
            locks.add(wanted);
        }
        final boolean released =
            held != null && (held.type() == LockRange.WRITE || type != LockRange.WRITE || !granted);
        if (granted) {
            return released ? Outcome.RELEASED : Outcome.GRANTED;
        }
        return released ? Outcome.DENIED_AND_RELEASED : Outcome.DENIED;
    }

    private Lock conflict(final Lock wanted) {
        for (final Lock lock : locks) {
            if (lock.excludes(wanted)) {
                return lock;
            }
        }
        return null;
    }

    /** @return whether the owner held more in the range than it asks for now */
    private boolean cut(final LockOwner owner, final LockRange range) {
        boolean weakened = false;
        for (int i = locks.size() - 1; i >= 0; i--) {
            final Lock lock = locks.get(i);
            if (lock.kind() != Lock.RANGE || !lock.owner().equals(owner) || lock.end() < range.start
                || lock.start() > range.end) {
                continue;
            }
            weakened |= range.type == LockRange.UNLOCKED
                || lock.type() == LockRange.WRITE && range.type == LockRange.READ;
            locks.remove(i);
            if (lock.start() < range.start) {
                locks.add(lock.within(lock.start(), range.start - 1));
            }
            if (lock.end() > range.end) {
                locks.add(lock.within(range.end + 1, lock.end()));
            }
        }
        return weakened;
    }

    private void addMerged(final Lock added) {
        long start = added.start();
        long end = added.end();
        for (int i = locks.size() - 1; i >= 0; i--) {
            final Lock lock = locks.get(i);
            if (lock.kind() != Lock.RANGE || !lock.owner().equals(added.owner()) || lock.type() != added.type()) {
                continue;
            }
            if (start > 0 && lock.end() == start - 1) {
                start = lock.start();
                locks.remove(i);
            } else if (end < Long.MAX_VALUE && lock.start() == end + 1) {
                end = lock.end();
                locks.remove(i);
            }
        }
        locks.add(added.within(start, end));
    }
}
