package org.dsmfs.layout;

import org.dsmfs.layout.page.InodePage;

/** Gives back what inodes no longer need, in steps small enough for a transaction each. */
final class Reclaimer {
    private final OpenInodes open;

    Reclaimer(final OpenInodes open) {
        this.open = open;
    }

    /** {@link #reclaim(Run, Inode, boolean)} of an inode that others may have freed meanwhile. */
    boolean reclaim(final Run run, final long ino) {
        final Inode inode = run.inodeOrNull(ino);
        return inode != null && reclaim(run, inode, open.isOpen(ino));
    }

    /**
     * Frees an inode that has neither name nor user, or data pages that were cut off; enters the inode into the orphan
     * directory as long as it must be found after a crash.
     *
     * @param isOpen whether the inode has a user after this operation
     * @return whether there is more to free, in further runs of {@link #reclaim(Run, long)}
     */
    boolean reclaim(final Run run, final Inode inode, final boolean isOpen) {
        run.tx().useReserve();
        final boolean isRemoved = inode.view().nlink() == 0 && !isOpen;
        if (isRemoved && !inode.isDirectory()) {
            new FileContent(inode).discard();
        }
        final boolean isTrimmed = new FileContent(inode).trim();
        final boolean isListed = inode.view().has(InodePage.ORPHAN);
        if (isRemoved && isTrimmed) {
            if (isListed) {
                Orphans.remove(run, inode);
            }
            new Xattrs(inode).freePages();
            inode.free();
            return false;
        }
        final boolean mustBeListed = inode.view().nlink() == 0 || !isTrimmed;
        if (mustBeListed != isListed) {
            if (mustBeListed) {
                Orphans.add(run, inode);
            } else {
                Orphans.remove(run, inode);
            }
            inode.edit().flag(InodePage.ORPHAN, mustBeListed);
        }
        return !isTrimmed;
    }
}
