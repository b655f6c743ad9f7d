package org.dsmfs.layout;

import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * Releases of locks whose callers are gone, but whose pages were out of reach: they are done as soon as they can be, and
 * before anything else is done to locks of their inodes. Thread-safe.
 */
final class OverdueReleases {
    private final Map<Long, Deque<Runnable>> byIno = new ConcurrentHashMap<>();

    /**
     * Does a release, now or later.
     *
     * @throws ErrnoException what it throws; with EIO it will be done later
     */
    void release(final long ino, final Runnable release) {
        try {
            release.run();
        } catch (final ErrnoException e) {
            if (e.errno() == Errno.EIO) {
                add(ino, release);
            }
            throw e;
        }
    }

    /** Has a release done later. */
    void add(final long ino, final Runnable release) {
        byIno.compute(ino, (key, releases) -> {
            final Deque<Runnable> all = releases == null ? new ConcurrentLinkedDeque<>() : releases;
            all.add(release);
            return all;
        });
    }

    /**
     * Does what is overdue of an inode.
     *
     * @throws ErrnoException EIO if its pages still are out of reach
     */
    void catchUp(final long ino) {
        final Deque<Runnable> releases = byIno.isEmpty() ? null : byIno.get(ino);
        if (releases == null) {
            return;
        }
        synchronized (releases) {
            while (!releases.isEmpty()) {
                try {
                    releases.peek().run();
                } catch (final ErrnoException e) {
                    if (e.errno() == Errno.EIO) {
                        throw e;
                    }
                    // The inode is gone, its locks with it.
                }
                releases.remove();
            }
        }
        byIno.computeIfPresent(ino, (key, left) -> left.isEmpty() ? null : left);
    }

    /** @return inodes with releases that are overdue */
    List<Long> inos() {
        return List.copyOf(byIno.keySet());
    }
}
