package org.dsmfs.layout;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.dsmfs.engine.Neighbours;
import org.dsmfs.layout.FileSystem.UnlockListener;
import org.dsmfs.layout.Locks.Outcome;
import org.dsmfs.layout.WaitTable.Wait;
import org.dsmfs.layout.page.PageKind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The locks of all inodes, as one node takes part in them.
 *
 * <p><b>No lost wake-up.</b> A request that is denied has read the inode's lock pages in the run that denied it, so
 * they are readable here at the end of the run. A release changes them: on this node, which tells the listener then; or
 * on another one, which takes this node's copy away first, and the listener is told of that. A request that is to be
 * denied by a node that then dies is tried again when the nodes have changed, or when the pages are lost with the node.
 *
 * <p><b>No lock is granted twice, even if a node dies.</b> The pages may be lost with the node that wrote them last.
 * Each node remembers its own locks and the era they were entered in, and enters them again whenever it finds another
 * era, at the latest when it hears of the change. Before the first lock of an era is granted anywhere, all nodes are
 * asked whether they have locks that are not in it, unless no other node ever saw the pages. While any has, they are
 * asked again, and in the end the lock is denied; it enters them, which changes the pages, and so those that wait try
 * again. A node that entered all its locks in this era can't come to have others: for that the pages would have to be
 * lost, and the era over. Locks of a start of a node that serves no more don't count.
 *
 * <p><b>A node that was down has lost its locks,</b> since others may have been granted them meanwhile, but for those
 * that are in the pages still.
 */
final class LockOperations {
    private static final Logger LOG = LoggerFactory.getLogger(LockOperations.class);
    private static final long NO_ERA = 0;
    /**
     * Whoever has locks that are not in an era enters them of itself, in some milliseconds; but it may have to wait until
     * a node that it can't reach stands aside. This is longer than that takes.
     */
    private static final int MOST_QUESTIONS = 1000;

    private final Transactions transactions;
    private final Neighbours neighbours;
    private final OwnLocks own = new OwnLocks();
    private final OverdueReleases overdue;
    private final List<UnlockListener> listeners = new CopyOnWriteArrayList<>();

    /**
     * What is asked for.
     *
     * @param isUnlock   whether it can only give up locks
     * @param wanted     what a caller that waits for it waits for; null for flock(2) and what does not wait
     * @param isLongWait whether the wait is to be entered where others see it, unless it would never end
     */
    private record Request(
        long ino, boolean isUnlock, Wait wanted, boolean isLongWait, Function<Locks, Outcome> change) {
    }

    /**
     * What came of one run.
     *
     * @param outcome    null if it is not known before the others are asked about the era
     * @param isDeadlock whether to wait would never end
     */
    private record Attempt(Outcome outcome, long era, boolean isDeadlock) {
    }

    LockOperations(final Transactions transactions, final Neighbours neighbours) {
        this.transactions = transactions;
        this.neighbours = neighbours;
        this.overdue = new OverdueReleases(neighbours::pause);
    }

    void listen(final UnlockListener listener) {
        listeners.add(listener);
    }

    void find(final long ino, final long id, final LockRange range) {
        transactions.run(run -> {
            run.inode(ino);
            new Locks(load(run, ino).locks()).find(owner(id), range);
        });
    }

    /**
     * @param isLongWait whether to look for a deadlock, and to let others find it, if the lock is denied
     * @throws ErrnoException EDEADLK, ENOLCK
     */
    boolean set(final long ino, final long id, final LockRange range, final boolean isLongWait) {
        overdue.catchUp(ino);
        return isGranted(new Request(ino, range.type == LockRange.UNLOCKED, Wait.of(ino, owner(id), range), isLongWait,
            locks -> locks.set(owner(id), range)));
    }

