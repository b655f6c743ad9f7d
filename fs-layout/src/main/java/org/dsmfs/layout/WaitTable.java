package org.dsmfs.layout;

import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.dsmfs.engine.PageTransaction;
import org.dsmfs.layout.page.DamagedPageException;
import org.dsmfs.layout.page.PageKind;
import org.dsmfs.layout.page.WaitPage;

/** The pages in which a node says what its processes have been waiting for, so that others find deadlocks. */
final class WaitTable {
    private static final int MAX_PAGES = 32;
    private static final int MAX_WAITS = MAX_PAGES * WaitPage.CAPACITY;

    private WaitTable() {
    }

    /**
     * A request that waits.
     *
     * @param ino  inode number of the file
     * @param lock what is wanted of it; its pid is 0
     */
    record Wait(long ino, Lock lock) {
        static Wait of(final long ino, final LockOwner owner, final LockRange range) {
            return new Wait(ino, new Lock(owner, range.start, range.end, 0, range.type, Lock.RANGE));
        }
    }

    static List<Wait> load(final PageTransaction tx, final int node) {
        final List<Wait> waits = new ArrayList<>();
        final long segment = PageKind.WAIT.segment(node);
        for (int index = 0; index < MAX_PAGES; index++) {
            final DirectBuffer page = tx.read(segment, index);
            if (page == null) {
                break;
            }
            if (!WaitPage.isValid(page)) {
                throw new DamagedPageException(segment, index, "is not a page of waits");
            }
            for (int i = 0; i < WaitPage.count(page); i++) {
                final LockOwner owner = new LockOwner(node, WaitPage.incarnation(page), WaitPage.owner(page, i));
                waits.add(new Wait(WaitPage.ino(page, i), new Lock(owner, WaitPage.start(page, i),
                    WaitPage.end(page, i), 0, WaitPage.type(page, i), Lock.RANGE)));
            }
            if (WaitPage.count(page) < WaitPage.CAPACITY) {
                break;
            }
        }
        return waits;
    }

    /**
     * Writes all waits of this node.
     *
     * @throws ErrnoException ENOLCK if there are too many
     */
    static void store(final PageTransaction tx, final int node, final int incarnation, final List<Wait> waits) {
        if (waits.size() > MAX_WAITS) {
            throw Errno.ENOLCK.exception();
        }
        final long segment = PageKind.WAIT.segment(node);
        int stored = 0;
        int index = 0;
        for (; stored < waits.size(); index++) {
            final int count = Math.min(WaitPage.CAPACITY, waits.size() - stored);
            final MutableDirectBuffer page = tx.write(segment, index);
            WaitPage.initialise(page, count, incarnation);
            for (int i = 0; i < count; i++) {
                final Wait wait = waits.get(stored + i);
                final Lock lock = wait.lock();
                WaitPage.entry(page, i, lock.owner().id(), wait.ino(), lock.start(), lock.end(), lock.type());
            }
            stored += count;
        }
        for (; tx.exists(segment, index); index++) {
            tx.free(segment, index);
        }
    }
}
