package org.dsmfs.engine.coherence;

/**
 * What a node that lives in the new epoch says about its copy of a page, rolled back.
 *
 * @param node    0..{@link NodeSet#MAX_NODE}
 * @param state   S, O or M
 * @param ts      ownership timestamp, 1..
 * @param version version tag
 */
public record PageReport(int node, CopyState state, long ts, long version) {
    public PageReport {
        if (state.isWaiting() || !state.isLive() || ts < 1) {
            throw new IllegalArgumentException("report of a copy in state " + state + ", ts " + ts);
        }
    }
}
