package org.dsmfs.engine.network.aeron;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.network.Network;
import org.dsmfs.engine.network.Stream;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import static org.junit.jupiter.api.Assertions.fail;

/** A network that remembers what it was told. */
final class TestNode implements AutoCloseable, Network.Handler {
    static final long SPACE = 0x5eed5eed5eedL;
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(20);

    final int node;
    final int incarnation;
    final int port;
    final AeronNetwork network;
    final List<String> events = new ArrayList<>();
    final List<byte[]> messages = new ArrayList<>();

    TestNode(final int node, final int incarnation, final int port, final long space) {
        this.node = node;
        this.incarnation = incarnation;
        this.port = port;
        this.network = new AeronNetwork(new AeronNetworkConfig("127.0.0.1", port));
        network.identify(new Identity(node, incarnation, space));
    }

    TestNode(final int node, final int incarnation) {
        this(node, incarnation, freePort(), SPACE);
    }

    /** @return a port that nobody has now */
    static int freePort() {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (final java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    Network.Peer peer() {
        return new Network.Peer(node, incarnation, "127.0.0.1:" + port);
    }

    /** Makes both peers of each other and waits until both can send. */
    static void connect(final TestNode a, final TestNode b) {
        a.network.peers(List.of(b.peer()));
        b.network.peers(List.of(a.peer()));
        meet(a, b);
    }

    /** Waits until both can send, and forgets what they got. */
    static void meet(final TestNode a, final TestNode b) {
        final DirectBuffer ping = new UnsafeBuffer("ping".getBytes());
        final boolean[] sent = new boolean[2];
        poll(() -> {
            sent[0] = sent[0] || a.network.send(b.node, Stream.REQUEST, ping, 0, 4);
            sent[1] = sent[1] || b.network.send(a.node, Stream.REQUEST, ping, 0, 4);
            return sent[0] && sent[1] && !a.messages.isEmpty() && !b.messages.isEmpty();
        }, a, b);
        a.forget();
        b.forget();
    }

    void forget() {
        events.clear();
        messages.clear();
    }

    /** Polls the networks until something is so. */
    static void poll(final BooleanSupplier done, final TestNode... nodes) {
        final long endNs = System.nanoTime() + TIMEOUT_NS;
        while (!done.getAsBoolean()) {
            if (System.nanoTime() - endNs > 0) {
                final StringBuilder seen = new StringBuilder("timed out;");
                for (final TestNode node : nodes) {
                    seen.append(" node ").append(node.node).append(" saw ").append(node.events);
                }
                fail(seen.toString());
            }
            for (final TestNode node : nodes) {
                node.network.poll(node);
            }
        }
    }

    /** Polls the networks for a while. */
    static void pollFor(final long milliseconds, final TestNode... nodes) {
        final long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
        poll(() -> System.nanoTime() - endNs > 0, nodes);
    }

    @Override
    public void onMessage(final int from, final Stream stream, final DirectBuffer buffer, final int offset,
            final int length) {
        final byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        messages.add(bytes);
        events.add(stream + " from " + from);
    }

    @Override
    public void onDisconnected(final int peer) {
        events.add("disconnected " + peer);
    }

    @Override
    public void close() {
        network.close();
    }
}
