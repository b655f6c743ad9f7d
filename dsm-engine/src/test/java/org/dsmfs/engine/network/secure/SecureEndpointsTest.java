package org.dsmfs.engine.network.secure;

import io.aeron.ChannelUri;
import io.aeron.ExclusivePublication;
import io.aeron.FragmentAssembler;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.exceptions.RegistrationException;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.network.secure.Refusals.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Real drivers over loopback, with somebody in between. */
@Timeout(60)
class SecureEndpointsTest {
    private static final ClusterKey KEY = new ClusterKey(new byte[ClusterKey.LENGTH_BYTES]);
    private static final String SECRET = "attack at dawn";

    private final int port = freePort();
    private final Messages received = new Messages();

    /** Reads whole messages and keeps a checksum of each. */
    private static final class Messages {
        private final List<Long> checksums = new ArrayList<>();
        private final FragmentAssembler assembler = new FragmentAssembler((buffer, offset, length, header) -> {
            final byte[] bytes = new byte[length];
            buffer.getBytes(offset, bytes);
            checksums.add(checksum(bytes));
        });

        private boolean read(final Subscription subscription, final int messages) {
            subscription.poll(assembler, 64);
            return checksums.size() >= messages;
        }
    }

    private static long checksum(final byte[] bytes) {
        final CRC32C crc = new CRC32C();
        crc.update(bytes);
        return crc.getValue();
    }

