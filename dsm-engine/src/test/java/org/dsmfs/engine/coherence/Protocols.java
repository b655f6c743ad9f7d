package org.dsmfs.engine.coherence;

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

    default OwnershipProtocol ownerships(final int node) {
        return new OwnershipProtocol(node, OwnershipTable.PROTOCOL, WINDOW);
    }
}
