package org.dsmfs.engine.sim;

import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.membership.Configuration;
import org.dsmfs.engine.membership.Membership;
import org.dsmfs.engine.membership.View;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * The membership of one simulated space: the rules are the shipping {@link Configuration}'s, the events come from the
 * test. Views wait in a queue per node until {@link #deliver} hands them over, so that nodes learn of an epoch at
 * different times. One thread at a time.
 *
 * <p>A node's life: {@link #start}, then {@link #crash}, {@link Membership#close} or {@link Membership#leave}. A node
 * that is cut off ({@link #cut}) gets no views and can't suspect anybody; it must stop serving ({@link #lapse}) before
 * the others are told that it is down ({@link #expire}); {@link #heal} brings it back.
 */
public final class SimulatedMembership {
    private final Configuration configuration = new Configuration(new UUID(0, 0));
    private final Map<Integer, Port> ports = new TreeMap<>();
    private IntConsumer asideListener = node -> {
        throw new IllegalStateException("node " + node + " stands aside");
    };

    /** The port of one start of one node. */
    private final class Port implements Membership {
        private final UUID nodeId;
        private final int incarnation;
        private final String address;
        private final int node;
        private final Deque<View> coming = new ArrayDeque<>();
        private final List<Consumer<View>> listeners = new ArrayList<>();
        private View view;
        private boolean isCut;
        private boolean mayServe = true;
        private boolean isClosed;

        private Port(final UUID nodeId, final int incarnation, final String address) {
            this.nodeId = nodeId;
            this.incarnation = incarnation;
            this.address = address;
            this.node = configuration.join(nodeId, incarnation, address);
            this.view = configuration.view();
        }

        @Override
        public int node() {
            return node;
        }

        @Override
        public View view() {
            return view;
        }

        @Override
        public void onView(final Consumer<View> listener) {
            listeners.add(listener);
        }

        @Override
        public boolean mayServe() {
            return mayServe && !isClosed;
        }

        @Override
        public long graceNs() {
            return Long.MAX_VALUE;
        }

        @Override
        public void suspect(final int suspect) {
            if (isConnected() && view.epoch() == configuration.epoch() && configuration.isUp(suspect)) {
                if (isRunning(suspect)) {
                    configuration.renewEpoch();
                    announce();
                } else {
                    expire(suspect);
                }
            }
        }

        @Override
        public void standAside() {
            asideListener.accept(node);
        }

        @Override
        public boolean isIndispensable() {
            return false;
        }

        @Override
        public void leave(final int heir) {
            if (!isConnected()) {
                throw new EngineException("node " + node + " is not connected");
            }
            if (!configuration.leave(node, heir)) {
                throw new EngineException("node " + heir + " can't be the heir of node " + node);
            }
            isClosed = true;
            ports.remove(node);
            announce();
        }

        @Override
        public void close(final boolean holdsNothing) {
            if (!isClosed && !isCut) {
                configuration.down(node, holdsNothing);
                announce();
            }
            isClosed = true;
        }

        private boolean isConnected() {
            return !isCut && !isClosed;
        }

        private boolean deliverNext() {
            if (!isConnected() || coming.isEmpty()) {
                return false;
            }
            view = coming.remove();
            listeners.forEach(listener -> listener.accept(view));
            return true;
        }
    }

    /**
     * Starts a node, for the first time or again. The others get a view with it.
     *
     * @return its port, which has that view already
     */
    public Membership start(final UUID nodeId, final int incarnation, final String address) {
        final Port port = new Port(nodeId, incarnation, address);
        ports.put(port.node, port);
        announce();
        return port;
    }

    /** @param listener told of each node that can't go on with the others, at once */
    public void onStandAside(final IntConsumer listener) {
        asideListener = listener;
    }

    /** The node's process is gone; the others learn of it from {@link #expire}, or when they suspect it. */
    public void crash(final int node) {
        ports.get(node).isClosed = true;
    }

    /** The node reaches the others no more, nor they it. */
    public void cut(final int node) {
        ports.get(node).isCut = true;
    }

    /** The node's lease does not allow it to serve any more. */
    public void lapse(final int node) {
        ports.get(node).mayServe = false;
    }

    /** The node's lease has ended: it is down from now on. If it still runs, it has lapsed before. */
    public void expire(final int node) {
        lapse(node);
        configuration.down(node);
        announce();
    }

    /** A node that was cut off renews its lease, and is up again if it was down. Views it missed come late. */
    public void heal(final int node) {
        final Port port = ports.get(node);
        port.isCut = false;
        port.mayServe = true;
        if (!port.isClosed && !configuration.isUp(node)) {
            configuration.join(port.nodeId, port.incarnation, port.address);
            announce();
        }
    }

    /** Hands the node the next view that waits for it. @return whether there was one and the node can be reached */
    public boolean deliver(final int node) {
        final Port port = ports.get(node);
        return port != null && port.deliverNext();
    }

    /** Hands over every view that waits, nodes in order of their numbers, until there is none. */
    public void deliverAll() {
        boolean isDone = false;
        while (!isDone) {
            isDone = true;
            for (final int node : List.copyOf(ports.keySet())) {
                isDone &= !deliver(node);
            }
        }
    }

    /** @return the newest view, whoever knows it */
    public View newest() {
        return configuration.view();
    }

    private boolean isRunning(final int node) {
        final Port port = ports.get(node);
        return port != null && port.isConnected();
    }

    /** Leaves the newest view for everybody who has not got it yet. */
    private void announce() {
        final View view = configuration.view();
        for (final Port port : ports.values()) {
            final View last = port.coming.isEmpty() ? port.view : port.coming.getLast();
            if (!port.isClosed && last.epoch() < view.epoch()) {
                port.coming.add(view);
            }
        }
    }
}
