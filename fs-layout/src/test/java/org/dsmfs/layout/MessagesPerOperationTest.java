package org.dsmfs.layout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.node.SteppedNodes;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What calls cost in messages is bounded, however many nodes there are. Prints the table of docs/SHARING.md. */
@Tag("logic")
class MessagesPerOperationTest {
    private static final int[] NODES = {10, 30, 100, 300};
    private static final int ROUNDS = 3000;
    /** One call of this many to a shared directory changes it. */
    private static final int CALLS_PER_CHANGE = 100;
    /** After so much background work nothing is left of what was done before. */
    private static final int SETTLING_ROUNDS = 20;
    /** When a change takes everybody's copies away, at most all other calls of the round have to fetch one. */
    private static final double MOST_PER_SHARED_CALL = 12;
    private static final long MEMORY_BYTES = 2 << 20;

    /** Messages per call, for so many nodes. */
    private record Costs(int nodes, double own, double shared, double counter) {
    }

    /** The nodes, each with its mount, and how to measure. */
    private static final class Cluster implements AutoCloseable {
        private final Random random = new Random(1);
        private final Attributes out = new Attributes();
        private final SteppedNodes nodes;
        private final List<FileSystem> mounts = new ArrayList<>();
        private final List<Long> directories = new ArrayList<>();
        private final long shared;
        private final long counter;

        Cluster(final int count) {
            nodes = new SteppedNodes(count, MEMORY_BYTES);
            for (int node = 0; node < count; node++) {
                mounts.add(DsmFileSystem.open(nodes.space(node), () -> 1, AtimePolicy.NOATIME, Caller.ROOT));
                directories.add(mkdir(node, "own" + node));
            }
            shared = mkdir(0, "shared");
            mounts.get(0).mknod(Caller.ROOT, shared, bytes("counter"), FileType.REGULAR | 0644, 0, out);
            counter = out.ino;
        }

        private long mkdir(final int node, final String name) {
            mounts.get(node).mkdir(Caller.ROOT, FileSystem.ROOT, bytes(name), 0755, out);
            return out.ino;
        }

        /** Makes a file, writes to it and removes it, in the directory of the node. */
        private void useOwn(final int node) {
            final FileSystem fs = mounts.get(node);
            fs.create(Caller.ROOT, directories.get(node), bytes("file"), 0644, true, out);
            final long ino = out.ino;
            fs.write(Caller.ROOT, ino, 0, new UnsafeBuffer(new byte[100]), 0, 100, false);
            fs.release(ino);
            fs.unlink(Caller.ROOT, directories.get(node), bytes("file"));
        }

        /** Looks a name up in the directory of all; from time to time another one is made or removed there. */
        private void useShared(final int node, final int round) {
            final FileSystem fs = mounts.get(node);
            if (round % (2 * CALLS_PER_CHANGE) == 0) {
                fs.mknod(Caller.ROOT, shared, bytes("file"), FileType.REGULAR | 0644, 0, out);
            } else if (round % (2 * CALLS_PER_CHANGE) == CALLS_PER_CHANGE) {
                fs.unlink(Caller.ROOT, shared, bytes("file"));
            } else {
                fs.lookup(shared, bytes("counter"), out);
            }
        }

        private void increment(final int node) {
            mounts.get(node).write(Caller.ROOT, counter, 0, new UnsafeBuffer(new byte[8]), 0, 8, true);
        }

        /** What a node does. */
        private interface Step {
            void run(int node, int round);
        }

        /** @return messages per round, each on a node drawn by chance, once all nodes have made it */
        private double cost(final Step step) {
            for (int node = 0; node < mounts.size(); node++) {
                step.run(node, 1);
            }
            for (int i = 0; i < SETTLING_ROUNDS; i++) {
                nodes.doWork();
            }
            final long before = nodes.messages();
            for (int round = 0; round < ROUNDS; round++) {
                step.run(random.nextInt(mounts.size()), round);
                if (round % CALLS_PER_CHANGE == 0) {
                    nodes.doWork();
                }
            }
            return (nodes.messages() - before) / (double) ROUNDS;
        }

        Costs measure() {
            return new Costs(mounts.size(), cost((node, round) -> useOwn(node)), cost(this::useShared),
                cost((node, round) -> increment(node)));
        }

        @Override
        public void close() {
            nodes.close();
        }
    }

    private static byte[] bytes(final String name) {
        return name.getBytes(UTF_8);
    }

    @Test
    void costsAreBoundedForAnyNumberOfNodes() {
        System.out.println("| nodes | four calls in a directory of one's own | call in a directory of all, 1 % changes "
            + "| append to a file of all |");
        Costs few = null;
        for (final int count : NODES) {
            final Costs costs;
            try (Cluster cluster = new Cluster(count)) {
                costs = cluster.measure();
            }
            System.out.printf("| %d | %.2f | %.2f | %.2f |%n", costs.nodes, costs.own, costs.shared, costs.counter);
            few = few == null ? costs : few;
            assertEquals(0, costs.own);
            assertTrue(costs.shared < MOST_PER_SHARED_CALL, "messages per call in a shared directory");
            assertTrue(costs.counter < 2 * few.counter, "messages per append to a shared file");
        }
    }
}
