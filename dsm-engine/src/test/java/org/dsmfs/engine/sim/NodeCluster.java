package org.dsmfs.engine.sim;

import org.dsmfs.engine.Space;
import org.dsmfs.engine.membership.Membership;
import org.dsmfs.engine.network.Network;
import org.dsmfs.engine.sim.SimulatedDisk.End;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * Nodes with disks, a network and a membership, all of them simulated, and threads as a real node has them. Nodes can
 * be stopped for a time, crash and come back, and links can be cut. Whatever waits is to be called on a thread of the
 * simulation.
 */
public final class NodeCluster implements SimulatedCluster {
    /** A node that has not been heard of for so long is down; it stops serving after half of it. */
    public static final long LEASE_NS = 2_000_000_000;

    /** How long a node stands aside that can't go on with the others. */
    private static final long ASIDE_NS = 15_000_000_000L;
    /** One in this many polls of the network that have brought something is followed by a look at all nodes' pages. */
    private static final int POLLS_PER_CHECK = 20;
    private static final int MOST_VIEW_DELAY_NS = 3_000_000;
    private static final int MOST_POLL_PAUSE_NS = 1_000_000;
    private static final int MOST_WORK_PAUSE_NS = 5_000_000;
    private static final int MOST_LOG_PAUSE_NS = 300_000;
    /** What has nothing to do comes back after longer and longer pauses, up to this one. */
    private static final int MOST_IDLE_PAUSE_NS = 40_000_000;

    private final Simulation simulation;
    private final SimulatedNode.Starter starter;
    private final SimulatedNetwork network;
    private final SimulatedMembership membership = new SimulatedMembership();
    private final List<Node> nodes = new ArrayList<>();
    private final OneWriterCheck oneWriterCheck = new OneWriterCheck();
    private int polls;

    /** One node, whether it runs or not. */
    private final class Node {
        private final int number;
        private final UUID id;
        private SimulatedDisk disk;
        private int incarnation;
        private Network port;
        private Membership member;
        /** Null while it does not run. */
        private SimulatedNode running;
        private final List<SimulatedThread> threads = new ArrayList<>();
        private boolean isPaused;
        private boolean hasLeft;
        private boolean isAside;

        Node(final int number) {
            this.number = number;
            this.id = new UUID(0, number + 1L);
            this.disk = new SimulatedDisk(simulation.random().nextLong());
        }

        void start() {
            incarnation++;
            member = membership.start(id, incarnation, "node" + number + ":1");
            if (member.node() != number) {
                throw new IllegalStateException("node " + number + " is " + member.node() + " to the others");
            }
            port = network.attach(number, incarnation, this::wakeUp);
            running = starter.start(simulation, disk, port, member);
            poll(incarnation, MOST_POLL_PAUSE_NS);
            threads.add(simulation.start("node " + number + " work", () -> {
                int pauseNs = MOST_WORK_PAUSE_NS;
                while (true) {
                    pauseNs = nextPauseNs(pauseNs, running.doWork() ? MOST_WORK_PAUSE_NS : 0);
                    simulation.sleep(simulation.random().nextInt(pauseNs));
                }
            }));
        }

        /** The network's thread, which must not wait, and so need not be one. */
        private void poll(final int ofIncarnation, final int pauseNs) {
            final int nextNs = nextPauseNs(pauseNs, wakeUp() ? MOST_POLL_PAUSE_NS : 0);
            simulation.after(simulation.random().nextInt(nextNs), () -> {
                if (ofIncarnation == incarnation) {
                    poll(ofIncarnation, nextNs);
                }
            });
        }

        /** @return whether there was anything to do */
        private boolean wakeUp() {
            if (!isServed()) {
                return false;
            }
            final boolean worked = running.pollNetwork();
            if (worked && ++polls % POLLS_PER_CHECK == 0) {
                checkOneWriter();
            }
            // The log's thread need not be one either.
            final int ofIncarnation = incarnation;
            simulation.after(simulation.random().nextInt(MOST_LOG_PAUSE_NS), () -> {
                if (ofIncarnation == incarnation && isServed()) {
                    running.syncForOthers();
                }
            });
            return worked;
        }

        private boolean isServed() {
            return running != null && !isPaused;
        }

        void crash(final End end) {
            final SimulatedNode dead = running;
            running = null;
            port.close();
            membership.crash(number);
            endThreads();
            dead.abandon();
            isPaused = false;
            disk = disk.restart(end);
        }

        private void endThreads() {
            threads.forEach(SimulatedThread::crash);
            simulation.await(() -> threads.stream().allMatch(SimulatedThread::isOver));
            threads.clear();
        }

        void stop() {
            awaitNewestView();
            if (!running.handOver()) {
                throw new AssertionError("node " + number + " could not hand over everything");
            }
            simulation.sleep(simulation.random().nextInt(MOST_WORK_PAUSE_NS));
            final SimulatedNode stopped = running;
            running = null;
            endThreads();
            member.close(true);
            port.close();
            stopped.close();
            disk = disk.restart(End.POWER);
        }

        void leave() {
            awaitNewestView();
            running.leave();
            final SimulatedNode stopped = running;
            running = null;
            endThreads();
            port.close();
            stopped.close();
        }

        /** A node that does not know of the others yet has nobody to hand over to. */
        private void awaitNewestView() {
            simulation.await(() -> running.isServing()
                && running.sharing().view().epoch() == membership.newest().epoch());
        }

