package org.dsmfs.engine.node;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.dsmfs.engine.membership.Member;
import org.dsmfs.engine.membership.Membership;
import org.dsmfs.engine.membership.View;

/** A membership in which all nodes are connected and may serve for good, of their own accord nobody comes or goes. */
abstract class LastingMembership implements Membership {
    /** @return the first view: so many nodes, each with a partition of its own */
    static View firstView(final int nodes) {
        final List<Integer> homes = new ArrayList<>(Collections.nCopies(View.PARTITIONS, -1));
        final List<Member> members = new ArrayList<>();
        for (int node = 0; node < nodes; node++) {
            homes.set(node, node);
            members.add(new Member(node, 1, "node" + node, true, false, 1));
        }
        return new View(1, members, homes, homes);
    }

    @Override
    public final boolean mayServe() {
        return true;
    }

    @Override
    public final long graceNs() {
        return Long.MAX_VALUE;
    }

    @Override
    public final void suspect(final int suspect) {
        throw new IllegalStateException("nobody is suspect");
    }

    @Override
    public final void standAside() {
        throw new IllegalStateException("all are connected");
    }

    @Override
    public final boolean isIndispensable() {
        return false;
    }

    @Override
    public final void leave(final int heir) {
        throw new IllegalStateException("nobody leaves");
    }

    @Override
    public final void close(final boolean holdsNothing) {
        // Nothing to let go of.
    }
}
