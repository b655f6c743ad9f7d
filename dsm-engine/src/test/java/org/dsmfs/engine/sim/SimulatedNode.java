package org.dsmfs.engine.sim;

import org.dsmfs.engine.Space;
import org.dsmfs.engine.membership.Membership;
import org.dsmfs.engine.network.Network;
import org.dsmfs.engine.sharing.Sharing;

/** A node that runs in a {@link NodeCluster}, which has its threads call it again and again. */
public interface SimulatedNode {
    /** Starts a node over what its disk holds; it may do no more than that before the others. */
    @FunctionalInterface
    interface Starter {
        SimulatedNode start(Simulation simulation, SimulatedDisk disk, Network network, Membership membership);
    }

    Space space();

    /** @return whether it is up to date with what it knows of the others, and may serve */
    boolean isServing();

    Sharing sharing();

    /** @return whether there was anything to do, here and in the other two */
    boolean doWork();

    boolean pollNetwork();

    boolean syncForOthers();

    /**
     * Takes pages over from nodes that stop.
     *
     * @return whether there was anything to do
     */
    boolean takeOffered();

    /**
     * Has the others take over what this node has.
     *
     * @return whether nothing is left
     */
    boolean handOver();

    /** Has the others take over what this node has, for good. */
    void leave();

    /** Ends it in good order. */
    void close();

    /** Frees memory and nothing else, as if the process had died. */
    void abandon();
}
