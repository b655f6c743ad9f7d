package org.dsmfs.engine.sim;

import org.dsmfs.engine.Space;

import java.util.List;

/** Nodes that share a space in a {@link Simulation}. */
public interface SimulatedCluster extends AutoCloseable {
    /** @return numbers of the nodes, in order */
    List<Integer> nodes();

    /** @return the space as the node sees it */
    Space space(int node);

    /** Has a client share the node's fate. */
    void add(int node, SimulatedThread client);

    /** Frees the nodes' memory; the simulation is to be closed before. */
    @Override
    void close();
}
