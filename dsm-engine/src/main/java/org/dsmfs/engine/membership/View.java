package org.dsmfs.engine.membership;

import org.dsmfs.engine.Segment;

import java.util.List;

/**
 * The <em>configuration</em> that all nodes agree on, one after the other.
 *
 * @param epoch      1.., rises with each view; messages of another epoch are not served
 * @param members    in order of their numbers
 * @param homes      per partition the node whose store its pages rest in by default, -1 while nobody has used it
 * @param partitions per partition the node that is responsible now: its home, or while that is down a node that stands
 *                   in; -1 while nobody has used it
 */
public record View(long epoch, List<Member> members, List<Integer> homes, List<Integer> partitions) {
    /** Partitions of every space. */
    public static final int PARTITIONS = Segment.PARTITIONS;

    public View {
        members = List.copyOf(members);
        homes = List.copyOf(homes);
        partitions = List.copyOf(partitions);
        if (homes.size() != PARTITIONS || partitions.size() != PARTITIONS) {
            throw new IllegalArgumentException("a view has " + PARTITIONS + " partitions");
        }
    }

    /** @return the member, null if the node is none */
    public Member member(final int node) {
        for (final Member member : members) {
            if (member.node() == node) {
                return member;
            }
        }
        return null;
    }

    /** @return whether the node is a member and up */
    public boolean isUp(final int node) {
        final Member member = member(node);
        return member != null && member.isUp();
    }
}
