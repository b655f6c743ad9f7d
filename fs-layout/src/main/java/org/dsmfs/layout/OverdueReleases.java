package org.dsmfs.layout;

import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Releases of locks whose callers are gone, but whose pages were out of reach: they are done as soon as they can be, and
 * before anything else is done to locks of their inodes. Thread-safe.
 */
final class OverdueReleases {
    private final Map<Long, Releases> byIno = new ConcurrentHashMap<>();
    private final Runnable pause;

    /** Those of an inode. */
    private static final class Releases {
        private final Deque<Runnable> left = new ConcurrentLinkedDeque<>();
        /** Whether a thread is doing them: each once, or it could take a lock away that its owner has got since. */
        private final AtomicBoolean isBusy = new AtomicBoolean();
    }

    /** @param pause waits some milliseconds */
    OverdueReleases(final Runnable pause) {
        this.pause = pause;
    }

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
            final Releases all = releases == null ? new Releases() : releases;
            all.left.add(release);
            return all;
        });
    }

    /**
     * Does what is overdue of an inode, or waits until another thread has.
     *
     * @throws ErrnoException EIO if its pages still are out of reach
     */
    void catchUp(final long ino) {
        while (!byIno.isEmpty() && !tryCatchUp(ino)) {
            pause.run();
        }
    }

    /**
     * Does what is overdue of an inode.
     *
     * @return false if another thread is doing so
     * @throws ErrnoException EIO if its pages still are out of reach
     */
    boolean tryCatchUp(final long ino) {
        final Releases releases = byIno.get(ino);
        if (releases == null) {
            return true;
        }
        if (!releases.isBusy.compareAndSet(false, true)) {
            return false;
        }
        try {
            for (Runnable release = releases.left.peek(); release != null; release = releases.left.peek()) {
                try {
                    release.run();
                } catch (final ErrnoException e) {
                    if (e.errno() == Errno.EIO) {
                        throw e;
                    }
                    // The inode is gone, its locks with it.
                }
                releases.left.remove();
            }
        } finally {
            releases.isBusy.set(false);
        }
        byIno.computeIfPresent(ino, (key, all) -> all.left.isEmpty() ? null : all);
        return true;
    }

    /** @return inodes with releases that are overdue */
    List<Long> inos() {
        return List.copyOf(byIno.keySet());
    }
}