        /** Takes over what a node that stops has, until it has stopped. */
        void takeOver(final BooleanSupplier isOver) {
            final SimulatedNode taking = running;
            threads.add(simulation.start("node " + number + " take", () -> {
                while (!isOver.getAsBoolean()) {
                    taking.takeOffered();
                    simulation.sleep(simulation.random().nextInt(MOST_WORK_PAUSE_NS));
                }
            }));
        }

        void pause(final boolean paused) {
            isPaused = paused;
            threads.forEach(thread -> thread.pause(paused));
            wakeUp();
        }
    }

    /** Starts all nodes, in order. */
    public NodeCluster(final Simulation simulation, final int size, final SimulatedNode.Starter starter) {
        this.simulation = simulation;
        this.starter = starter;
        this.network = new SimulatedNetwork(simulation);
        for (int i = 0; i < size; i++) {
            join();
        }
        deliverViews();
    }

    private void checkOneWriter() {
        oneWriterCheck.check(nodes.stream().filter(node -> node.running != null && node.running.isServing())
            .map(node -> node.running.sharing()).toList());
    }

    private static int nextPauseNs(final int pauseNs, final int busyPauseNs) {
        return busyPauseNs != 0 ? busyPauseNs : Math.min(2 * pauseNs, MOST_IDLE_PAUSE_NS);
    }

    private void deliverViews() {
        simulation.after(simulation.random().nextInt(MOST_VIEW_DELAY_NS), () -> {
            final Node node = nodes.get(simulation.random().nextInt(nodes.size()));
            if (!node.isPaused) {
                membership.deliver(node.number);
            }
            deliverViews();
        });
    }

    @Override
    public List<Integer> nodes() {
        return nodes.stream().filter(node -> !node.hasLeft).map(node -> node.number).toList();
    }

    /** @return nodes that there have been */
    public int joined() {
        return nodes.size();
    }

    @Override
    public Space space(final int node) {
        return nodes.get(node).running.space();
    }

    @Override
    public void add(final int node, final SimulatedThread client) {
        nodes.get(node).threads.add(client);
    }

    public SimulatedNetwork network() {
        return network;
    }

    /** Stops a node for a time, as SIGSTOP does; if that takes too long it is down for the others. */
    public void pause(final int number, final long durationNs, final SimulatedWorkload workload) {
        final Node node = nodes.get(number);
        node.pause(true);
        simulation.sleep(Math.min(durationNs, LEASE_NS / 2));
        if (durationNs >= LEASE_NS / 2) {
            membership.lapse(number);
            simulation.sleep(Math.min(durationNs, LEASE_NS) - LEASE_NS / 2);
        }
        if (durationNs >= LEASE_NS) {
            membership.expire(number);
            workload.down(number);
            simulation.sleep(durationNs - LEASE_NS);
        }
        membership.heal(number);
        deliverAllViews(number);
        node.pause(false);
        if (durationNs >= LEASE_NS) {
            workload.up(number, () -> simulation.await(node.running::isServing));
        }
    }

    /** Cuts the link between two nodes for a time. */
    public void cut(final int one, final int other, final long durationNs) {
        network.cut(one, other);
        simulation.sleep(durationNs);
        network.heal(one, other);
    }

    /** @param listener told of each node that can't go on with the others, which is then to {@link #standAside} */
    public void onStandAside(final IntConsumer listener) {
        membership.onStandAside(listener);
    }

    /** A node lets its lease end, and joins again after a time. */
    public void standAside(final int number, final SimulatedWorkload workload) {
        final Node node = nodes.get(number);
        node.isAside = true;
        membership.cut(number);
        membership.lapse(number);
        simulation.start("node " + number + " stands aside", () -> {
            simulation.sleep(LEASE_NS);
            membership.expire(number);
            workload.down(number);
            simulation.sleep(ASIDE_NS - LEASE_NS);
            membership.heal(number);
            deliverAllViews(number);
            workload.up(number, () -> simulation.await(node.running::isServing));
            node.isAside = false;
        });
    }

    public boolean isAside(final int number) {
        return nodes.get(number).isAside;
    }

    /** Ends a node's process and clients. */
    public void crash(final int number, final End end) {
        nodes.get(number).crash(end);
    }

    /** Starts a node after a time that has crashed. @return where the log ends that it has found */
    public long restart(final int number, final long durationNs) {
        simulation.sleep(Math.min(durationNs, LEASE_NS));
        if (durationNs >= LEASE_NS) {
            membership.expire(number);
            simulation.sleep(durationNs - LEASE_NS);
        }
        final Node node = nodes.get(number);
        node.start();
        return node.running.space().status().lsn();
    }

    /** Stops a node, which has no clients any more, in good order. */
    public void stop(final int number) {
        whileOthersTakeOver(number, Node::stop);
    }

    /** Starts a node that was stopped. */
    public void start(final int number) {
        nodes.get(number).start();
    }

    /** Has a node, which has no clients any more, leave for good. */
    public void leave(final int number) {
        nodes.get(number).hasLeft = true;
        whileOthersTakeOver(number, Node::leave);
    }

    private void whileOthersTakeOver(final int number, final Consumer<Node> end) {
        final Node ending = nodes.get(number);
        nodes.stream().filter(node -> node.running != null && node != ending)
            .forEach(node -> node.takeOver(() -> ending.running == null));
        end.accept(ending);
    }

    /** Starts a new node. @return its number */
    public int join() {
        final Node node = new Node(nodes.size());
        nodes.add(node);
        node.start();
        return node.number;
    }

    private void deliverAllViews(final int number) {
        boolean isMore = true;
        while (isMore) {
            isMore = membership.deliver(number);
        }
    }

    @Override
    public void close() {
        for (final Node node : nodes) {
            if (node.running != null) {
                node.running.abandon();
            }
        }
    }
}