    boolean setFlock(final long ino, final long id, final int type) {
        final boolean isUnlock = type == LockRange.UNLOCKED;
        final Request request = new Request(ino, isUnlock, null, false, locks -> locks.setFlock(owner(id), type));
        overdue.catchUp(ino);
        if (isUnlock) {
            overdue.release(ino, () -> isGranted(request));
            return true;
        }
        return isGranted(request);
    }

    void drop(final long ino, final long id) {
        final Request request = new Request(ino, true, null, false, locks -> locks.drop(owner(id)));
        overdue.release(ino, () -> isGranted(request));
    }

    void stopWaiting(final long ino, final long id, final LockRange range) {
        final Wait wait = Wait.of(ino, owner(id), range);
        transactions.run(run -> {
            final List<Wait> waits = new ArrayList<>(own.waits());
            if (waits.remove(wait)) {
                WaitTable.store(run.tx(), neighbours.node(), neighbours.incarnation(), waits);
                run.tx().onCommit(() -> own.waits(waits));
            }
        });
    }

    /** Within the operation that closes the inode for the last time on this node: drops this node's locks. */
    void closed(final Run run, final long ino) {
        if (own.of(ino) == null) {
            return;
        }
        final LockTable table = LockTable.load(run.tx(), ino, neighbours);
        final boolean held = table.locks().removeIf(this::isOwn);
        if (table.locks().isEmpty()) {
            table.free();
        } else if (held) {
            table.store();
        }
    }

    /** The operation that {@link #closed} was part of has ended. */
    void forget(final long ino) {
        own.forget(ino);
    }

    /** The inode is not open any more, but {@link #closed} could not be done. */
    void closeLater(final long ino) {
        overdue.add(ino, () -> {
            transactions.run(run -> closed(run, ino));
            own.forget(ino);
        });
    }

    /** Nodes have come or gone: their pages and locks may have, too. First what others may be waiting for. */
    void neighboursChanged() {
        for (final long ino : own.locked()) {
            try {
                transactions.run(run -> {
                    final LockTable table = load(run, ino);
                    if (isLeftOut(ino, table.era())) {
                        enter(run, ino, table);
                    } else {
                        review(run, ino, table);
                    }
                });
            } catch (final ErrnoException e) {
                LOG.warn("locks of inode {} are entered again when they are next used: {}", ino, e.errno());
            }
        }
        enterWaits();
        for (final long ino : overdue.inos()) {
            try {
                overdue.tryCatchUp(ino);
            } catch (final ErrnoException e) {
                LOG.warn("locks of inode {} are released when its pages are in reach: {}", ino, e.errno());
            }
        }
        own.denied().forEach(this::unlocked);
    }

    /** What this node has entered is not in the pages any more if others took it for dead meanwhile. */
    private void review(final Run run, final long ino, final LockTable table) {
        final OwnLocks.Entered left = entered(table);
        run.tx().onCommit(() -> {
            if (own.keepOnly(ino, left)) {
                LOG.warn("locks of inode {} are lost: this node was down for the others", ino);
            }
        });
    }

    /** The page with this node's waits may be lost. */
    private void enterWaits() {
        if (own.waits().isEmpty()) {
            return;
        }
        try {
            transactions.run(
                run -> WaitTable.store(run.tx(), neighbours.node(), neighbours.incarnation(), own.waits()));
        } catch (final ErrnoException e) {
            LOG.warn("others do not see what this node waits for until that changes: {}", e.errno());
        }
    }

    /** This node can't read a lock page any more. Does not block. */
    void lost(final long ino) {
        if (own.wasDenied(ino)) {
            unlocked(ino);
        }
    }

    /** @return whether this node has locks that were not entered in this era of the inode's locks */
    boolean isLeftOut(final long ino, final long era) {
        return own.isLeftOut(ino, era, neighbours.upSince());
    }

