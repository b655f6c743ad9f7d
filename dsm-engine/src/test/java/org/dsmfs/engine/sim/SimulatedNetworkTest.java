package org.dsmfs.engine.sim;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.network.Network;
import org.dsmfs.engine.network.Stream;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SimulatedNetworkTest {
    private static final long SECOND_NS = 1_000_000_000;

    private final Simulation simulation = new Simulation(1);
    private final SimulatedNetwork network = new SimulatedNetwork(simulation);

    /** A node that keeps what it gets. */
    private final class Node implements Network.Handler {
        private final List<String> received = new ArrayList<>();
        private final Network port;

        Node(final int node, final int incarnation) {
            port = network.attach(node, incarnation, this::poll);
        }

        private void poll() {
            port.poll(this);
        }

        void peer(final int node, final int incarnation) {
            port.peers(List.of(new Network.Peer(node, incarnation, "")));
        }

        boolean send(final int to, final Stream stream, final long value) {
            final UnsafeBuffer buffer = new UnsafeBuffer(new byte[8]);
            buffer.putLong(0, value);
            return port.send(to, stream, buffer, 0, 8);
        }

        void sendSurely(final int to, final Stream stream, final long value) {
            simulation.run(() -> send(to, stream, value), SECOND_NS);
        }

        @Override
        public void onMessage(final int from, final Stream stream, final DirectBuffer buffer, final int offset,
                              final int length) {
            received.add(stream + " " + buffer.getLong(offset));
        }

        @Override
        public void onDisconnected(final int node) {
            received.add("disconnected " + node);
        }
    }

    private Node zero = new Node(0, 1);
    private final Node one = new Node(1, 1);

    private void connect() {
        zero.peer(1, 1);
        one.peer(0, 1);
        zero.sendSurely(1, Stream.REQUEST, -1);
        settle();
        assertEquals(List.of("REQUEST -1"), one.received);
        one.received.clear();
    }

    private void settle() {
        final long endNs = simulation.nowNs() + SECOND_NS;
        simulation.after(SECOND_NS, () -> { });
        simulation.run(() -> simulation.nowNs() >= endNs, 2 * SECOND_NS);
    }

    @Test
    void keepsTheOrderOfAStreamAndNoOther() {
        connect();
        final List<String> sent = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            final Stream stream = Stream.VALUES[simulation.random().nextInt(Stream.VALUES.length)];
            zero.sendSurely(1, stream, i);
            sent.add(stream + " " + i);
        }
        settle();
        for (final Stream stream : Stream.VALUES) {
            assertEquals(of(stream, sent), of(stream, one.received));
        }
        assertNotEquals(sent, one.received);
        assertEquals(201, network.messages());
        assertEquals(8L * (1 + of(Stream.REQUEST, sent).size()), network.traffic(Stream.REQUEST).bytes());
    }

    private static List<String> of(final Stream stream, final List<String> messages) {
        return messages.stream().filter(message -> message.startsWith(stream.name())).toList();
    }

    @Test
    void refusesWhenItIsFull() {
        connect();
        int accepted = 0;
        for (int i = 0; i < 100; i++) {
            accepted += zero.send(1, Stream.REQUEST, i) ? 1 : 0;
        }
        assertTrue(accepted > 5 && accepted < 20, accepted + " accepted");
        settle();
        assertEquals(accepted, one.received.size());
        zero.sendSurely(1, Stream.REQUEST, 1);
    }

    @Test
    void aCutLosesMessagesAndBothEndsAreTold() {
        connect();
        zero.sendSurely(1, Stream.REQUEST, 1);
        network.cut(0, 1);
        settle();
        assertEquals(List.of("disconnected 1"), zero.received);
        assertEquals(List.of("disconnected 0"), one.received);
        assertFalse(zero.send(1, Stream.REQUEST, 2));
        network.heal(0, 1);
        zero.sendSurely(1, Stream.REQUEST, 3);
        settle();
        assertEquals(List.of("disconnected 0", "REQUEST 3"), one.received);
    }

    @Test
    void anotherIncarnationGetsNothingOfTheFormer() {
        connect();
        one.sendSurely(0, Stream.REQUEST, 1);
        zero.port.close();
        zero = new Node(0, 2);
        zero.peer(1, 1);
        settle();
        assertEquals(List.of("disconnected 0"), one.received);
        assertFalse(one.send(0, Stream.REQUEST, 2));
        one.peer(0, 2);
        one.sendSurely(0, Stream.REQUEST, 3);
        settle();
        assertEquals(List.of("REQUEST 3"), zero.received);
    }
}
