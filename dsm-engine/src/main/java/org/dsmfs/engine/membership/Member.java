package org.dsmfs.engine.membership;

/**
 * A node of the space.
 *
 * @param node         its number, 0..1023, for good
 * @param incarnation  starts of it so far, 1..
 * @param address      host:port of its listener
 * @param isUp         whether it serves in this view; one that is down keeps its pages for when it returns
 * @param holdsNothing whether it is down and has handed over everything before, so that nobody has to wait for it
 * @param upSince      epoch in which it last came up, 0 if that is not known: what it had entered somewhere before may
 *                     have been taken for a dead node's
 */
public record Member(int node, int incarnation, String address, boolean isUp, boolean holdsNothing, long upSince) {
    public Member {
        if (isUp && holdsNothing) {
            throw new IllegalArgumentException("a node that is up may hold something");
        }
    }

    /** @return the member when it has gone down */
    public Member down(final boolean hasHandedOver) {
        return new Member(node, incarnation, address, false, hasHandedOver, upSince);
    }

    /** @return whether what it may have is out of reach while it is down */
    public boolean isMissed() {
        return !isUp && !holdsNothing;
    }
}
