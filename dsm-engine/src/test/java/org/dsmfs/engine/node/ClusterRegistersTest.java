package org.dsmfs.engine.node;

import org.dsmfs.engine.sim.Faults;
import org.dsmfs.engine.sim.Faults.Fault;
import org.dsmfs.engine.sim.History;
import org.dsmfs.engine.sim.NodeCluster;
import org.dsmfs.engine.sim.RegisterWorkload;
import org.dsmfs.engine.sim.SimulatedThread;
import org.dsmfs.engine.sim.Simulation;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Whole clusters from a seed: transactions over few pages on all nodes, while nodes and links fail. A failing run names
 * its seed; {@code -Ddsm.cluster.seed=N} runs that one alone, {@code -Ddsm.cluster.seeds=N} sets how many are run.
 */
class ClusterRegistersTest {
    private static final long LIMIT_NS = 60_000_000_000L;
    private static final int CALLS = 30;
    private static final int MOST_FAULTS = 6;
    private static final long ROOMY_BYTES = 4 << 20;
    /** Pages have to leave the RAM all the time. */
    private static final long TIGHT_BYTES = 48 << 10;

    private static long run(final long seed, final List<Fault> kinds) {
        try (Simulation simulation = new Simulation(seed)) {
            final int size = 2 + simulation.random().nextInt(4);
            final long memoryBytes = simulation.random().nextInt(4) == 0 ? TIGHT_BYTES : ROOMY_BYTES;
            final NodeCluster cluster = new NodeCluster(simulation, size, (sim, disk, network, membership) ->
                ShippingNode.start(sim, disk, network, membership, memoryBytes));
            try {
                final RegisterWorkload workload = new RegisterWorkload(simulation,
                    kinds.contains(Fault.KILL) || kinds.contains(Fault.POWER));
                final List<SimulatedThread> threads = new ArrayList<>();
                final List<History<RegisterWorkload.Access>.Life> lives = new ArrayList<>();
                for (int node = 0; node < size; node++) {
                    lives.add(startClients(workload, cluster, node, threads));
                }
                threads.add(new Faults(simulation, cluster, kinds, node -> {
                    lives.get(node).crashed();
                    lives.set(node, startClients(workload, cluster, node, threads));
                }).start(MOST_FAULTS));
                simulation.run(() -> threads.stream().allMatch(SimulatedThread::isOver), LIMIT_NS);
                final List<SimulatedThread> looks = new ArrayList<>();
                for (int node = 0; node < size; node++) {
                    looks.add(workload.startLastLook("last look on node " + node, cluster.space(node)));
                }
                simulation.run(() -> looks.stream().allMatch(SimulatedThread::isOver), LIMIT_NS);
                workload.check();
                return simulation.fingerprint();
            } finally {
                simulation.close();
                cluster.close();
            }
        }
    }

    private static History<RegisterWorkload.Access>.Life startClients(final RegisterWorkload workload,
        final NodeCluster cluster, final int node, final List<SimulatedThread> threads) {
        final History<RegisterWorkload.Access>.Life life = workload.startLife();
        for (int client = 0; client < 2; client++) {
            final SimulatedThread thread =
                workload.startClient("node " + node + " client " + client, cluster.space(node), life, CALLS);
            cluster.add(node, thread);
            threads.add(thread);
        }
        return life;
    }

    private static void runAll(final List<Fault> kinds) {
        final Long only = Long.getLong("dsm.cluster.seed");
        final long first = only == null ? 1 : only;
        final long end = first + (only == null ? Integer.getInteger("dsm.cluster.seeds", 100) : 1);
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
    void transactionsHaveOneOrder() {
        runAll(List.of());
    }

    @Test
    void transactionsHaveOneOrderWhileLinksBreak() {
        runAll(List.of(Fault.CUT));
    }

    @Test
    void transactionsHaveOneOrderWhileNodesStandStill() {
        runAll(List.of(Fault.PAUSE));
    }

    @Test
    void transactionsHaveOneOrderWhileProcessesDie() {
        runAll(List.of(Fault.KILL));
    }

    @Test
    void transactionsHaveOneOrderWhileMachinesLoseTheirPower() {
        runAll(List.of(Fault.POWER));
    }
}
