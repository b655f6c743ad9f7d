package org.dsmfs.layout;

import java.util.function.Function;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.dsmfs.engine.Neighbours;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.Space;
import org.dsmfs.engine.SpaceStatus;
import org.dsmfs.layout.page.InodePage;
import org.dsmfs.layout.page.PageKind;

/** The filesystem in a space: opens a transaction per operation and leaves the rest to others. */
public final class DsmFileSystem implements FileSystem {
    private final Space space;
    private final OpenInodes open = new OpenInodes();
    private final RecentLookups recentLookups;
    private final Reclaimer reclaimer;
    private final Namespace namespace;
    private final Rename rename;
    private final AttributeOperations attributes;
    private final AccessTime accessTime;
    private final FileOperations files;
    private final Transactions transactions;
    private final OrphanSweep orphanSweep;
    private final TakenReclaims takenReclaims;
    private final LockOperations locks;
    private volatile Revoker revoker;
    /** Touched only by the thread that tells of nodes that come and go. */
    private boolean isTrustUnlimited = true;
    private volatile boolean isClosed;

    private DsmFileSystem(final Space space, final WallClock clock, final AtimePolicy atime) {
        this.space = space;
        recentLookups = new RecentLookups(clock);
        final Orphans orphans = new Orphans(space.neighbours());
        reclaimer = new Reclaimer(open, orphans);
        namespace = new Namespace(open, reclaimer);
        rename = new Rename(namespace);
        attributes = new AttributeOperations(open, reclaimer);
        accessTime = new AccessTime(atime);
        files = new FileOperations(accessTime);
        transactions = new Transactions(space, clock, reclaimer);
        locks = new LockOperations(transactions, space.neighbours());
        orphanSweep = new OrphanSweep(transactions, orphans, space.neighbours());
        takenReclaims = new TakenReclaims(space.neighbours());
    }

    /**
     * Opens the filesystem in the space, or makes one if the space is empty: a root directory of mode 0755. What a
     * crash left without a name is freed.
     *
     * @param founder whom the root directory of a new filesystem belongs to
     * @throws LayoutException if the space holds something else, or a newer version
     * @throws ErrnoException  EIO
     */
    public static DsmFileSystem open(
        final Space space, final WallClock clock, final AtimePolicy atime, final Caller founder) {
        final DsmFileSystem fileSystem = new DsmFileSystem(space, clock, atime);
        final long seed = NameHash.mix(clock.epochNanos());
        final boolean isNew = fileSystem.transactions.call(run -> {
            final boolean isFormatted = Formatter.isFormatted(run.tx());
            if (!isFormatted) {
                Formatter.format(run, seed, founder);
            }
            return !isFormatted;
        });
        space.neighbours().listen(fileSystem.new NeighbourWatch());
        space.neighbours().onChange(fileSystem::neighboursChanged);
        if (!isNew) {
            fileSystem.orphanSweep.trySweep();
        }
        return fileSystem;
    }

    /** Answers for what this node keeps outside the pages. */
    private final class NeighbourWatch implements Neighbours.CopyListener {
        /**
         * An inode's page stands for all its pages, since a change of content, names or extended attributes also sets
         * a time in the inode, in the same transaction.
         */
        @Override
        public boolean release(final long segment, final long page, final Runnable released) {
            final Revoker asked = revoker;
            return asked == null || Segment.kind(segment) != PageKind.INODE.code()
                || asked.revoke(Segment.number(segment), released);
        }

        @Override
        public void lost(final long segment, final long page) {
            if (Segment.kind(segment) == PageKind.LOCK.code()) {
                locks.lost(Segment.number(segment));
            }
        }

        /** An inode is pinned while it is open, or may be about to be. Of locks, the page stands for an era. */
        @Override
        public boolean isPinned(final long segment, final long page) {
            final int kind = Segment.kind(segment);
            return kind == PageKind.INODE.code() && canBeOpenedWithoutName(Segment.number(segment))
                || kind == PageKind.LOCK.code() && locks.isLeftOut(Segment.number(segment), page);
        }

