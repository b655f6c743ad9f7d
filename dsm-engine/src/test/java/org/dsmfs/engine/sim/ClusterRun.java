package org.dsmfs.engine.sim;

import org.dsmfs.engine.sim.Faults.Fault;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** One run of a cluster: clients on all nodes, faults meanwhile, and a last look from each node. */
public final class ClusterRun {
    private static final long LIMIT_NS = 300_000_000_000L;
    private static final int MOST_FAULTS = 6;
    /** Long enough for what nodes do of themselves after others have come or gone. */
    private static final long CLEANING_UP_NS = 1_000_000_000;

    private final Simulation simulation;
    private final SimulatedCluster cluster;
    private final SimulatedWorkload workload;
    private final List<SimulatedThread> threads = new ArrayList<>();

    private ClusterRun(final Simulation simulation, final SimulatedCluster cluster,
                       final SimulatedWorkload workload) {
        this.simulation = simulation;
        this.cluster = cluster;
        this.workload = workload;
    }

    /**
     * Runs a cluster in which nothing goes wrong.
     *
     * @return hash of all that was decided by chance
     * @throws AssertionError if the run comes to no end, or what the clients saw is wrong
     */
    public static long play(final long seed, final Function<Simulation, SimulatedCluster> clusters,
                            final Function<Simulation, SimulatedWorkload> workloads) {
        try (Simulation simulation = new Simulation(seed); SimulatedCluster cluster = clusters.apply(simulation)) {
            final ClusterRun run = new ClusterRun(simulation, cluster, workloads.apply(simulation));
            return run.run(() -> { });
        }
    }

    /**
     * Runs a cluster as the other method does, in which something of these kinds goes wrong again and again.
     *
     * @param kinds  none for nothing
     * @param atOnce how many things go wrong at a time, each with another node
     */
    public static long play(final long seed, final Function<Simulation, NodeCluster> clusters,
                            final Function<Simulation, SimulatedWorkload> workloads, final List<Fault> kinds,
                            final int atOnce) {
        try (Simulation simulation = new Simulation(seed); NodeCluster cluster = clusters.apply(simulation)) {
            final SimulatedWorkload workload = workloads.apply(simulation);
            final ClusterRun run = new ClusterRun(simulation, cluster, workload);
            final Faults faults = new Faults(simulation, cluster, kinds, workload, run::startClients);
            return run.run(() -> {
                for (int i = 0; i < atOnce; i++) {
                    run.threads.add(faults.start(MOST_FAULTS));
                }
            });
        }
    }

    private long run(final Runnable startFaults) {
        try {
            for (final int node : cluster.nodes()) {
                final SimulatedThread start = simulation.start("start of node " + node, () -> startClients(node));
                runUntil(start::isOver);
            }
            startFaults.run();
            runUntil(() -> threads.stream().allMatch(SimulatedThread::isOver));
            for (final int node : cluster.nodes()) {
                final SimulatedThread look = workload.startLastLook(node);
                runUntil(look::isOver);
            }
            workload.check();
            final SimulatedThread examination = simulation.start("examination", () -> {
                simulation.sleep(CLEANING_UP_NS);
                workload.examine(cluster.nodes().stream().map(cluster::space).toList());
            });
            runUntil(examination::isOver);
            return simulation.fingerprint();
        } finally {
            simulation.close();
        }
    }

    private void startClients(final int node) {
        final List<SimulatedThread> clients = workload.start(node, cluster.space(node));
        clients.forEach(client -> cluster.add(node, client));
        threads.addAll(clients);
    }

    private void runUntil(final BooleanSupplier done) {
        simulation.run(done, LIMIT_NS);
    }
}
