package org.dsmfs.engine.sim;

import org.dsmfs.engine.sim.SimulatedDisk.End;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.IntConsumer;

/** What goes wrong in a cluster; each thing is mended after a time. */
public final class Faults {
    private static final int MOST_PEACE_NS = 30_000_000;
    private static final int MOST_SHORT_NS = 20_000_000;
    private static final int MOST_LONG_NS = (int) Math.min(Integer.MAX_VALUE, NodeCluster.LEASE_NS * 3 / 2);

    /** Something that goes wrong. */
    public enum Fault {
        /** A node stands still for a moment, or so long that its lease ends. */
        PAUSE,
        /** Two nodes can't reach each other. */
        CUT,
        /** A process dies. */
        KILL,
        /** A machine loses its power. */
        POWER
    }

    private final Simulation simulation;
    private final NodeCluster cluster;
    private final List<Fault> kinds;
    private final SimulatedWorkload workload;
    private final IntConsumer started;
    /** Nodes that something has happened to that is not mended yet. */
    private final Set<Integer> inTrouble = new HashSet<>();

    /**
     * @param kinds    of which to choose
     * @param workload told of nodes whose clients are gone
     * @param started  told of each node that was started again
     */
    Faults(final Simulation simulation, final NodeCluster cluster, final List<Fault> kinds,
           final SimulatedWorkload workload, final IntConsumer started) {
        this.simulation = simulation;
        this.cluster = cluster;
        this.kinds = kinds;
        this.workload = workload;
        this.started = started;
    }

    /** Starts a thread that does so many of them, one after the other; several may run at a time. */
    SimulatedThread start(final int count) {
        return simulation.start("faults", () -> {
            for (int i = 0; i < count && !kinds.isEmpty(); i++) {
                simulation.sleep(simulation.random().nextInt(MOST_PEACE_NS));
                happen(kinds.get(simulation.random().nextInt(kinds.size())));
            }
        });
    }

    private void happen(final Fault fault) {
        final Random random = simulation.random();
        final int node = random.nextInt(cluster.size());
        if (inTrouble.add(node)) {
            happen(fault, node, random);
            inTrouble.remove(node);
        }
    }

    private void happen(final Fault fault, final int node, final Random random) {
        final long durationNs = random.nextInt(random.nextInt(3) == 0 ? MOST_LONG_NS : MOST_SHORT_NS);
        switch (fault) {
            case PAUSE -> cluster.pause(node, durationNs, workload);
            case CUT -> cluster.cut(node, (node + 1 + random.nextInt(cluster.size() - 1)) % cluster.size(), durationNs);
            default -> {
                cluster.crash(node, fault == Fault.KILL ? End.KILL : End.POWER);
                workload.crashed(node);
                cluster.restart(node, durationNs);
                started.accept(node);
            }
        }
    }
}
