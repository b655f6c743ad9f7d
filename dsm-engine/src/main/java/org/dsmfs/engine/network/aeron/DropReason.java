package org.dsmfs.engine.network.aeron;

/** Why something that came was not delivered. */
public enum DropReason {
    /** Too short, a wrong length, an unknown type, or not the node that the session belongs to. */
    MALFORMED,
    /** Another version of the format. */
    VERSION,
    /** A node of another space. */
    SPACE,
    /** Meant for another node, or another start of this one. */
    NOT_FOR_US,
    /** From a node that is no peer, or another start of it. */
    UNKNOWN_PEER,
    /** Sent before a connection broke. */
    STALE
}
