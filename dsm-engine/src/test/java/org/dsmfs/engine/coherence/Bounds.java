package org.dsmfs.engine.coherence;

/**
 * How far an exploration goes.
 *
 * @param nodes       nodes that use the pages, 1..3; one more is responsible for them
 * @param pages       1..2
 * @param requests    requests per node over all pages, 1..7
 * @param writes      completed writes per page, 0..15
 * @param duplicates  whether every message may arrive any number of times, at any later time, instead of once
 * @param replication whether a change reaches the backups some time later, instead of at once
 * @param hold        whether a copy that came is used some time later, instead of at once
 * @param unavailable whether the responsible node may take a page's owner for down
 * @param epochs      changes of epoch, by crash of a node (one always remains) or of the responsible node, 0..7
 */
record Bounds(int nodes, int pages, int requests, int writes, boolean duplicates, boolean replication, boolean hold,
              boolean unavailable, int epochs) {
    static Bounds of(final int nodes, final int requests, final int writes) {
        return new Bounds(nodes, 1, requests, writes, false, false, false, false, 0);
    }

    Bounds twoPages() {
        return new Bounds(nodes, 2, requests, writes, duplicates, replication, hold, unavailable, epochs);
    }

    Bounds withDuplicates() {
        return new Bounds(nodes, pages, requests, writes, true, replication, hold, unavailable, epochs);
    }

    Bounds withHold() {
        return new Bounds(nodes, pages, requests, writes, duplicates, replication, true, unavailable, epochs);
    }

    Bounds withUnavailable() {
        return new Bounds(nodes, pages, requests, writes, duplicates, replication, hold, true, epochs);
    }

    Bounds withEpochs(final int changes) {
        return new Bounds(nodes, pages, requests, writes, duplicates, true, hold, unavailable, changes);
    }

    @Override
    public String toString() {
        return nodes + " nodes, " + pages + (pages == 1 ? " page, " : " pages, ") + requests + " requests each, "
            + writes + " writes, " + (duplicates ? "any duplication" : "no duplication")
            + (hold ? ", minimum hold" : "")
            + (unavailable ? ", owners taken for down" : "")
            + (epochs > 0 ? ", " + epochs + " new epochs" : "");
    }
}
