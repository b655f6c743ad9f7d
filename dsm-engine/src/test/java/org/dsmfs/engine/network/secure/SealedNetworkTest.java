package org.dsmfs.engine.network.secure;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.network.Network;
import org.dsmfs.engine.network.Stream;
import org.dsmfs.engine.network.aeron.AeronNetwork;
import org.dsmfs.engine.network.aeron.AeronNetworkConfig;
import org.dsmfs.engine.network.aeron.Identity;
import org.dsmfs.engine.network.secure.Refusals.Reason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

/** The nodes' network, sealed. */
@Timeout(60)
class SealedNetworkTest {
    private static final ClusterKey KEY = new ClusterKey(new byte[ClusterKey.LENGTH_BYTES]);
    private static final byte[] OTHER_SECRET = HexFormat.of().parseHex("5a".repeat(ClusterKey.LENGTH_BYTES));
    private static final UnsafeBuffer SMALL = new UnsafeBuffer(new byte[8]);

    private final List<Node> nodes = new ArrayList<>();

    private static final class Node implements Network.Handler {
        private final SecureEndpoints endpoints;
        private final Network.Peer self;
        private final AeronNetwork network;
        private final List<Integer> lengths = new ArrayList<>();
        private int disconnects;

        private Node(final int node, final int incarnation, final int port, final ClusterKey key) {
            endpoints = new SecureEndpoints(key);
            self = new Network.Peer(node, incarnation, "127.0.0.1:" + port);
            network = new AeronNetwork(new AeronNetworkConfig("127.0.0.1", port,
                AeronNetworkConfig.SHARED_MEMORY, AeronNetworkConfig.DEFAULT_MTU_BYTES, endpoints));
            network.identify(new Identity(node, incarnation, 1));
        }

        @Override
        public void onMessage(
            final int from, final Stream stream, final DirectBuffer buffer, final int offset, final int length) {
            lengths.add(length);
        }

        @Override
        public void onDisconnected(final int node) {
            disconnects++;
        }
    }

    private Node start(final int node, final int incarnation, final int port, final ClusterKey key) {
        final Node started = new Node(node, incarnation, port, key);
        nodes.add(started);
        return started;
    }

    private void stop(final Node node) {
        nodes.remove(node);
        node.network.close();
    }

    @AfterEach
    void stopAll() {
        nodes.forEach(node -> node.network.close());
    }

    private static int freePort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void poll(final String what, final BooleanSupplier done) {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!done.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                fail("not within 20 s: " + what);
            }
            nodes.forEach(node -> node.network.poll(node));
        }
    }

    private void send(final Node from, final Node to, final DirectBuffer message) {
        poll("sending", () -> from.network.send(to.self.node(), Stream.REQUEST, message, 0, message.capacity()));
    }

    private void connect(final Node a, final Node b) {
        a.network.peers(List.of(b.self));
        b.network.peers(List.of(a.self));
        send(a, b, SMALL);
        send(b, a, SMALL);
        poll("both messages", () -> !a.lengths.isEmpty() && !b.lengths.isEmpty());
        a.lengths.clear();
        b.lengths.clear();
    }

    @Test
    void messagesOfAllSizesPass() throws IOException {
        final Node a = start(1, 1, freePort(), KEY);
        final Node b = start(2, 1, freePort(), KEY);
        connect(a, b);
        final List<Integer> sent = List.of(1, 65_400, 65_504, 1 << 20, Network.MAX_MESSAGE_BYTES);
        for (final int length : sent) {
            send(a, b, new UnsafeBuffer(new byte[length]));
        }
        poll("all messages", () -> b.lengths.size() == sent.size());
        assertEquals(sent, b.lengths);
        assertEquals(0, a.network.errors() + b.network.errors());
        assertEquals(0, a.disconnects + b.disconnects);
    }

    @Test
    void aRestartedNodeIsMetAgain() throws IOException {
        final Node a = start(1, 1, freePort(), KEY);
        final int port = freePort();
        final Node b = start(2, 1, port, KEY);
        connect(a, b);
        stop(b);
        poll("the end of the connection", () -> a.disconnects == 1);
        connect(a, start(2, 2, port, KEY));
    }

    @Test
    void anotherKeyIsNotHeardAndNotAnswered() throws IOException {
        final Node a = start(1, 1, freePort(), new ClusterKey(OTHER_SECRET));
        final Node b = start(2, 1, freePort(), KEY);
        a.network.peers(List.of(b.self));
        poll("refusals", () -> b.endpoints.refusals().count(Reason.WRONG_KEY) > 3);
        assertFalse(a.network.send(2, Stream.REQUEST, SMALL, 0, SMALL.capacity()));
        assertTrue(b.lengths.isEmpty());
        assertEquals(0, a.endpoints.refusals().total());
    }
}
