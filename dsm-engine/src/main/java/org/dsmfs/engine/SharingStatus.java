package org.dsmfs.engine;

import org.dsmfs.engine.membership.View;

import java.util.Map;

/**
 * A snapshot of how a node shares its space with others. Counts are since the start of the node.
 *
 * @param view             the newest configuration that is known here
 * @param waitingFor       in words whom this node waits for before it serves; empty if it serves
 * @param copies           pages that are here, or on their way, and that others have too or are responsible for
 * @param ownedCopies      those of them that are the newest version, to be given to others from here
 * @param sharedPages      pages that this node is responsible for and others may have
 * @param delegatedPages   pages that other nodes are responsible for than their addresses say
 * @param operations       operations that have run
 * @param waitedOperations those of them that needed a page from another node
 * @param messagesSent     messages to other nodes, by the title of their type
 */
public record SharingStatus(
    View view,
    String waitingFor,
    long copies,
    long ownedCopies,
    long sharedPages,
    long delegatedPages,
    long operations,
    long waitedOperations,
    Map<String, Long> messagesSent) {
}
