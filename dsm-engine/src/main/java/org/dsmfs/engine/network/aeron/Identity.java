package org.dsmfs.engine.network.aeron;

import org.dsmfs.engine.EngineException;

/**
 * Who a node is to its peers.
 *
 * @param node        its number, 0..{@link AeronNetwork#MAX_NODE}
 * @param incarnation starts of it so far, 1..
 * @param space       digest of the space's identity; messages of other spaces are not delivered
 */
public record Identity(int node, int incarnation, long space) {
    /** @throws EngineException naming the value that is out of range */
    public Identity {
        if (node < 0 || node > AeronNetwork.MAX_NODE || incarnation < 1) {
            throw new EngineException("node number " + node + ", incarnation " + incarnation + " is out of range");
        }
    }
}
