package org.dsmfs.engine.coherence;

import java.util.function.IntPredicate;

/** Makes the protocol objects that are explored. */
interface Protocols {
    /** The classes that ship. */
    Protocols SHIPPED = new Protocols() {
    };

    /** Small enough to be cheap, large enough for all requests of an exploration. */
    int WINDOW = 64;

    default CopyProtocol copies(final int node) {
        return new CopyProtocol(node, CopyTable.PROTOCOL, WINDOW);
    }

    default OwnershipProtocol ownerships(final int node, final IntPredicate isUp) {
        return new OwnershipProtocol(node, OwnershipTable.PROTOCOL, WINDOW, isUp);
    }
}
