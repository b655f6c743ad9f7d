package org.dsmfs.engine.membership.cluster;

import org.dsmfs.engine.EngineException;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Whom a node asks for the consensus, and whether it hosts a part of it.
 *
 * @param consensus addresses of the consensus members in their order, none if they are unknown
 * @param named     addresses of nodes that may be such members, to be asked one after the other
 * @param isHost    whether this node is one of the members
 */
record Contacts(List<String> consensus, List<String> named, boolean isHost) {
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
            if (hasLog && !named.isEmpty() && Collections.disjoint(named, consensus)) {
                throw new EngineException("the store is a part of the space whose consensus members are "
                    + String.join(", ", consensus) + ", not of " + String.join(", ", named)
                    + "'s: name a new store with --store, or leave --join out");
            }
            return new Contacts(consensus, List.of(), true);
        }
        if (named.isEmpty() && consensus.isEmpty()) {
            throw new EngineException("name a node of the space to join it");
        }
        named.forEach(ConsensusEndpoints::check);
        return new Contacts(consensus, List.copyOf(named), false);
    }

    /** @return those who have to answer, in words */
    String whom() {
        return (isHost ? "a majority of the consensus members " : "an answer from ") + addresses();
    }

    private String addresses() {
        final Set<String> all = new LinkedHashSet<>(named);
        all.addAll(consensus);
        return String.join(", ", all);
    }

    /** @return the line for the user when nobody answered */
    String whyNoAnswer(final Duration patience) {
        return isHost
            ? "no majority of the consensus members " + addresses() + " within " + patience.toSeconds()
                + " s: start them all"
            : "no answer from " + addresses() + " within " + patience.toSeconds() + " s: name a running node that "
                + "hosts the consensus of the space, and give all nodes the same cluster key, or none";
    }
}
