package org.dsmfs.engine.membership.cluster;

import org.dsmfs.engine.membership.JoinRefusedException.Reason;
import org.dsmfs.engine.membership.View;

import java.util.List;
import java.util.UUID;

/** What nodes and the configuration log say to each other. {@link MessageFormat} has the bytes. */
sealed interface ConfigurationMessage {
    /** Zero where no space is meant. */
    UUID ANY_SPACE = new UUID(0, 0);
    /** Number of a node that is none. */
    int NO_MEMBER = -1;

    /** From a node to the log. */
    sealed interface Command extends ConfigurationMessage {
    }

    /** From the log to a node. */
    sealed interface Answer extends ConfigurationMessage {
    }

    /**
     * A node started, or comes back after its lease had ended.
     *
     * @param incarnation   starts of the node so far; 0 if it has no store yet and only asks what the space is
     * @param correlation   comes back with the answer
     * @param founds        whether the space is created if there is none
     * @param spaceId       the space that the node is a part of, {@link #ANY_SPACE} if it is new
     * @param dataPageBytes size of large pages, of the node's store or of the space to create; 0 for the space's
     */
    record Join(long correlation, boolean founds, UUID spaceId, UUID nodeId, int incarnation, int dataPageBytes,
                String address) implements Command {
    }

    /** Messages to a node may be lost. @param epoch of the sender's view: a later epoch has dealt with it already */
    record Suspect(int node, long epoch) implements Command {
    }

    /** The node stops now. @param holdsNothing whether others have taken over everything that it had */
    record Stop(long correlation, boolean holdsNothing) implements Command {
    }

    /** The node leaves for good. */
    record Leave(long correlation, int heir) implements Command {
    }

    /**
     * The node is a member.
     *
     * @param node          its number; {@link #NO_MEMBER} if it only asked
     * @param dataPageBytes size of large pages in this space
     * @param consensus     addresses of the nodes that host the log
     */
    record Joined(long correlation, int node, UUID spaceId, int dataPageBytes, List<String> consensus, View view)
        implements Answer {
    }

    /** The command had no effect. */
    record Refused(long correlation, Reason reason, String text) implements Answer {
    }

    /** The command has had its effect. */
    record Done(long correlation) implements Answer {
    }

    /** There is a new view. */
    record NewView(View view) implements Answer {
    }
}
