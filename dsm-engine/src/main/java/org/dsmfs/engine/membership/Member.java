package org.dsmfs.engine.membership;

/**
 * A node of the space.
 *
 * @param node         its number, 0..1023, for good
 * @param incarnation  starts of it so far, 1..
 * @param address      host:port of its listener
 * @param isUp         whether it serves in this view; one that is down keeps its pages for when it returns
 * @param holdsNothing whether it is down and has handed over everything before, so that nobody has to wait for it
 */
public record Member(int node, int incarnation, String address, boolean isUp, boolean holdsNothing) {
    public Member {
        if (isUp && holdsNothing) {
            throw new IllegalArgumentException("a node that is up may hold something");
        }
    }

    /** A node that holds something, or may. */
    public Member(final int node, final int incarnation, final String address, final boolean isUp) {
        this(node, incarnation, address, isUp, false);
    }

    /** @return whether what it may have is out of reach while it is down */
    public boolean isMissed() {
        return !isUp && !holdsNothing;
    }
}
