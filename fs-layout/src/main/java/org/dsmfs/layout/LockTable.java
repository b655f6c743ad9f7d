package org.dsmfs.layout;

import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.dsmfs.engine.Neighbours;
import org.dsmfs.engine.PageTransaction;
import org.dsmfs.layout.page.DamagedPageException;
import org.dsmfs.layout.page.LockPage;
import org.dsmfs.layout.page.PageKind;

/**
 * The pages with an inode's locks, within one run. They are volatile: if the node that wrote them last dies, they are
 * gone, with the locks of the others too. Each set of pages therefore has an <em>era</em>, and is complete only once it
 * is known that no node has locks that were entered in another era.
 */
final class LockTable {
    private static final int MAX_PAGES = 32;
    private static final int MAX_LOCKS = MAX_PAGES * LockPage.CAPACITY;
    private static final long NO_ERA = 0;

    private final PageTransaction tx;
    private final long segment;
    private final List<Lock> locks = new ArrayList<>();
    private long era = NO_ERA;
    private boolean isComplete;

    private LockTable(final PageTransaction tx, final long ino) {
        this.tx = tx;
        this.segment = PageKind.LOCK.segment(ino);
    }

    /** Reads the pages, without the locks of those that serve no more. */
    static LockTable load(final PageTransaction tx, final long ino, final Neighbours neighbours) {
        final LockTable table = new LockTable(tx, ino);
        table.load();
        table.locks.removeIf(
            lock -> !neighbours.isServing(lock.owner().node(), lock.owner().incarnation()));
        return table;
    }

    /** @return the locks, to be changed */
    List<Lock> locks() {
        return locks;
    }

    /** @return number of the era; 0 if there are no pages */
    long era() {
        return era;
    }

    boolean isPresent() {
        return era != NO_ERA;
    }

    /** @return whether nobody has a lock that is not in the table */
    boolean isComplete() {
        return isComplete;
    }

    /** Begins an era if there is none. It is complete from the start if no other node ever saw these pages. */
    void require() {
        if (!isPresent()) {
            isComplete = !tx.mayBeKnownElsewhere(segment, 0);
            era = tx.allocateNumber();
        }
    }

    /** All other nodes have said that they have no lock of another era. */
    void complete() {
        isComplete = true;
    }

    /** @throws ErrnoException ENOLCK */
    void store() {
        if (locks.size() > MAX_LOCKS) {
            throw Errno.ENOLCK.exception();
        }
        int stored = 0;
        int index = 0;
        do {
            final int count = Math.min(LockPage.CAPACITY, locks.size() - stored);
            final MutableDirectBuffer page = tx.write(segment, index);
            LockPage.initialise(page, count);
            if (index == 0) {
                LockPage.summary(page, locks.size(), era, isComplete);
            }
            for (int i = 0; i < count; i++) {
                final Lock lock = locks.get(stored + i);
                final LockOwner owner = lock.owner();
                LockPage.owner(page, i, owner.id(), owner.node(), owner.incarnation(), lock.pid());
                LockPage.range(page, i, lock.start(), lock.end(), lock.type(), lock.kind());
            }
            stored += count;
            index++;
        } while (stored < locks.size());
        freeFrom(index);
    }

    /** Ends the era. */
    void free() {
        freeFrom(0);
    }

    private void freeFrom(final int first) {
        for (int index = first; tx.exists(segment, index); index++) {
            tx.free(segment, index);
        }
    }

    private void load() {
        int total = 0;
        int index = 0;
        do {
            final DirectBuffer page = tx.read(segment, index);
            if (page == null) {
                // None, or only a part is left: locks that nobody can know are lost, so the era is over.
                locks.clear();
                era = NO_ERA;
                return;
            }
            if (!LockPage.isValid(page)) {
                throw new DamagedPageException(segment, index, "is not a page of locks");
            }
            if (index == 0) {
                total = LockPage.total(page);
                era = LockPage.era(page);
                isComplete = LockPage.isComplete(page);
            }
            for (int i = 0; i < LockPage.count(page); i++) {
                final LockOwner owner =
                    new LockOwner(LockPage.node(page, i), LockPage.incarnation(page, i), LockPage.owner(page, i));
                locks.add(new Lock(owner, LockPage.start(page, i), LockPage.end(page, i), LockPage.pid(page, i),
                    LockPage.type(page, i), LockPage.kind(page, i)));
            }
            index++;
        } while (locks.size() < total && index < MAX_PAGES);
    }
}
