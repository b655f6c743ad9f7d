package org.dsmfs.engine.membership;

/**
 * A node of the space.
 *
 * @param node        its number, 0..1023, for good
 * @param incarnation starts of it so far, 1..
 * @param address     host:port of its listener
 * @param isUp        whether it serves in this view; one that is down keeps its pages for when it returns
 */
public record Member(int node, int incarnation, String address, boolean isUp) {
}