    private static int freePort() {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String channel(final int port) {
        return "aeron:udp?endpoint=127.0.0.1:" + port;
    }

    private static byte[] message(final int length, final int seed) {
        final byte[] message = new byte[length];
        new Random(seed).nextBytes(message);
        return message;
    }

    /** Offers a message while reading what comes, so that a window never stays full. */
    private void send(final ExclusivePublication publication, final byte[] message, final Subscription... readers) {
        final UnsafeBuffer buffer = new UnsafeBuffer(message);
        TestDriver.await("offer of " + message.length + " bytes", () -> {
            for (final Subscription reader : readers) {
                reader.poll(received.assembler, 64);
            }
            return publication.offer(buffer) > 0;
        });
    }

    private static void assertUndisturbed(final TestDriver... drivers) {
        for (final TestDriver driver : drivers) {
            assertEquals(List.of(), driver.errors);
            assertEquals(0, driver.errorCount());
        }
    }

    @Test
    void messagesUpToTwoMebibytesArrive() {
        for (final int datagramBytes : new int[] {1408, 8192, Datagram.MAX_BYTES}) {
            try (TestDriver a = new TestDriver(KEY, datagramBytes); TestDriver b = new TestDriver(KEY, datagramBytes)) {
                final Subscription subscription = b.subscribe(channel(port));
                final ExclusivePublication publication = a.publish(channel(port));
                final List<Long> sent = new ArrayList<>();
                received.checksums.clear();
                for (final int length : new int[] {1, 64, 1_340, 1_344, 4_096, 131_072, 1_000_003, 2 << 20}) {
                    final byte[] message = message(length, length);
                    sent.add(checksum(message));
                    send(publication, message, subscription);
                }
                TestDriver.await("all messages", () -> received.read(subscription, sent.size()));
                assertEquals(sent, received.checksums);
                assertUndisturbed(a, b);
            }
        }
    }

    @Test
    void nothingIsReadableOnTheWay() throws Exception {
        try (DatagramProxy proxy = new DatagramProxy(port);
             TestDriver a = new TestDriver(KEY); TestDriver b = new TestDriver(KEY)) {
            final List<byte[]> wire = new CopyOnWriteArrayList<>();
            proxy.tamper = (datagram, toServer, onward) -> {
                wire.add(datagram);
                onward.send(datagram);
            };
            final Subscription subscription = b.subscribe(channel(port));
            final ExclusivePublication publication = a.publish(channel(proxy.port()));
            send(publication, SECRET.repeat(20).getBytes(StandardCharsets.US_ASCII), subscription);
            TestDriver.await("the message", () -> received.read(subscription, 1));
            assertFalse(wire.isEmpty());
            for (final byte[] datagram : wire) {
                assertEquals(Datagram.VERSION, datagram[Datagram.VERSION_OFFSET]);
                assertFalse(new String(datagram, StandardCharsets.ISO_8859_1).contains(SECRET.substring(0, 4)));
            }
        }
    }

    /** As Aeron's cluster sends its log: one publication with destinations added by hand, subscriptions likewise. */
    @Test
    void manyDestinations() {
        final int otherPort = freePort();
        try (TestDriver a = new TestDriver(KEY);
             TestDriver b = new TestDriver(KEY);
             TestDriver c = new TestDriver(KEY)) {
            final Subscription one = b.subscribe("aeron:udp?control-mode=manual");
            one.addDestination(channel(port));
            final Subscription two = c.subscribe(channel(otherPort));
            final ExclusivePublication publication =
                a.publish("aeron:udp?control-mode=manual|control=127.0.0.1:" + freePort());
            publication.addDestination(channel(port));
            publication.addDestination(channel(otherPort));
            TestDriver.await("both images", () -> one.imageCount() == 1 && two.imageCount() == 1);
            final byte[] message = message(100_000, 1);
            final Messages other = new Messages();
            for (int i = 0; i < 50; i++) {
                send(publication, message, one);
                other.read(two, 0);
            }
            TestDriver.await("the messages at both", () -> received.read(one, 50) & other.read(two, 50));
            assertEquals(received.checksums, other.checksums);
            assertUndisturbed(a, b, c);
        }
    }

    @Test
    void subscribersMayComeToThePublisher() {
        try (TestDriver a = new TestDriver(KEY); TestDriver b = new TestDriver(KEY)) {
            final String control = "control=127.0.0.1:" + port + "|control-mode=dynamic";
            final ExclusivePublication publication = a.publish("aeron:udp?" + control);
            final Subscription subscription = b.subscribe("aeron:udp?endpoint=127.0.0.1:0|" + control);
            send(publication, message(10_000, 1), subscription);
            TestDriver.await("the message", () -> received.read(subscription, 1));
            assertUndisturbed(a, b);
        }
    }

    @Test
    void anotherKeyNeverConnects() throws InterruptedException {
        final ClusterKey other = new ClusterKey(message(ClusterKey.LENGTH_BYTES, 1));
        try (TestDriver a = new TestDriver(other); TestDriver b = new TestDriver(KEY)) {
            final Subscription subscription = b.subscribe(channel(port));
            final ExclusivePublication publication = a.publish(channel(port));
            TestDriver.await("refusals", () -> b.refusals.count(Reason.WRONG_KEY) >= 5);
            assertFalse(publication.isConnected());
            assertTrue(subscription.hasNoImages());
            assertEquals(0, a.refusals.total(), "the stranger was answered");
            assertUndisturbed(a, b);
        }
    }

    @Test
    void noKeyNeverConnects() {
        try (TestDriver a = new TestDriver(null); TestDriver b = new TestDriver(KEY)) {
            final Subscription subscription = b.subscribe(channel(port));
            final ExclusivePublication publication = a.publish(channel(port));
            TestDriver.await("refusals", () -> b.refusals.count(Reason.MALFORMED) >= 5);
            assertFalse(publication.isConnected());
            assertTrue(subscription.hasNoImages());
            assertUndisturbed(a, b);
        }
    }

    @Test
    void attacksOnTheWayDoNotDisturb() throws Exception {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        try (DatagramProxy proxy = new DatagramProxy(port);
             TestDriver a = new TestDriver(KEY); TestDriver b = new TestDriver(KEY)) {
            final List<byte[]> seen = new ArrayList<>();
            proxy.tamper = (datagram, toServer, onward) -> {
                if (seen.size() < 1_000) {
                    seen.add(datagram);
                }
                if (random.nextInt(100) > 0) {
                    onward.send(datagram);
                }
                if (random.nextInt(4) == 0) {
                    onward.send(attack(random, datagram, seen));
                }
            };
            final Subscription subscription = b.subscribe(channel(port));
            final ExclusivePublication publication = a.publish(channel(proxy.port()));
            final List<Long> sent = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                final byte[] message = message(i % 50 == 0 ? 200_000 : 3_000, i);
                sent.add(checksum(message));
                send(publication, message, subscription);
            }
            TestDriver.await("all messages, seed " + seed, () -> received.read(subscription, sent.size()));
            assertEquals(sent, received.checksums, "seed " + seed);
            // Few datagrams go back, so each kind of attack may need more traffic than the messages above to occur there.
            for (final Reason reason : List.of(Reason.MALFORMED, Reason.FORGED, Reason.REPLAYED)) {
                TestDriver.await(reason + " at both, seed " + seed, () -> {
                    send(publication, message(100_000, 0), subscription);
                    return a.refusals.count(reason) > 0 && b.refusals.count(reason) > 0;
                });
            }
            assertUndisturbed(a, b);
        }
    }

