package org.dsmfs.nodes;

import java.util.List;
import java.util.stream.IntStream;
import org.dsmfs.posix.support.TestDirectory;

/**
 * A test's own directory as each node shows it.
 *
 * @param views one per node, at least two
 */
record SharedDirectory(List<TestDirectory> views) {
    /** How often every node takes its turn; more rounds by NODE_ROUNDS. */
    private static final int ROUNDS = Nodes.number("NODE_ROUNDS", 20);

    /** Changes something on one node and looks at it from another. */
    @FunctionalInterface
    interface Step {
        /** @param turn differs from call to call, from 1 on */
        void run(TestDirectory here, TestDirectory there, int turn) throws Throwable;
    }

    /** The directory on the node of that number, which counts on from 0 after the last. */
    TestDirectory on(final int node) {
        return views.get(node % views.size());
    }

    int nodes() {
        return views.size();
    }

    /** Runs the step for each ordered pair of nodes, again and again. */
    void byTurns(final Step step) {
        int turn = 0;
        for (int round = 0; round < ROUNDS; round++) {
            for (int here = 0; here < nodes(); here++) {
                for (int away = 1; away < nodes(); away++) {
                    final int there = (here + away) % nodes();
                    turn++;
                    try {
                        step.run(on(here), on(there), turn);
                    } catch (final Throwable e) {
                        throw new AssertionError("turn " + turn + ", changed on node " + here + ", seen from node "
                            + there + ": " + e.getMessage(), e);
                    }
                }
            }
        }
    }

    /** Runs the check on each node's view. */
    void onEach(final Check check) throws Throwable {
        for (final int node : IntStream.range(0, nodes()).toArray()) {
            try {
                check.run(on(node));
            } catch (final AssertionError e) {
                throw new AssertionError("on node " + node + ": " + e.getMessage(), e);
            }
        }
    }

    /** Looks at one node's view. */
    @FunctionalInterface
    interface Check {
        void run(TestDirectory view) throws Throwable;
    }
}