        /** Who asks for an inode is about to free it. */
        @Override
        public boolean answerPinQuery(final long segment, final long page) {
            return isPinned(segment, page)
                || Segment.kind(segment) == PageKind.INODE.code() && takenReclaims.take(Segment.number(segment));
        }
    }

    private boolean canBeOpenedWithoutName(final long ino) {
        return open.isOpen(ino) || recentLookups.contains(ino);
    }

    private void neighboursChanged() {
        limitTrust();
        if (!isClosed) {
            locks.neighboursChanged();
            orphanSweep.trySweep();
        }
    }

    /** The first other node has come, or the last one has gone. */
    private void limitTrust() {
        final boolean wasUnlimited = isTrustUnlimited;
        isTrustUnlimited = trustNs() == Long.MAX_VALUE;
        final Revoker told = revoker;
        if (wasUnlimited && !isTrustUnlimited && told != null) {
            told.shortenTrust();
        }
    }

    @Override
    public void lookup(final long parent, final byte[] name, final Attributes out) {
        answer(out, run -> namespace.lookup(run, parent, name));
    }

    @Override
    public void lookupToOpen(final long parent, final byte[] name, final Attributes out) {
        answer(out, run -> {
            final Inode inode = namespace.lookup(run, parent, name);
            if (!space.neighbours().isAlone()) {
                recentLookups.lookedUp(inode.ino());
            }
            return inode;
        });
    }

    @Override
    public void getAttributes(final long ino, final Attributes out) {
        answer(out, run -> run.inode(ino));
    }

    @Override
    public void setAttributes(
        final Caller caller, final long ino, final AttributeChange change, final Attributes out) {
        final boolean more = transactions.call(run -> {
            final boolean moreToReclaim = attributes.set(run, caller, ino, change);
            AttributeOperations.get(run.inode(ino), out);
            return moreToReclaim;
        });
        transactions.reclaim(more ? ino : 0);
    }

    @Override
    public void mknod(final Caller caller, final long parent, final byte[] name, final int mode, final int rdev,
                      final Attributes out) {
        answer(out, run -> namespace.mknod(run, caller, parent, name, mode, rdev));
    }

    @Override
    public boolean create(final Caller caller, final long parent, final byte[] name, final int mode,
                          final boolean exclusive, final Attributes out) {
        return transactions.call(run -> {
            final Inode existing = exclusive ? null : namespace.lookupFile(run, parent, name);
            final Inode inode = existing != null ? existing : namespace.mknod(run, caller, parent, name,
                FileType.REGULAR | mode & FileType.PERMISSIONS, 0);
            AttributeOperations.get(inode, out);
            run.tx().onCommit(() -> open.opened(inode.ino()));
            return existing == null;
        });
    }

    @Override
    public void createTemporary(final Caller caller, final long parent, final int mode, final Attributes out) {
        transactions.run(run -> {
            final Inode inode = namespace.createTemporary(run, caller, parent, mode);
            AttributeOperations.get(inode, out);
            run.tx().onCommit(() -> open.opened(inode.ino()));
        });
    }

    @Override
    public void mkdir(
        final Caller caller, final long parent, final byte[] name, final int mode, final Attributes out) {
        answer(out, run -> namespace.mkdir(run, caller, parent, name, mode));
    }

    @Override
    public void symlink(
        final Caller caller, final long parent, final byte[] name, final byte[] target, final Attributes out) {
        answer(out, run -> namespace.symlink(run, caller, parent, name, target));
    }

    @Override
    public byte[] readlink(final long ino) {
        return transactions.call(run -> {
            final byte[] target = namespace.readlink(run, ino);
            accessTime.accessed(run, run.inode(ino));
            return target;
        });
    }

    @Override
    public void link(
        final Caller caller, final long ino, final long newParent, final byte[] newName, final Attributes out) {
        answer(out, run -> namespace.link(run, ino, newParent, newName));
    }

