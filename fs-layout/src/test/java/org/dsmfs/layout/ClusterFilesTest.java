package org.dsmfs.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.dsmfs.engine.Space;
import org.dsmfs.engine.node.ShippingNode;
import org.dsmfs.engine.sim.Faults;
import org.dsmfs.engine.sim.Faults.Fault;
import org.dsmfs.engine.sim.NodeCluster;
import org.dsmfs.engine.sim.SimulatedThread;
import org.dsmfs.engine.sim.Simulation;
import org.junit.jupiter.api.Test;

/**
 * Whole clusters from a seed, from the filesystem down to simulated disks and network: clients on all nodes make random
 * calls on few names, and every result must fit into one order of all calls; in the end all nodes show the same tree, and
 * nothing is left over. A failing run names its seed; {@code -Ddsm.cluster.seed=N} runs that one alone,
 * {@code -Ddsm.cluster.seeds=N} sets how many are run.
 */
class ClusterFilesTest {
    private static final long LIMIT_NS = 120_000_000_000L;
    private static final int CLIENTS_PER_NODE = 2;
    private static final int CALLS = 30;
    private static final int MOST_FAULTS = 6;
    private static final long MEMORY_BYTES = 4 << 20;

    /** One run. */
    private static final class Play {
        private final Simulation simulation;
        private final NodeCluster cluster;
        private final FileWorkload workload;
        private final List<FileSystem> mounts = new ArrayList<>();

        Play(final Simulation simulation) {
            this.simulation = simulation;
            this.cluster = new NodeCluster(simulation, 2 + simulation.random().nextInt(3),
                (sim, disk, network, membership) ->
                    ShippingNode.start(sim, disk, network, membership, MEMORY_BYTES));
            this.workload = new FileWorkload(simulation);
        }

        private void finish(final List<SimulatedThread> threads) {
            simulation.run(() -> threads.stream().allMatch(SimulatedThread::isOver), LIMIT_NS);
        }

        /** Runs an action for each node, one after the other. */
        private void onEach(final String name, final IntConsumer action) {
            for (int i = 0; i < cluster.size(); i++) {
                final int node = i;
                finish(List.of(simulation.start(name + " on node " + node, () -> action.accept(node))));
            }
        }

        void run(final List<Fault> kinds) {
            onEach("mount", node -> {
                final Space space = workload.observe(cluster.space(node));
                mounts.add(DsmFileSystem.open(space, simulation::nowNs, AtimePolicy.NOATIME,
                    Caller.ROOT));
            });
            final List<SimulatedThread> threads = new ArrayList<>();
            for (int node = 0; node < cluster.size(); node++) {
                for (int client = 0; client < CLIENTS_PER_NODE; client++) {
                    final SimulatedThread thread = workload.startClient("node " + node + " client " + client, node,
                        mounts.get(node), CALLS);
                    cluster.add(node, thread);
                    threads.add(thread);
                }
            }
            threads.add(new Faults(simulation, cluster, kinds, node -> { }).start(MOST_FAULTS));
            finish(threads);
            for (int node = 0; node < cluster.size(); node++) {
                finish(List.of(workload.startLastLook("last look on node " + node, node, mounts.get(node))));
            }
            workload.check();
        }

    }

    private static long run(final long seed, final List<Fault> kinds) {
        try (Simulation simulation = new Simulation(seed)) {
            final Play play = new Play(simulation);
            try {
                play.run(kinds);
                return simulation.fingerprint();
            } finally {
                simulation.close();
                play.cluster.close();
            }
        }
    }

    private static void runAll(final List<Fault> kinds) {
        final Long only = Long.getLong("dsm.cluster.seed");
        final long first = only == null ? 1 : only;
        final long end = first + (only == null ? Integer.getInteger("dsm.cluster.seeds", 60) : 1);
        for (long seed = first; seed < end; seed++) {
            try {
                run(seed, kinds);
            } catch (final RuntimeException | AssertionError e) {
                throw new AssertionError("faults " + kinds + ", run again with -Ddsm.cluster.seed=" + seed, e);
            }
        }
    }

    @Test
    void theSameSeedIsTheSameRun() {
        assertEquals(run(1, List.of()), run(1, List.of()));
    }

    @Test
    void callsHaveOneOrder() {
        runAll(List.of());
    }

    @Test
    void callsHaveOneOrderWhileLinksBreak() {
        runAll(List.of(Fault.CUT));
    }
}
