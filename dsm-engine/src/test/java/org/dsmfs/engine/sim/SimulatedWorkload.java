package org.dsmfs.engine.sim;

import org.dsmfs.engine.Space;

import java.util.List;

/** What clients do in a simulated cluster, and what must be true of it. */
public interface SimulatedWorkload {
    /**
     * A node has started, for the first time or again.
     *
     * @return its clients; called on a thread of the simulation
     */
    List<SimulatedThread> start(int node, Space space);

    /** Ends a node's clients. Returns when they are gone; called on a thread of the simulation. */
    void stop(int node);

    /** A node's process is gone, its clients with it. */
    void crashed(int node);

    /** That node is there again. @param endLsn where the log ended that it found */
    void recovered(int node, long endLsn);

    /** A node can't go on with the others: from now on calls on any node may give up. */
    void standsAside();

    /** A node that stands still is down for the others from now on. */
    default void down(final int node) {
    }

    /**
     * A node that was down is up again.
     *
     * @param awaitUp returns when it serves, and so everybody knows
     */
    default void up(final int node, final Runnable awaitUp) {
        awaitUp.run();
    }

    /** @return a client that looks at everything from a node */
    SimulatedThread startLastLook(int node);

    /**
     * Looks at what is left when all clients are gone; called on a thread of the simulation.
     *
     * @param nodes the space as each node sees it
     * @throws AssertionError if that is not what it should be
     */
    default void examine(final List<Space> nodes) {
    }

    /** @throws AssertionError if what the clients saw does not fit together */
    void check();
}
