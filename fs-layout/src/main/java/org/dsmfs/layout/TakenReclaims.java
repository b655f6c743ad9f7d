package org.dsmfs.layout;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.dsmfs.engine.Neighbours;
import org.dsmfs.layout.page.PageKind;

/**
 * Orphans that another node is about to free, but that have much content which this node owns. To free a page is to own
 * it first, so it would all go over the network for nothing; this node frees them instead. Thread-safe.
 */
final class TakenReclaims {
    /** Data page whose owner frees the file. One that has no such page costs less to move than to leave to another. */
    static final long DECIDING_PAGE = 2;

    private final Neighbours neighbours;
    private final Queue<Long> taken = new ConcurrentLinkedQueue<>();

    TakenReclaims(final Neighbours neighbours) {
        this.neighbours = neighbours;
    }

    /**
     * Another node is going to free the inode if nobody uses it. Does not block.
     *
     * @return whether this node will see to it instead
     */
    boolean take(final long ino) {
        final boolean isWorthIt = neighbours.isOwner(PageKind.DATA.segment(ino), DECIDING_PAGE);
        if (isWorthIt) {
            taken.add(ino);
        }
        return isWorthIt;
    }

    /** @return the inode number of one that is to be reclaimed here now; 0 if there is none */
    long next() {
        final Long ino = taken.poll();
        return ino == null ? 0 : ino;
    }
}
