package org.dsmfs.engine.network;

/** The streams between two nodes, in the order in which they are drained, so that answers never wait for requests. */
public enum Stream {
    /** Whatever ends a wait. */
    RESPONSE,
    /** From responsible nodes. */
    FORWARD,
    /** To responsible nodes. */
    REQUEST,
    /** Large pages, which nothing else shall have to wait for. */
    BULK;

    /** All, in draining order. */
    public static final Stream[] VALUES = values();
}
