package org.dsmfs.layout;

import org.dsmfs.engine.Segment;
import org.dsmfs.layout.page.InodePage;
import org.dsmfs.layout.page.PageKind;

/** What stat(2) tells, and what chmod, chown, truncate and utimensat change. */
final class AttributeOperations {
    private static final int BLOCK_BYTES = 512;
    private static final int BLOCKS_PER_SMALL_PAGE = Segment.SMALL_PAGE_SIZE / BLOCK_BYTES;
    private static final int NANOS_PER_SECOND = 1_000_000_000;

    private final OpenInodes open;
    private final Reclaimer reclaimer;

    AttributeOperations(final OpenInodes open, final Reclaimer reclaimer) {
        this.open = open;
        this.reclaimer = reclaimer;
    }

    static void get(final Inode inode, final Attributes out) {
        final InodePage page = inode.view();
        out.ino = inode.ino();
        out.mode = page.mode();
        out.nlink = page.nlink();
        out.uid = page.uid();
        out.gid = page.gid();
        out.rdev = page.rdev();
        out.size = inode.isDirectory() ? directoryPages(page) * Segment.SMALL_PAGE_SIZE : page.size();
        out.blockSize = inode.tx().pageSize(PageKind.DATA.segment(inode.ino()));
        out.blocks = blocks(inode, out.blockSize);
        out.atimeSeconds = page.atimeSeconds();
        out.atimeNanos = page.atimeNanos();
        out.mtimeSeconds = page.mtimeSeconds();
        out.mtimeNanos = page.mtimeNanos();
        out.ctimeSeconds = page.ctimeSeconds();
        out.ctimeNanos = page.ctimeNanos();
        out.btimeSeconds = page.btimeSeconds();
        out.btimeNanos = page.btimeNanos();
        out.isImmutable = page.has(InodePage.IMMUTABLE);
        out.isAppendOnly = page.has(InodePage.APPEND_ONLY);
    }

    /** @return whether there is more of the inode to reclaim */
    boolean set(final Run run, final Caller caller, final long ino, final AttributeChange change) {
        requireValid(change);
        final Inode inode = change.setSize ? run.regularFile(ino) : run.inode(ino);
        requireAllowed(inode, change);
        boolean moreToReclaim = false;
        if (change.setSize) {
            new FileContent(inode).resize(change.size);
            moreToReclaim = inode.view().has(InodePage.TRIM_PENDING)
                && reclaimer.reclaim(run, inode, open.isOpen(ino));
            run.contentChanged(inode);
            if (caller.uid() != 0) {
                AccessRules.dropSetId(inode);
            }
        }
        if (change.setUid || change.setGid) {
            setOwner(inode, change);
        }
        if (change.setMode) {
            AccessRules.changeMode(inode, change.mode);
        }
        if (change.setProtection) {
            inode.edit().flag(InodePage.IMMUTABLE, change.isImmutable);
            inode.edit().flag(InodePage.APPEND_ONLY, change.isAppendOnly);
        }
        if (change.setMode || change.setUid || change.setGid || change.setAtime || change.setMtime
            || change.setProtection) {
            run.changed(inode);
        }
        if (change.setAtime) {
            inode.edit().atime(change.atimeNow ? inode.view().ctimeSeconds() : change.atimeSeconds,
                change.atimeNow ? inode.view().ctimeNanos() : change.atimeNanos);
        }
        if (change.setMtime) {
            inode.edit().mtime(change.mtimeNow ? inode.view().ctimeSeconds() : change.mtimeSeconds,
                change.mtimeNow ? inode.view().ctimeNanos() : change.mtimeNanos);
        }
        return moreToReclaim;
    }

    private static void setOwner(final Inode inode, final AttributeChange change) {
        if (change.setUid) {
            inode.edit().uid(change.uid);
        }
        if (change.setGid) {
            inode.edit().gid(change.gid);
        }
        AccessRules.dropSetId(inode);
    }

    /** To set the times to now is allowed as a write would be that does the same. */
    private static void requireAllowed(final Inode inode, final AttributeChange change) {
        if (change.setMode || change.setUid || change.setGid || change.setSize || change.setAtime && !change.atimeNow
            || change.setMtime && !change.mtimeNow) {
            Protection.requireChangeable(inode);
        } else if (change.setAtime || change.setMtime) {
            Protection.requireGrowable(inode);
        }
    }

    private static void requireValid(final AttributeChange change) {
        final boolean valid = (!change.setMode || (change.mode & ~FileType.PERMISSIONS) == 0)
            && (!change.setSize || change.size >= 0)
            && (!change.setAtime || change.atimeNow || isNanos(change.atimeNanos))
            && (!change.setMtime || change.mtimeNow || isNanos(change.mtimeNanos));
        if (!valid) {
            throw Errno.EINVAL.exception();
        }
    }

    private static boolean isNanos(final int nanos) {
        return nanos >= 0 && nanos < NANOS_PER_SECOND;
    }

    /**
     * Content inside the inode counts as one small page: programs take a file with a size and no blocks for a hole.
     */
    private static long blocks(final Inode inode, final int dataPageBytes) {
        final InodePage page = inode.view();
        if (inode.isDirectory()) {
            return directoryPages(page) * BLOCKS_PER_SMALL_PAGE;
        }
        if (inode.isMapped()) {
            return page.pages() * (dataPageBytes / BLOCK_BYTES);
        }
        return inode.isRegular() && page.size() > 0 ? BLOCKS_PER_SMALL_PAGE : 0;
    }

    private static long directoryPages(final InodePage page) {
        return 1 + page.pages();
    }
}