    private boolean isGranted(final Request request) {
        if (request.isUnlock && own.of(request.ino) == null) {
            return true;
        }
        Attempt attempt = transactions.call(run -> attempt(run, request, NO_ERA));
        for (int questions = 1; attempt.outcome == null; questions++) {
            final long era = attempt.era;
            final boolean isAnyLeftOut = transactions.isPinnedElsewhere(PageKind.LOCK.segment(request.ino), era);
            if (isAnyLeftOut && questions == MOST_QUESTIONS) {
                return false;
            }
            if (isAnyLeftOut) {
                neighbours.pause();
            }
            attempt = transactions.call(run -> attempt(run, request, isAnyLeftOut ? NO_ERA : era));
        }
        if (attempt.outcome.isReleased()) {
            unlocked(request.ino);
        }
        if (attempt.isDeadlock) {
            throw Errno.EDEADLK.exception();
        }
        return attempt.outcome.isGranted();
    }

    /** @param confirmedEra of which all others have said that they have no locks outside it */
    private Attempt attempt(final Run run, final Request request, final long confirmedEra) {
        run.inode(request.ino);
        if (!own.wasDenied(request.ino)) {
            // What is granted changes the page. Who may be denied again only reads: they would take it from each other.
            run.tx().wantToWrite(PageKind.LOCK.segment(request.ino), 0);
        }
        final LockTable table = load(run, request.ino);
        final long eraInPages = table.era();
        table.require();
        if (table.era() == confirmedEra) {
            table.complete();
        }
        if (!request.isUnlock && !table.isComplete()) {
            enter(run, request.ino, table);
            run.tx().onCommit(() -> own.denied(request.ino));
            return new Attempt(null, table.era(), false);
        }
        final Outcome outcome = request.change.apply(new Locks(table.locks()));
        final boolean isDeadlock = request.isLongWait && !outcome.isGranted()
            && new DeadlockSearch(run.tx(), neighbours).wouldDeadlock(request.wanted.lock(), table.locks());
        final List<Wait> waits = waitsAfter(request, outcome, isDeadlock);
        if (!waits.equals(own.waits())) {
            WaitTable.store(run.tx(), neighbours.node(), neighbours.incarnation(), waits);
        }
        if (outcome != Outcome.DENIED || eraInPages != table.era()) {
            enter(run, request.ino, table);
        }
        run.tx().onCommit(() -> {
            own.waits(waits);
            if (!outcome.isGranted()) {
                own.denied(request.ino);
            }
        });
        return new Attempt(outcome, table.era(), isDeadlock);
    }

    /** @return the waits that the others shall see after the request */
    private List<Wait> waitsAfter(final Request request, final Outcome outcome, final boolean isDeadlock) {
        final List<Wait> waits = new ArrayList<>(own.waits());
        if (outcome.isGranted() || isDeadlock) {
            waits.remove(request.wanted);
        } else if (request.isLongWait && !waits.contains(request.wanted)) {
            waits.add(request.wanted);
        }
        return waits;
    }

    /** @return the inode's locks, with those of this node even if they are not in the pages, but not yet stored */
    private LockTable load(final Run run, final long ino) {
        final LockTable table = LockTable.load(run.tx(), ino, neighbours);
        if (isLeftOut(ino, table.era())) {
            table.require();
            table.locks().addAll(own.of(ino).locks());
        }
        return table;
    }

    private void enter(final Run run, final long ino, final LockTable table) {
        table.store();
        final OwnLocks.Entered entered = entered(table);
        run.tx().onCommit(() -> own.entered(ino, entered));
    }

    private OwnLocks.Entered entered(final LockTable table) {
        return new OwnLocks.Entered(
            table.era(), neighbours.upSince(), table.locks().stream().filter(this::isOwn).toList());
    }

    private boolean isOwn(final Lock lock) {
        return lock.isFrom(neighbours.node(), neighbours.incarnation());
    }

    private LockOwner owner(final long id) {
        return new LockOwner(neighbours.node(), neighbours.incarnation(), id);
    }

    private void unlocked(final long ino) {
        listeners.forEach(listener -> listener.unlocked(ino));
    }
}
