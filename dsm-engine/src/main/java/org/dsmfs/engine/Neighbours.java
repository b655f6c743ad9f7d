package org.dsmfs.engine;

import java.util.Optional;

/**
 * This node among those that share the space, for callers that keep something outside the pages that depends on them:
 * caches, waits, open files. Thread-safe.
 */
public interface Neighbours {
    /** Told of what happens to this node's copies of pages. */
    interface CopyListener {
        /**
         * Another node wants to write a page that is readable here. Whatever was derived from it must be given up
         * first. Called while the core is locked: must not block, run an operation, or call {@code released} itself.
         *
         * @param released to be run, by any thread that holds no lock, when it is given up; until then the other node
         *     waits and operations here go on using the page, from its return on they do not
         * @return true if there is nothing to give up: {@code released} is not needed then
         */
        boolean release(long segment, long page, Runnable released);

        /**
         * This node can't read the page any more without asking others: it was taken away, evicted, or is gone with a
         * node. Whoever wants to know of its next change has to read it again. Called while the core is locked: must
         * not block or run an operation.
         */
        void lost(long segment, long page);

        /** @return whether something here still uses the page, though nothing may lead to it; must not block */
        boolean isPinned(long segment, long page);

        /**
         * Another node asks {@link Neighbours#isPinnedElsewhere}. Must not block.
         *
         * @return whether the page is pinned; true as well if this node is going to do what the other one would if it
         *     were not
         */
        boolean answerPinQuery(long segment, long page);
    }

    /** @return number of this node, 0..1023; 0 if it is alone */
    int node();

    /** @return whether no other node can ever share the space with this start of the node */
    default boolean isAlone() {
        return false;
    }

    /** @return starts of this node so far, this one included, 1.. */
    int incarnation();

    /**
     * @return the epoch since which this node has not been down for the others, as far as is known here: what it left
     *     in pages before may be gone, or have been taken for a dead node's; 0 if it is alone
     */
    long upSince();

    /** @return whether this start of a node is part of the space and serves, as far as is known here */
    boolean isServing(int node, int incarnation);

    /**
     * @return for how long an answer holds even if this node stands still from now on, since no other node takes its
     *     place so soon; Long.MAX_VALUE while there is no other node. Nanoseconds
     */
    long trustNs();

    /** Sets who is told; null for nobody. At most one. */
    void listen(CopyListener listener);

    /** Has the runnable run, on a thread of the engine's that may block, after nodes have come or gone. */
    void onChange(Runnable listener);

    /**
     * Asks all other nodes whether something there pins the page; waits for the answers. A node that is down pins
     * nothing.
     *
     * @throws PageUnavailableException if answers are missing after some seconds, and nobody is known to be down
     */
    boolean isPinnedElsewhere(long segment, long page);

    /** Waits some milliseconds, so that other nodes can do what the caller is going to ask for once more. */
    void pause();

    /** @return whether the page exists and this node owns it, so that others can have it only from here */
    boolean isOwner(long segment, long page);

    /** @return a snapshot of how pages are shared; empty if this node is alone for good */
    Optional<SharingStatus> status();

    /** Those of a node that is alone. */
    static Neighbours none(final int incarnation) {
        return new Alone(incarnation);
    }
}
