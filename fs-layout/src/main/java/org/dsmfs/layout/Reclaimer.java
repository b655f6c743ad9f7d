package org.dsmfs.layout;

import org.dsmfs.layout.page.InodePage;
import org.dsmfs.layout.page.PageKind;

/**
 * Gives back what inodes no longer need, in steps small enough for a transaction each.
 *
 * <p>An inode lives while it has a name, or <em>any</em> node has it open. Each node knows only what is open on itself,
 * so an inode that has lost its last name is freed in one of two ways. If no other node can ever have seen its page,
 * the transaction that takes the last name, or the last local close, frees it; this sends nothing. Otherwise it becomes
 * an orphan, and once that is committed all others are asked whether it is open there (its page is <em>pinned</em>). If
 * nowhere, it is freed. If somewhere, it stays, and whoever closes it there does the same. Why this is right:
 * <ul>
 * <li>To open registers the inode in the same transaction that reads its page, and fails if there is no link and it is
 *     not open on that node already. To close takes the registration back in a transaction that reads the page, too.
 *     {@link Namespace#link} gives a first name only to what is open on its own node. So once there is no link, the set
 *     of nodes that have it open can only shrink, and when it is empty, nothing can bring the inode back.
 * <li>Never too early: an open that was committed before the last name went is registered before anyone asks, so the
 *     answer is yes; one that comes later fails.
 * <li>Never forgotten: let B be the last to close, in a transaction after the one that took the last name. B sees that
 *     there is no link, and asks after that; all the others have closed before, so the answer is no. If two close at
 *     the same time, both may find that nobody has it open; both then free it, and the second finds nothing to free. If
 *     B closed before the last name went, B is not what keeps it, and who took the name asks.
 * <li>What a node has looked up for somebody who is about to open it ({@link RecentLookups}) counts as open there for a
 *     moment, from the same transaction on that found the name. A node that has only done that frees nothing, so who
 *     took the last name, and hears that the inode is in use, asks again when such moments have passed
 *     ({@link PostponedReclaims}). Who opens it until then is the one to free it.
 * <li>Who owns much of the content says that the inode is in use as well, and frees it itself ({@link TakenReclaims}).
 *     It asks the others before, as the first one did; and who took the last name asks again here, too.
 * <li>If a node dies, what it had open does not count, and what it was about to do is in its list of orphans: after
 * each change of the nodes the others go through the lists of those that are gone, and each node through its own, and
 * ask again.
 * </ul>
 */
final class Reclaimer {
    private final OpenInodes open;
    private final Orphans orphans;

    Reclaimer(final OpenInodes open, final Orphans orphans) {
        this.open = open;
        this.orphans = orphans;
    }

    /** What is left to do for an inode. */
    enum Rest {
        /** Nothing. */
        NOTHING,
        /** More pages are to be freed. */
        MORE,
        /** It is to be freed unless it is open on another node. */
        UNLESS_OPEN_ELSEWHERE
    }

    /**
     * {@link #reclaim(Run, Inode, boolean)} of an inode that others may have freed meanwhile.
     *
     * @param isOpenNowhereElse what all others said after the inode lost its last name
     */
    Rest reclaim(final Run run, final long ino, final boolean isOpenNowhereElse) {
        final Inode inode = run.inodeOrNull(ino);
        return inode == null ? Rest.NOTHING : reclaim(run, inode, open.isOpen(ino), isOpenNowhereElse);
    }

    /**
     * Frees an inode that has neither name nor user, or data pages that were cut off; lists the inode as an orphan as
     * long as it must be found after a crash.
     *
     * @param isOpen whether the inode has a user on this node after this operation
     * @return whether there is more to do, in further runs of {@link #reclaim(Run, long, boolean)}
     */
    boolean reclaim(final Run run, final Inode inode, final boolean isOpen) {
        return reclaim(run, inode, isOpen, false) != Rest.NOTHING;
    }

    private Rest reclaim(final Run run, final Inode inode, final boolean isOpen, final boolean isOpenNowhereElse) {
        run.tx().useReserve();
        final boolean isUnused = inode.view().nlink() == 0 && !isOpen;
        final boolean isRemoved = isUnused
            && (isOpenNowhereElse || !run.tx().mayBeKnownElsewhere(PageKind.INODE.segment(inode.ino()), 0));
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
            return Rest.NOTHING;
        }
        final boolean mustBeListed = inode.view().nlink() == 0 || !isTrimmed;
        if (mustBeListed && !isListed) {
            orphans.add(run, inode);
        } else if (!mustBeListed && isListed) {
            Orphans.remove(run, inode);
        }
        if (!isTrimmed) {
            return Rest.MORE;
        }
        return isUnused ? Rest.UNLESS_OPEN_ELSEWHERE : Rest.NOTHING;
    }
}
