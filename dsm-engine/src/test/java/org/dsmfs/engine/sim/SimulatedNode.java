package org.dsmfs.engine.sim;

import org.dsmfs.engine.Space;
import org.dsmfs.engine.membership.Membership;
import org.dsmfs.engine.network.Network;

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

    /** @return whether there was anything to do, here and in the other two */
    boolean doWork();

    boolean pollNetwork();

    boolean syncForOthers();

    /** Frees memory and nothing else, as if the process had died. */
    void abandon();
}
