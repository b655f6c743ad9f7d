package org.dsmfs.engine.coherence;

import java.util.ArrayDeque;
import java.util.Queue;

/** What the responsible node does for a page right now; exists only while there is something. */
final class Service {
    /** Changed by {@link OwnershipProtocol} only, at one place. */
    ServiceState state = ServiceState.IDLE;
    /** Node whose request is being served. */
    int requester;
    /** Number of that request. */
    long seq;
    /** The requester has the newest version already. */
    boolean upgrade;
    /** Nodes whose InvAck is awaited. Invariant: empty unless INVALIDATING. */
    final NodeSet awaited = new NodeSet();
    /** Requests to be served after this one. At most one per node. */
    final Queue<Message> queue = new ArrayDeque<>(2);
}