    @Override
    public void unlink(final Caller caller, final long parent, final byte[] name) {
        transactions.reclaim(transactions.call(run -> namespace.unlink(run, parent, name)));
    }

    @Override
    public void rmdir(final Caller caller, final long parent, final byte[] name) {
        transactions.reclaim(transactions.call(run -> namespace.rmdir(run, parent, name)));
    }

    @Override
    public void rename(final Caller caller, final long parent, final byte[] name, final long newParent,
                       final byte[] newName, final int flags) {
        transactions.reclaim(
            transactions.call(run -> rename.rename(run, parent, name, newParent, newName, flags)));
    }

    @Override
    public void open(final long ino, final Attributes out) {
        transactions.run(run -> {
            final Inode inode = run.inode(ino);
            if (inode.view().nlink() == 0 && !canBeOpenedWithoutName(ino)) {
                throw Errno.ESTALE.exception();
            }
            AttributeOperations.get(inode, out);
            run.tx().onCommit(() -> open.opened(ino));
        });
    }

    @Override
    public void release(final long ino) {
        final boolean moreToReclaim;
        try {
            moreToReclaim = close(ino);
        } catch (final ErrnoException e) {
            if (e.errno() == Errno.EIO) {
                // The caller is rid of it in any case, and nothing shall keep the file from being freed by others.
                open.released(ino);
                if (!open.isOpen(ino)) {
                    locks.closeLater(ino);
                }
            }
            throw e;
        }
        if (moreToReclaim && recentLookups.contains(ino)) {
            transactions.postponeReclaim(ino);
        } else {
            transactions.reclaim(moreToReclaim ? ino : 0);
        }
    }

    /** @return whether there is more of the inode to reclaim */
    private boolean close(final long ino) {
        return transactions.call(run -> {
            final long users = open.count(ino);
            if (users == 0) {
                throw Errno.EBADF.exception();
            }
            boolean moreToReclaim = false;
            if (users == 1) {
                locks.closed(run, ino);
                // Others may have freed it if this node was down for them.
                final Inode inode = run.inodeOrNull(ino);
                moreToReclaim = inode != null && inode.view().nlink() == 0 && reclaimer.reclaim(run, inode, false);
            }
            run.tx().onCommit(() -> {
                open.released(ino);
                if (users == 1) {
                    locks.forget(ino);
                }
            });
            return moreToReclaim;
        });
    }

    @Override
    public int read(final long ino, final long offset, final MutableDirectBuffer target, final int targetIndex,
                    final int length) {
        return transactions.call(run -> files.read(run, ino, offset, target, targetIndex, length));
    }

    @Override
    public int peek(final long ino, final long offset, final MutableDirectBuffer target, final int targetIndex,
                    final int length) {
        return transactions.call(run -> files.peek(run, ino, offset, target, targetIndex, length));
    }

    @Override
    public boolean accessed(final long ino) {
        return transactions.call(run -> accessTime.accessed(run, run.inode(ino)));
    }

    @Override
    public int write(final Caller caller, final long ino, final long offset, final DirectBuffer source,
                     final int sourceIndex, final int length, final boolean append) {
        return transactions.call(
            run -> files.write(run, caller, ino, offset, source, sourceIndex, length, append));
    }

    @Override
    public void allocate(
        final Caller caller, final long ino, final int mode, final long offset, final long length) {
        FileOperations.requireAllocation(mode, offset, length);
        if ((mode & (FALLOC_PUNCH_HOLE | FALLOC_ZERO_RANGE)) != 0) {
            repeat(first -> transactions.call(run -> files.punch(run, caller, ino, offset, length, first)));
        }
        if ((mode & FALLOC_PUNCH_HOLE) == 0) {
            final boolean keepSize = (mode & FALLOC_KEEP_SIZE) != 0;
            final long freeBytes = availableBytes(space.status());
            repeat(first -> transactions.call(
                run -> files.allocate(run, caller, ino, keepSize, offset, length, first, freeBytes)));
        }
    }

    @Override
    public long seek(final long ino, final long offset, final boolean hole) {
        return transactions.call(run -> new FileContent(run.regularFile(ino)).seek(offset, hole));
    }

