package org.dsmfs.layout;

import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.dsmfs.engine.PageTransaction;
import org.dsmfs.layout.page.DamagedPageException;
import org.dsmfs.layout.page.LockPage;
import org.dsmfs.layout.page.PageKind;

/** The advisory locks of an inode: byte ranges (POSIX and OFD alike, they differ in who owns them) and flock. */
final class Locks {
    private static final int RANGE = 0;
    private static final int FLOCK = 1;
    private static final int MAX_PAGES = 32;
    private static final int MAX_LOCKS = MAX_PAGES * LockPage.CAPACITY;

    private final PageTransaction tx;
    private final long segment;
    private final List<Lock> locks = new ArrayList<>();

    /**
     * @param start first byte
     * @param end   last byte
     */
    private record Lock(long owner, long start, long end, int pid, int type, int kind) {
        Lock within(final long newStart, final long newEnd) {
            return new Lock(owner, newStart, newEnd, pid, type, kind);
        }
    }

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

    Locks(final PageTransaction tx, final long ino) {
        this.tx = tx;
        this.segment = PageKind.LOCK.segment(ino);
        load();
    }

    /** F_GETLK. */
    void find(final long owner, final LockRange range) {
        final Lock conflict = conflict(owner, RANGE, range.start, range.end, range.type);
        if (conflict == null) {
            range.type = LockRange.UNLOCKED;
        } else {
            range.type = conflict.type;
            range.start = conflict.start;
            range.end = conflict.end;
            range.pid = conflict.pid;
        }
    }

    /**
     * F_SETLK.
     *
     * @throws ErrnoException ENOLCK
     */
    Outcome set(final long owner, final LockRange range) {
        if (range.type != LockRange.UNLOCKED
            && conflict(owner, RANGE, range.start, range.end, range.type) != null) {
            return Outcome.DENIED;
        }
        final boolean weakened = cut(owner, range);
        if (range.type != LockRange.UNLOCKED) {
            addMerged(new Lock(owner, range.start, range.end, range.pid, range.type, RANGE));
        }
        store();
        return weakened ? Outcome.RELEASED : Outcome.GRANTED;
    }

    /** Drops all byte ranges of the owner. */
    Outcome drop(final long owner) {
        final boolean removed = locks.removeIf(lock -> lock.owner == owner && lock.kind == RANGE);
        if (removed) {
            store();
        }
        return removed ? Outcome.RELEASED : Outcome.GRANTED;
    }

    /**
     * flock(2).
     *
     * @throws ErrnoException ENOLCK
     */
    Outcome setFlock(final long owner, final int type) {
        Lock held = null;
        for (final Lock lock : locks) {
            if (lock.owner == owner && lock.kind == FLOCK) {
                held = lock;
            }
        }
        if (held != null && held.type == type) {
            return Outcome.GRANTED;
        }
        locks.remove(held);
        final boolean granted =
            type == LockRange.UNLOCKED || conflict(owner, FLOCK, 0, Long.MAX_VALUE, type) == null;
        if (granted && type != LockRange.UNLOCKED) {
            locks.add(new Lock(owner, 0, Long.MAX_VALUE, 0, type, FLOCK));
        }
        store();
        final boolean released = held != null && (held.type == LockRange.WRITE || type != LockRange.WRITE || !granted);
        if (granted) {
            return released ? Outcome.RELEASED : Outcome.GRANTED;
        }
        return released ? Outcome.DENIED_AND_RELEASED : Outcome.DENIED;
    }

    /** Drops all locks of everybody. */
    static void free(final PageTransaction tx, final long ino) {
        final long segment = PageKind.LOCK.segment(ino);
        for (int page = 0; tx.exists(segment, page); page++) {
            tx.free(segment, page);
        }
    }

    private Lock conflict(final long owner, final int kind, final long start, final long end, final int type) {
        for (final Lock lock : locks) {
            if (lock.kind == kind && lock.owner != owner && lock.start <= end && lock.end >= start
                && (lock.type == LockRange.WRITE || type == LockRange.WRITE)) {
                return lock;
            }
        }
        return null;
    }

    /** @return whether the owner held more in the range than it asks for now */
    private boolean cut(final long owner, final LockRange range) {
        boolean weakened = false;
        for (int i = locks.size() - 1; i >= 0; i--) {
            final Lock lock = locks.get(i);
            if (lock.kind != RANGE || lock.owner != owner || lock.end < range.start || lock.start > range.end) {
                continue;
            }
            weakened |= range.type == LockRange.UNLOCKED
                || lock.type == LockRange.WRITE && range.type == LockRange.READ;
            locks.remove(i);
            if (lock.start < range.start) {
                locks.add(lock.within(lock.start, range.start - 1));
            }
            if (lock.end > range.end) {
                locks.add(lock.within(range.end + 1, lock.end));
            }
        }
        return weakened;
    }

    private void addMerged(final Lock added) {
        long start = added.start;
        long end = added.end;
        for (int i = locks.size() - 1; i >= 0; i--) {
            final Lock lock = locks.get(i);
            if (lock.kind != RANGE || lock.owner != added.owner || lock.type != added.type) {
                continue;
            }
            if (start > 0 && lock.end == start - 1) {
                start = lock.start;
                locks.remove(i);
            } else if (end < Long.MAX_VALUE && lock.start == end + 1) {
                end = lock.end;
                locks.remove(i);
            }
        }
        locks.add(added.within(start, end));
    }

    private void load() {
        for (int index = 0; index < MAX_PAGES; index++) {
            final DirectBuffer page = tx.read(segment, index);
            if (page == null) {
                return;
            }
            if (!LockPage.isValid(page)) {
                throw new DamagedPageException(segment, index, "is not a page of locks");
            }
            for (int i = 0; i < LockPage.count(page); i++) {
                locks.add(new Lock(LockPage.owner(page, i), LockPage.start(page, i), LockPage.end(page, i),
                    LockPage.pid(page, i), LockPage.type(page, i), LockPage.kind(page, i)));
            }
        }
    }

    private void store() {
        if (locks.size() > MAX_LOCKS) {
            throw Errno.ENOLCK.exception();
        }
        int stored = 0;
        int index = 0;
        for (; stored < locks.size(); index++) {
            final int count = Math.min(LockPage.CAPACITY, locks.size() - stored);
            final MutableDirectBuffer page = tx.write(segment, index);
            LockPage.initialise(page, count);
            for (int i = 0; i < count; i++) {
                final Lock lock = locks.get(stored + i);
                LockPage.entry(page, i, lock.owner, lock.start, lock.end, lock.pid, lock.type, lock.kind);
            }
            stored += count;
        }
        for (; tx.exists(segment, index); index++) {
            tx.free(segment, index);
        }
    }
}
