package org.dsmfs.layout;

import org.dsmfs.layout.page.InodePage;

/**
 * What chattr(1) protects inodes from, whoever the caller is: an immutable one is not changed at all, an append-only
 * one gets longer only, if a file, or more entries, if a directory; ioctl_iflags(2).
 */
final class Protection {
    private Protection() {
    }

    /** @throws ErrnoException EPERM if nothing may be added to the inode */
    static void requireGrowable(final Inode inode) {
        require(inode, InodePage.IMMUTABLE);
    }

    /** @throws ErrnoException EPERM if what the inode has, its names included, must stay */
    static void requireChangeable(final Inode inode) {
        require(inode, InodePage.IMMUTABLE | InodePage.APPEND_ONLY);
    }

    private static void require(final Inode inode, final int flags) {
        if ((inode.view().flags() & flags) != 0) {
            throw Errno.EPERM.exception();
        }
    }
}
