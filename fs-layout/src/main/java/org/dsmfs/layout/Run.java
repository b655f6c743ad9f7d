package org.dsmfs.layout;

import java.util.ArrayList;
import java.util.List;
import org.dsmfs.engine.PageTransaction;
import org.dsmfs.engine.Segment;
import org.dsmfs.layout.page.DamagedPageException;
import org.dsmfs.layout.page.InodePage;

/** One run of one operation: its transaction, its time, and the inodes it has touched, each as a single object. */
final class Run {
    /** More directories above each other than any filesystem has; a longer way up goes in circles. */
    private static final int MAX_DEPTH = 1 << 20;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final PageTransaction tx;
    private final long nowSeconds;
    private final int nowNanos;
    private final List<Inode> inodes = new ArrayList<>(4);

    Run(final PageTransaction tx, final long nowEpochNanos) {
        this.tx = tx;
        this.nowSeconds = Math.floorDiv(nowEpochNanos, NANOS_PER_SECOND);
        this.nowNanos = (int) Math.floorMod(nowEpochNanos, NANOS_PER_SECOND);
    }

    PageTransaction tx() {
        return tx;
    }

    long nowSeconds() {
        return nowSeconds;
    }

    /** @return the inode; null if there is none */
    Inode inodeOrNull(final long ino) {
        for (int i = 0; i < inodes.size(); i++) {
            if (inodes.get(i).ino() == ino) {
                return inodes.get(i);
            }
        }
        final Inode inode = isNumber(ino) ? Inode.load(tx, ino) : null;
        if (inode != null) {
            inodes.add(inode);
        }
        return inode;
    }

    /** @throws ErrnoException ESTALE */
    Inode inode(final long ino) {
        final Inode inode = inodeOrNull(ino);
        if (inode == null) {
            throw Errno.ESTALE.exception();
        }
        return inode;
    }

    /**
     * @return the inode that a directory refers to as an entry or as its parent
     * @throws DamagedPageException if there is none
     */
    Inode referred(final Inode directory, final long ino) {
        final Inode inode = inodeOrNull(ino);
        if (inode == null) {
            throw directory.damaged("refers to inode " + ino + ", which does not exist");
        }
        return inode;
    }

    /** @throws ErrnoException ESTALE, ENOTDIR */
    Inode directory(final long ino) {
        final Inode inode = inode(ino);
        if (!inode.isDirectory()) {
            throw Errno.ENOTDIR.exception();
        }
        return inode;
    }

    /**
     * @return a directory that still has its name
     * @throws ErrnoException ESTALE, ENOTDIR, ENOENT
     */
    Inode linkedDirectory(final long ino) {
        final Inode inode = directory(ino);
        if (inode.view().nlink() == 0) {
            throw Errno.ENOENT.exception();
        }
        return inode;
    }

    /**
     * @return a regular file
     * @throws ErrnoException ESTALE, EISDIR, EINVAL
     */
    Inode regularFile(final long ino) {
        final Inode inode = inode(ino);
        if (!inode.isRegular()) {
            throw (inode.isDirectory() ? Errno.EISDIR : Errno.EINVAL).exception();
        }
        return inode;
    }

    /** @return whether the directory is, or lies below, the other one */
    boolean isWithin(final Inode directory, final Inode top) {
        Inode above = directory;
        for (int depth = 0; above.ino() != FileSystem.ROOT; depth++) {
            if (above.ino() == top.ino()) {
                return true;
            }
            final long parent = above.view().parent();
            final Inode next = isNumber(parent) ? Inode.load(tx, parent) : null;
            if (next == null || depth == MAX_DEPTH) {
                throw above.damaged("has no way up to the root");
            }
            above = next;
        }
        return top.ino() == FileSystem.ROOT;
    }

    /** Makes an inode with all four times now. */
    Inode create(final long ino) {
        final Inode inode = Inode.create(tx, ino);
        final InodePage page = inode.edit();
        page.atime(nowSeconds, nowNanos);
        page.btime(nowSeconds, nowNanos);
        page.mtime(nowSeconds, nowNanos);
        page.ctime(nowSeconds, nowNanos);
        inodes.add(inode);
        return inode;
    }

    /**
     * Sets ctime: to now, or, if this node's clock is behind the one that set it last, to a nanosecond more than it
     * was. So the times of a file never go back when nodes with different clocks take turns, and each change shows,
     * which programs that compare times (make, rsync) rely on. ctime and not mtime is what must not go back, since a
     * user may set mtime to any value, and the next write must still set it to now.
     */
    void changed(final Inode inode) {
        final InodePage page = inode.edit();
        if (isClockBehind(page)) {
            page.ctime(secondsAfterChange(page), nanosAfterChange(page));
        } else {
            page.ctime(nowSeconds, nowNanos);
        }
    }

    /** Sets ctime, and mtime to the same. */
    void contentChanged(final Inode inode) {
        changed(inode);
        inode.edit().mtime(inode.view().ctimeSeconds(), inode.view().ctimeNanos());
    }

    /** Sets atime: to now, or if this node's clock is behind, to just after the last change. */
    void accessed(final Inode inode) {
        final InodePage page = inode.edit();
        if (isClockBehind(page)) {
            page.atime(secondsAfterChange(page), nanosAfterChange(page));
        } else {
            page.atime(nowSeconds, nowNanos);
        }
    }

    private boolean isClockBehind(final InodePage page) {
        return nowSeconds < page.ctimeSeconds() || nowSeconds == page.ctimeSeconds() && nowNanos < page.ctimeNanos();
    }

    private static long secondsAfterChange(final InodePage page) {
        return page.ctimeSeconds() + (nanosAfterChange(page) == 0 ? 1 : 0);
    }

    private static int nanosAfterChange(final InodePage page) {
        return page.ctimeNanos() == NANOS_PER_SECOND - 1 ? 0 : page.ctimeNanos() + 1;
    }

    private static boolean isNumber(final long ino) {
        return ino >= 1 && ino <= Segment.MAX_NUMBER;
    }
}
