package org.dsmfs.engine.membership.cluster;

import org.dsmfs.engine.EngineException;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Whom a node asks for the consensus, and whether it hosts a part of it.
 *
 * @param consensus addresses of the consensus members, as far as they are known
 * @param addresses whom to ask
 * @param isHost    whether this node is one of them
 */
record Contacts(List<String> consensus, List<String> addresses, boolean isHost) {
    /**
     * Brings together what the configuration says and what the node remembers.
     *
     * @param remembered consensus members that the node found last time; they count more than the configuration
     * @param named      nodes to join, by the user
     * @param hasLog     whether the node hosted the consensus before
     * @throws EngineException if there is nobody to ask, or a member of the consensus has another address now
     */
    static Contacts resolve(final ClusterConfig config, final List<String> remembered, final List<String> named,
                            final boolean hasLog) {
        List<String> consensus = remembered.isEmpty() ? config.consensus() : remembered;
        if (hasLog && !consensus.contains(config.address())) {
            if (consensus.size() > 1) {
                throw new EngineException("this node is one of the consensus members " + String.join(", ", consensus)
                    + ": it must listen on its address there, not on " + config.address());
            }
            consensus = List.of(config.address());
        }
        if (consensus.contains(config.address())) {
            return new Contacts(consensus, consensus, true);
        }
        final Set<String> addresses = new LinkedHashSet<>(named);
        addresses.addAll(consensus);
        if (addresses.isEmpty()) {
            throw new EngineException("name a node of the space to join it");
        }
        addresses.forEach(ConsensusEndpoints::check);
        return new Contacts(consensus, List.copyOf(addresses), false);
    }

    /** @return the line for the user when nobody answered */
    String whyNoAnswer(final Duration patience) {
        final String who = String.join(", ", addresses);
        return isHost
            ? "no majority of the consensus members " + who + " within " + patience.toSeconds() + " s: start them all"
            : "no answer from " + who + " within " + patience.toSeconds()
                + " s: name a running node that hosts the consensus of the space";
    }
}