    @Override
    public long copyRange(final Caller caller, final long sourceIno, final long sourceOffset, final long targetIno,
                          final long targetOffset, final long length) {
        return transactions.call(
            run -> files.copyRange(run, caller, sourceIno, sourceOffset, targetIno, targetOffset, length));
    }

    @Override
    public void fsync(final long ino) {
        transactions.sync();
    }

    @Override
    public void sync() {
        transactions.sync();
    }

    @Override
    public void readDirectory(final long ino, final long cookie, final EntrySink sink) {
        new DirectoryReader(transactions, accessTime, ino).read(cookie, sink);
    }

    @Override
    public void setXattr(
        final Caller caller, final long ino, final byte[] name, final byte[] value, final int flags) {
        transactions.run(run -> XattrOperations.set(run, caller, ino, name, value, flags));
    }

    @Override
    public byte[] getXattr(final long ino, final byte[] name) {
        return transactions.call(run -> XattrOperations.get(run, ino, name));
    }

    @Override
    public byte[] listXattr(final long ino) {
        return transactions.call(run -> XattrOperations.list(run, ino));
    }

    @Override
    public void removeXattr(final Caller caller, final long ino, final byte[] name) {
        transactions.run(run -> XattrOperations.remove(run, ino, name));
    }

    @Override
    public void getLock(final long ino, final long owner, final LockRange range) {
        locks.find(ino, owner, range);
    }

    @Override
    public boolean setLock(final long ino, final long owner, final LockRange range) {
        return locks.set(ino, owner, range, false);
    }

    @Override
    public boolean awaitLock(final long ino, final long owner, final LockRange range) {
        return locks.set(ino, owner, range, true);
    }

    @Override
    public void stopAwaitingLock(final long ino, final long owner, final LockRange range) {
        locks.stopWaiting(ino, owner, range);
    }

    @Override
    public void dropLocks(final long ino, final long owner) {
        locks.drop(ino, owner);
    }

    @Override
    public boolean setFlock(final long ino, final long owner, final int type) {
        return locks.setFlock(ino, owner, type);
    }

    @Override
    public void onUnlock(final UnlockListener listener) {
        locks.listen(listener);
    }

    @Override
    public void onRevoke(final Revoker newRevoker) {
        revoker = newRevoker;
    }

    @Override
    public long trustNs() {
        return space.neighbours().trustNs();
    }

    @Override
    public FileSystemStatus status() {
        final SpaceStatus status = space.status();
        final long blockSize = space.largePageSize();
        final long available = availableBytes(status);
        final long inodes = status.pagesByKind().getOrDefault(PageKind.INODE.code(), 0L);
        final long inodesFree = available / (InodePage.XATTR_OFFSET + InodePage.XATTR_LENGTH);
        return new FileSystemStatus(blockSize, status.capacityBytes() / blockSize,
            Math.max(0, status.capacityBytes() - status.usedBytes()) / blockSize, available / blockSize,
            inodes + inodesFree, inodesFree, NAME_MAX);
    }

    @Override
    public void tidy() {
        transactions.reclaimPostponed();
        for (long ino = takenReclaims.next(); ino != 0; ino = takenReclaims.next()) {
            transactions.reclaim(ino);
        }
    }

    @Override
    public void close() {
        isClosed = true;
        transactions.run(run -> open.clear());
        orphanSweep.sweep();
        orphanSweep.removeOwnList();
        space.neighbours().listen(null);
        transactions.sync();
    }

    private void answer(final Attributes out, final Function<Run, Inode> operation) {
        transactions.run(run -> AttributeOperations.get(operation.apply(run), out));
    }

    private static void repeat(final Function<Long, Long> step) {
        long page = 0;
        while (page != FileContent.DONE) {
            page = step.apply(page);
        }
    }

    private static long availableBytes(final SpaceStatus status) {
        return Math.max(0, status.capacityBytes() - status.usedBytes() - status.reservedBytes());
    }
}
