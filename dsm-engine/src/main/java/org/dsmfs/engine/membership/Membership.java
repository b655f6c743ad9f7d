package org.dsmfs.engine.membership;

import java.util.function.Consumer;

/**
 * Port to the configuration of the space: who is a member, who serves, who is responsible for which partition. A node
 * that joins for the first time gets a number and one unused partition for itself (partition 0 is the first node's: it
 * has whatever is at static addresses). While a node is down another one that is up stands in for its partitions; when
 * it returns it gets them back. Each change is a new {@link View} with a higher epoch.
 */
public interface Membership extends AutoCloseable {
    /** @return number of this node */
    int node();

    /** @return the newest view that is known here */
    View view();

    /** Has each new view handed over, from some thread of the membership, in order; views may be skipped. */
    void onView(Consumer<View> listener);

    /** @return whether this node's lease allows it to serve now; any thread, cheap */
    boolean mayServe();

    /**
     * @return how long the others wait at least, after this node's right to serve has ended, before they take its place
     */
    long graceNs();

    /**
     * Messages to or from a node may be lost: asks for a new view, in which the node is down if it does not renew its
     * lease, and everybody starts a new epoch either way. Returns at once.
     */
    void suspect(int node);

    /**
     * Stops serving, and lets this node's lease end, since others can't go on with it; joins again after a while, a
     * longer one each time. Returns at once.
     */
    void standAside();

    /** @return whether no node of the space can serve while this one does not; any thread */
    boolean isIndispensable();

    /** This node leaves for good: its partitions get another home. Returns when a view without it is agreed on. */
    void leave(int heir);

    /**
     * Says that this node is down now, so that the others need not wait for its lease to end.
     *
     * @param holdsNothing whether they have taken over everything that it had, so that they need not wait for it at all
     */
    void close(boolean holdsNothing);

    /** {@link #close(boolean)} of a node that may hold something. */
    @Override
    default void close() {
        close(false);
    }
}
