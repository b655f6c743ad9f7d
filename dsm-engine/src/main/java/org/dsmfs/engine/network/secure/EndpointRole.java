package org.dsmfs.engine.network.secure;

/**
 * Which end of Aeron's streams an endpoint is. Sessions exist only between different roles, so nobody can make an
 * endpoint talk to itself.
 */
enum EndpointRole {
    /** Has publications: sends data, receives status. */
    SENDER(1),
    /** Has subscriptions: receives data, sends status. */
    RECEIVER(2);

    /** Frozen: part of the wire format. */
    final byte code;

    EndpointRole(final int code) {
        this.code = (byte) code;
    }

    EndpointRole other() {
        return this == SENDER ? RECEIVER : SENDER;
    }
}