    private static byte[] attack(final Random random, final byte[] datagram, final List<byte[]> seen) {
        switch (random.nextInt(4)) {
            case 0: {
                final byte[] garbage = new byte[random.nextInt(2_000)];
                random.nextBytes(garbage);
                return garbage;
            }
            case 1: {
                return Arrays.copyOf(datagram, random.nextInt(datagram.length));
            }
            case 2: {
                final byte[] flipped = datagram.clone();
                flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
                return flipped;
            }
            default: {
                return seen.get(random.nextInt(seen.size()));
            }
        }
    }

    @Test
    void anOldSessionIsNothingToARestartedReceiver() throws Exception {
        try (DatagramProxy proxy = new DatagramProxy(port)) {
            proxy.recording = true;
            try (TestDriver a = new TestDriver(KEY); TestDriver b = new TestDriver(KEY)) {
                final Subscription subscription = b.subscribe(channel(port));
                final ExclusivePublication publication = a.publish(channel(proxy.port()));
                send(publication, message(100, 1), subscription);
                TestDriver.await("the message", () -> received.read(subscription, 1));
            }
            proxy.recording = false;
            try (TestDriver restarted = new TestDriver(KEY)) {
                final Subscription subscription = restarted.subscribe(channel(port));
                for (final byte[] datagram : proxy.toServer) {
                    proxy.inject(datagram);
                }
                final long sealed = proxy.toServer.stream()
                    .filter(datagram -> datagram[Datagram.TYPE_OFFSET] == Datagram.SEALED).count();
                assertTrue(sealed >= 2);
                TestDriver.await("refusals of the replayed datagrams",
                    () -> restarted.refusals.count(Reason.UNKNOWN_SESSION) >= sealed);
                assertEquals(1, received.checksums.size());
                assertTrue(subscription.hasNoImages());
                assertUndisturbed(restarted);
            }
        }
    }

    @Test
    void aRestartedReceiverIsReachedAgain() {
        try (TestDriver a = new TestDriver(KEY)) {
            final ExclusivePublication publication = a.publish(channel(port));
            try (TestDriver b = new TestDriver(KEY)) {
                final Subscription subscription = b.subscribe(channel(port));
                send(publication, message(100, 1), subscription);
                TestDriver.await("the message", () -> received.read(subscription, 1));
            }
            TestDriver.await("the end of the connection", () -> !publication.isConnected());
            try (TestDriver b = new TestDriver(KEY)) {
                final long startNs = System.nanoTime();
                final Subscription subscription = b.subscribe(channel(port));
                TestDriver.await("the connection", publication::isConnected);
                final long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
                assertTrue(tookMs < 2_000, "took " + tookMs + " ms");
                assertFalse(subscription.isClosed());
            }
            assertUndisturbed(a);
        }
    }

    @Test
    void whatCanNotBeSealedIsRefused() {
        final MediaDriver.Context tooLong = new MediaDriver.Context().mtuLength(Datagram.MAX_BYTES);
        assertThrows(IllegalArgumentException.class, () -> new SecureEndpoints(KEY).install(tooLong));
        try (TestDriver a = new TestDriver(KEY)) {
            final ChannelUri mtu = ChannelUri.parse(channel(port));
            mtu.put("mtu", String.valueOf(Datagram.MAX_BYTES));
            assertThrows(RegistrationException.class, () -> a.publish(mtu.toString()));
            assertThrows(RegistrationException.class,
                () -> a.subscribe("aeron:udp?endpoint=224.20.30.39:" + port + "|interface=127.0.0.1"));
        }
    }
}
