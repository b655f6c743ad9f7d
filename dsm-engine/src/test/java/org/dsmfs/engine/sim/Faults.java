package org.dsmfs.engine.sim;

import org.dsmfs.engine.sim.SimulatedDisk.End;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/** What goes wrong in a cluster; each thing is mended after a time. */
public final class Faults {
    private static final int MOST_PEACE_NS = 30_000_000;
    private static final int MOST_SHORT_NS = 20_000_000;
    private static final int MOST_LONG_NS = (int) Math.min(Integer.MAX_VALUE, NodeCluster.LEASE_NS * 3 / 2);

    private static final int MOST_SEPARATION_MS = 20_000;

    private static final int FEWEST_LEFT_BEHIND = 2;
    /** So many nodes may there ever have been. */
    private static final int MOST_JOINED = 8;

    /** Something that goes wrong, or changes. */
    public enum Fault {
        /** A node stands still for a moment, or so long that its lease ends. */
        PAUSE,
        /** Two nodes can't reach each other for a moment. */
        CUT,
        /** Two nodes can't reach each other for so long that one of them has to let the rest go on. */
        SEPARATE,
        /** A process dies. */
        KILL,
        /** A machine loses its power. */
        POWER,
        /** A node hands over what it has, stops, and starts again. */
        STOP,
        /** A node hands over what it has and stops; at once another one loses its power. */
        STOP_THEN_POWER,
        /** A node hands over what it has, and leaves for good. */
        LEAVE,
        /** A new node joins. */
        JOIN;

        /** @return whether nodes lose what only their memory has */
        public boolean isCrash() {
            return this == KILL || this == POWER || this == STOP_THEN_POWER;
        }
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
        cluster.onStandAside(node -> {
            workload.standsAside();
            cluster.standAside(node, workload);
        });
    }

    /** Starts a thread that does so many of them, one after the other; several may run at a time. */
    SimulatedThread start(final int count) {
        return simulation.start("faults", () -> {
            for (int i = 0; i < count && !kinds.isEmpty(); i++) {
                simulation.sleep(simulation.random().nextInt(MOST_PEACE_NS));
                happen(kinds.get(simulation.random().nextInt(kinds.size())));
            }
            simulation.await(() -> cluster.nodes().stream().noneMatch(cluster::isAside));
        });
    }

    private void happen(final Fault fault) {
        final Random random = simulation.random();
        final List<Integer> nodes = cluster.nodes();
        final int index = random.nextInt(nodes.size());
        if (!cluster.isAside(nodes.get(index)) && inTrouble.add(nodes.get(index))) {
            happen(fault, nodes, index, random);
            inTrouble.remove(nodes.get(index));
        }
    }

    private void happen(final Fault fault, final List<Integer> nodes, final int index, final Random random) {
        final int node = nodes.get(index);
        final long durationNs = random.nextInt(random.nextInt(3) == 0 ? MOST_LONG_NS : MOST_SHORT_NS);
        switch (fault) {
            case PAUSE -> cluster.pause(node, durationNs, workload);
            case CUT -> cluster.cut(node, another(nodes, index, random), durationNs);
            case SEPARATE -> cluster.cut(node, another(nodes, index, random),
                TimeUnit.MILLISECONDS.toNanos(random.nextInt(MOST_SEPARATION_MS)));
            case STOP -> {
                stop(node);
                startAgain(node, durationNs);
            }
            case STOP_THEN_POWER -> {
                stop(node);
                final int other = another(nodes, index, random);
                if (inTrouble.add(other)) {
                    happen(Fault.POWER, nodes, nodes.indexOf(other), random);
                    inTrouble.remove(other);
                }
                startAgain(node, durationNs);
            }
            case LEAVE -> {
                if (nodes.size() >= FEWEST_LEFT_BEHIND + 1) {
                    workload.stop(node);
                    cluster.leave(node);
                }
            }
            case JOIN -> {
                if (cluster.joined() < MOST_JOINED) {
                    started.accept(cluster.join());
                }
            }
            case KILL, POWER -> {
                cluster.crash(node, fault == Fault.KILL ? End.KILL : End.POWER);
                workload.crashed(node);
                workload.recovered(node, cluster.restart(node, durationNs));
                started.accept(node);
            }
        }
    }

    private void stop(final int node) {
        workload.stop(node);
        cluster.stop(node);
    }

    private void startAgain(final int node, final long afterNs) {
        simulation.sleep(afterNs);
        cluster.start(node);
        started.accept(node);
    }

    private static int another(final List<Integer> nodes, final int index, final Random random) {
        return nodes.get((index + 1 + random.nextInt(nodes.size() - 1)) % nodes.size());
    }
}
