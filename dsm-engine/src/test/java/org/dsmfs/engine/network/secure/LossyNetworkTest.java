package org.dsmfs.engine.network.secure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.network.Network;
import org.dsmfs.engine.network.Stream;
import org.dsmfs.engine.network.aeron.AeronNetwork;
import org.dsmfs.engine.network.aeron.AeronNetworkConfig;
import org.dsmfs.engine.network.aeron.Identity;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The nodes' network promises order and completeness, whatever becomes of its datagrams. */
@Timeout(120)
class LossyNetworkTest {
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final int MESSAGES = 3000;
    private static final int MOST_BYTES = 100_000;
    /** One datagram of so many is lost, one is repeated, one comes late. */
    private static final int HARMED = 30;

    private final Random random = new Random(11);
    private final AtomicInteger harmed = new AtomicInteger();
    private Node a;
    private Node b;

    /** What one node has sent, and received, of each stream. */
    private static final class Node implements Network.Handler, AutoCloseable {
        private final int number;
        private final AeronNetwork network;
        private final DatagramProxy proxy;
        private final Map<Stream, Integer> received = new EnumMap<>(Stream.class);
        private final Map<Stream, Integer> sent = new EnumMap<>(Stream.class);
        private int disconnects;

        Node(final int number) throws IOException {
            this.number = number;
            final int port = freePort();
            network = new AeronNetwork(new AeronNetworkConfig("127.0.0.1", port));
            network.identify(new Identity(number, 1, 1));
            proxy = new DatagramProxy(port);
        }

        private static int freePort() throws IOException {
            try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            }
        }

        Network.Peer behindProxy() throws IOException {
            return new Network.Peer(number, 1, "127.0.0.1:" + proxy.port());
        }

        @Override
        public void onMessage(final int from, final Stream stream, final DirectBuffer buffer, final int offset,
                              final int length) {
            final int expected = received.merge(stream, 1, Integer::sum) - 1;
            assertEquals(expected, buffer.getInt(offset), "message of " + stream);
            assertEquals(length, buffer.getInt(offset + Integer.BYTES), "length of message " + expected);
            for (int i = 2 * Integer.BYTES; i < length; i++) {
                assertEquals((byte) (expected + i), buffer.getByte(offset + i), "content of message " + expected);
            }
        }

        @Override
        public void onDisconnected(final int node) {
            disconnects++;
        }

        @Override
        public void close() throws IOException, InterruptedException {
            network.close();
            proxy.close();
        }
    }

    @BeforeEach
    void connect() throws IOException {
        a = new Node(1);
        b = new Node(2);
        a.network.peers(List.of(b.behindProxy()));
        b.network.peers(List.of(a.behindProxy()));
        poll("a connection", () -> a.network.isConnected(2) && b.network.isConnected(1));
    }

    @AfterEach
    void close() throws IOException, InterruptedException {
        a.close();
        b.close();
    }

    private void poll(final String what, final BooleanSupplier done) {
        final long startNs = System.nanoTime();
        while (!done.getAsBoolean()) {
            if (System.nanoTime() - startNs > TIMEOUT_NS) {
                fail("not in time: " + what + "; received " + a.received + " and " + b.received);
            }
            a.network.poll(a);
            b.network.poll(b);
        }
    }

    private DatagramProxy.Tamper harm(final long seed) {
        final Random chance = new Random(seed);
        final byte[][] late = new byte[1][];
        return (datagram, toServer, onward) -> {
            final int what = chance.nextInt(HARMED);
            harmed.addAndGet(what < 3 ? 1 : 0);
            if (what == 1) {
                onward.send(datagram);
            }
            if (what == 2 && late[0] == null && toServer) {
                late[0] = datagram;
            } else if (what != 0) {
                onward.send(datagram);
                if (late[0] != null && toServer) {
                    onward.send(late[0]);
                    late[0] = null;
                }
            }
        };
    }

    private void send(final Node from, final Node to) {
        final Stream stream = Stream.VALUES[random.nextInt(Stream.VALUES.length)];
        final int length = 2 * Integer.BYTES + random.nextInt(random.nextInt(20) == 0 ? MOST_BYTES : 500);
        final int number = from.sent.merge(stream, 1, Integer::sum) - 1;
        final UnsafeBuffer message = new UnsafeBuffer(new byte[length]);
        message.putInt(0, number);
        message.putInt(Integer.BYTES, length);
        for (int i = 2 * Integer.BYTES; i < length; i++) {
            message.putByte(i, (byte) (number + i));
        }
        poll("room to send", () -> from.network.send(to.number, stream, message, 0, length));
    }

    @Test
    void messagesComeWholeInOrderAndOnce() {
        a.proxy.tamper = harm(1);
        b.proxy.tamper = harm(2);
        for (int i = 0; i < MESSAGES; i++) {
            send(i % 3 == 0 ? b : a, i % 3 == 0 ? a : b);
        }
        poll("all messages", () -> b.received.equals(a.sent) && a.received.equals(b.sent));
        assertEquals(0, a.disconnects + b.disconnects);
        assertTrue(harmed.get() > MESSAGES / HARMED, harmed + " datagrams were harmed");
    }
}
