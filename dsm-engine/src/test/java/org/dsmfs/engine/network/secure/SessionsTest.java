package org.dsmfs.engine.network.secure;

import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.network.secure.Refusals.Reason;
import org.junit.jupiter.api.Test;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Two or three endpoints, a clock, and a network that does what the test says. */
class SessionsTest {
    private static final ClusterKey KEY = new ClusterKey(new byte[32]);
    private static final ClusterKey OTHER_KEY = new ClusterKey(("another" + "!".repeat(25)).getBytes(
        StandardCharsets.US_ASCII));

    private final DatagramCipher cipher = new DatagramCipher();
    private final ByteBuffer outgoing = ByteBuffer.allocateDirect(Datagram.MAX_BYTES);
    private final UnsafeBuffer incoming = new UnsafeBuffer(new byte[Datagram.MAX_BYTES]);
    private long nowNs = 1;

    /** An endpoint and its socket. */
    private final class Node {
        private final InetSocketAddress address;
        private final Refusals refusals = new Refusals();
        private final Sessions sessions;
        private final List<String> received = new ArrayList<>();

        private Node(final int port, final EndpointRole role, final ClusterKey key, final long replaceAfter) {
            address = new InetSocketAddress("127.0.0.1", port);
            sessions = new Sessions(role, cipher, new Handshake(key), () -> nowNs, refusals, replaceAfter);
        }

        private byte[] send(final String frame, final Node to) {
            cipher.load(ByteBuffer.wrap(frame.getBytes(StandardCharsets.US_ASCII)));
            sessions.seal(outgoing, to.address);
            return taken();
        }

        private byte[] taken() {
            final byte[] datagram = new byte[outgoing.remaining()];
            outgoing.get(datagram);
            return datagram;
        }

        /** @return answer or null */
        private byte[] receive(final byte[] datagram, final Node from) {
            return receive(datagram, from.address);
        }

        private byte[] receive(final byte[] datagram, final InetSocketAddress from) {
            incoming.putBytes(0, datagram);
            if (sessions.takeHandshake(incoming, datagram.length)) {
                return sessions.answer(from, outgoing) ? taken() : null;
            }
            final int length = sessions.open(incoming, datagram.length, from);
            if (length >= 0) {
                received.add(incoming.getStringWithoutLengthAscii(0, length));
            } else {
                assertUnchanged(datagram);
            }
            return null;
        }

        private void assertUnchanged(final byte[] datagram) {
            final byte[] after = new byte[datagram.length];
            incoming.getBytes(0, after);
            assertTrue(Arrays.equals(datagram, after), "a refused datagram was changed");
        }
    }

    private Node sender() {
        return new Node(1, EndpointRole.SENDER, KEY, Sessions.REPLACE_AFTER_DATAGRAMS);
    }

    private Node receiver() {
        return new Node(2, EndpointRole.RECEIVER, KEY, Sessions.REPLACE_AFTER_DATAGRAMS);
    }

    /** Sends a frame and lets the handshake happen that may go in its stead. */
    private static void exchange(final Node from, final String frame, final Node to) {
        final byte[] answer = to.receive(from.send(frame, to), from);
        if (answer != null) {
            final byte[] held = from.receive(answer, to);
            if (held != null) {
                assertNull(to.receive(held, from));
            }
        }
    }

    private static void connect(final Node a, final Node b) {
        exchange(a, "held back", b);
        exchange(a, "hello", b);
        exchange(b, "welcome", a);
        assertEquals(List.of("held back", "hello"), b.received);
        assertEquals(List.of("welcome"), a.received);
        a.received.clear();
        b.received.clear();
    }

    private static boolean isSealed(final byte[] datagram) {
        return datagram[Datagram.TYPE_OFFSET] == Datagram.SEALED;
    }

    @Test
    void oneHandshakeServesBothDirections() {
        final Node a = sender();
        final Node b = receiver();
        connect(a, b);
        assertEquals(0, a.refusals.total() + b.refusals.total());
    }

    @Test
    void theSameFrameNeverLooksTheSame() {
        final Node a = sender();
        final Node b = receiver();
        connect(a, b);
        final String first = new String(a.send("a secret frame", b), StandardCharsets.ISO_8859_1);
        final String second = new String(a.send("a secret frame", b), StandardCharsets.ISO_8859_1);
        assertFalse(first.contains("secret"));
        assertNotEquals(first.substring(16), second.substring(16));
    }

    @Test
    void lostHandshakesAreRepeated() {
        final Node a = sender();
        final Node b = receiver();
        a.send("1", b);
        b.receive(a.send("2", b), a);
        final byte[] late = b.receive(a.send("3", b), a);
        b.receive(a.send("4", b), a);
        a.receive(late, b);
        exchange(a, "5", b);
        assertEquals(List.of("5"), b.received);
    }

    @Test
    void replayIsRefused() {
        final Node a = sender();
        final Node b = receiver();
        connect(a, b);
        final byte[] datagram = a.send("once", b);
        b.receive(datagram, a);
        b.receive(datagram, a);
        for (int i = 0; i < 2 * ReplayWindow.SIZE; i++) {
            b.receive(a.send("x", b), a);
        }
        b.received.clear();
        b.receive(datagram, a);
        assertEquals(List.of(), b.received);
        assertEquals(2, b.refusals.count(Reason.REPLAYED));
    }

    @Test
    void orderDoesNotMatter() {
        final Node a = sender();
        final Node b = receiver();
        connect(a, b);
        final byte[] first = a.send("first", b);
        b.receive(a.send("second", b), a);
        b.receive(first, a);
        assertEquals(List.of("second", "first"), b.received);
    }

    @Test
    void whatWasSentBeforeTheReceiverRestartedIsRefused() {
        final Node a = sender();
        final Node before = receiver();
        final List<byte[]> recorded = new ArrayList<>();
        recorded.add(a.send("open", before));
        final byte[] accept = before.receive(recorded.get(0), a);
        a.receive(accept, before);
        for (int i = 0; i < 10; i++) {
            recorded.add(a.send("old", before));
            before.receive(recorded.get(i + 1), a);
        }
        final Node after = receiver();
        for (final byte[] datagram : recorded) {
            after.receive(datagram, a);
        }
        assertEquals(List.of(), after.received);
        assertEquals(10, after.refusals.count(Reason.UNKNOWN_SESSION));
    }

    @Test
    void whatWasSentBeforeTheSenderRestartedIsRefused() {
        final Node before = sender();
        final Node b = receiver();
        final byte[] open = before.send("open", b);
        final byte[] accept = b.receive(open, before);
        before.receive(accept, b);
        final byte[] old = before.send("old", b);
        b.receive(old, before);
        final Node after = sender();
        after.send("open", b);
        after.receive(accept, b);
        assertEquals(1, after.refusals.count(Reason.REPLAYED));
        connect(after, new Node(3, EndpointRole.RECEIVER, KEY, Sessions.REPLACE_AFTER_DATAGRAMS));
        b.received.clear();
        exchange(after, "too long to be held back".repeat(4), b);
        exchange(after, "new", b);
        b.receive(old, before);
        assertEquals(List.of("new"), b.received);
    }

    @Test
    void aRestartedReceiverIsNoticedBySilence() {
        final Node a = sender();
        connect(a, receiver());
        final Node restarted = receiver();
        for (int i = 0; i < 10 && restarted.received.isEmpty(); i++) {
            exchange(a, "frame", restarted);
            nowNs += Peer.SILENCE_NS / 2 + 1;
        }
        assertEquals(List.of("frame"), restarted.received);
    }

    @Test
    void aLongPauseIsNoSilence() {
        final Node a = sender();
        final Node b = receiver();
        connect(a, b);
        nowNs += 1_000 * Peer.SILENCE_NS;
        assertTrue(isSealed(a.send("after a pause", b)));
        nowNs += Peer.SILENCE_NS + 1;
        assertFalse(isSealed(a.send("without an answer", b)));
        assertTrue(isSealed(a.send("the session may still work", b)));
    }

    @Test
    void aSessionIsReplacedInTime() {
        final Node a = new Node(1, EndpointRole.SENDER, KEY, 10);
        final Node b = receiver();
        connect(a, b);
        for (int i = 0; i < 100; i++) {
            exchange(a, "to", b);
            exchange(b, "fro", a);
        }
        assertTrue(b.received.size() > 85, "received " + b.received.size());
        assertEquals(100, a.received.size());
        assertEquals(0, a.refusals.total() + b.refusals.total());
        assertTrue(numberOf(a.send("x", b)) <= 12);
    }

    private static long numberOf(final byte[] datagram) {
        return isSealed(datagram) ? DatagramCipher.number(new UnsafeBuffer(datagram)) : 0;
    }

    @Test
    void aSessionThatTheOtherEndLostDoesNotStick() {
        final Node a = sender();
        final Node b = receiver();
        connect(a, b);
        // b accepts another session but never hears of it again, since its place is taken by others.
        nowNs += 2 * Peer.SILENCE_NS;
        a.send("unanswered", b);
        nowNs += 2 * Peer.SILENCE_NS;
        a.receive(b.receive(a.send("open", b), a), b);
        for (int i = 0; i < Sessions.MAX_HALF_OPEN; i++) {
            b.receive(new Node(1000 + i, EndpointRole.SENDER, KEY, 1).send("open", b), a);
        }
        b.received.clear();
        for (int i = 0; i < 10; i++) {
            exchange(a, "frame", b);
            exchange(b, "status", a);
            nowNs += Peer.SILENCE_NS / 2;
        }
        assertTrue(b.received.size() >= 5, "received " + b.received.size());
    }

    @Test
    void bothMayOpenAtOnce() {
        final Node a = sender();
        final Node b = receiver();
        final byte[] openOfA = a.send("1", b);
        final byte[] openOfB = b.send("1", a);
        final byte[] acceptOfB = b.receive(openOfA, a);
        final byte[] acceptOfA = a.receive(openOfB, b);
        a.receive(acceptOfB, b);
        b.receive(acceptOfA, a);
        for (int i = 0; i < 40; i++) {
            exchange(a, "frame", b);
            exchange(b, "status", a);
            nowNs += Peer.SILENCE_NS / 4;
        }
        assertTrue(a.received.size() > 30 && b.received.size() > 30, a.received.size() + ", " + b.received.size());
    }

    @Test
    void anotherKeyIsNotAnswered() {
        final Node stranger = new Node(1, EndpointRole.SENDER, OTHER_KEY, Sessions.REPLACE_AFTER_DATAGRAMS);
        final Node b = receiver();
        assertNull(b.receive(stranger.send("let me in", b), stranger));
        assertEquals(1, b.refusals.count(Reason.WRONG_KEY));
        assertEquals(1, b.refusals.total());
    }

    @Test
    void aRedirectedDatagramIsRefused() {
        final Node a = sender();
        final Node b = receiver();
        connect(a, b);
        final Node c = new Node(3, EndpointRole.RECEIVER, KEY, Sessions.REPLACE_AFTER_DATAGRAMS);
        connect(a, c);
        c.receive(a.send("for b", b), a);
        b.receive(a.send("for b", b), c);
        assertEquals(List.of(), b.received);
        assertEquals(List.of(), c.received);
        assertEquals(1, b.refusals.count(Reason.UNKNOWN_SESSION));
        assertEquals(1, c.refusals.count(Reason.UNKNOWN_SESSION));
    }

    @Test
    void aReflectedDatagramIsRefused() {
        final Node a = sender();
        final Node b = receiver();
        assertNull(a.receive(a.send("open", b), b));
        assertEquals(1, a.refusals.count(Reason.FORGED));
        connect(a, b);
        a.receive(a.send("sealed", b), b);
        assertEquals(List.of(), a.received);
    }

    @Test
    void answersAreNoLongerThanWhatTheyAnswer() {
        final Node a = sender();
        for (int length = 0; length < 200; length++) {
            final Node b = new Node(10 + length, EndpointRole.RECEIVER, KEY, Sessions.REPLACE_AFTER_DATAGRAMS);
            final byte[] open = a.send("x".repeat(length), b);
            final byte[] accept = b.receive(open, a);
            assertTrue(accept.length <= open.length);
            final byte[] held = a.receive(accept, b);
            assertTrue(held == null || held.length <= accept.length);
        }
    }

    @Test
    void everyFlippedBitAndEveryCutIsRefused() {
        final Node a = sender();
        final Node b = receiver();
        final byte[] open = a.send("lost", b);
        for (int bit = 0; bit < open.length * Byte.SIZE; bit++) {
            assertNull(b.receive(flipped(open, bit), a), "bit " + bit);
        }
        connect(a, b);
        final byte[] datagram = a.send("a frame", b);
        for (int bit = 0; bit < datagram.length * Byte.SIZE; bit++) {
            b.receive(flipped(datagram, bit), a);
        }
        for (int length = 0; length < datagram.length; length++) {
            b.receive(Arrays.copyOf(datagram, length), a);
        }
        b.receive(Arrays.copyOf(datagram, datagram.length + 1), a);
        assertEquals(List.of(), b.received);
        assertEquals((open.length + datagram.length) * Byte.SIZE + datagram.length + 1, b.refusals.total());
        b.receive(datagram, a);
        assertEquals(List.of("a frame"), b.received);
    }

    private static byte[] flipped(final byte[] datagram, final int bit) {
        final byte[] flipped = datagram.clone();
        flipped[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
        return flipped;
    }

    @Test
    void garbageIsRefused() {
        final Node a = sender();
        final Node b = receiver();
        connect(a, b);
        final Random random = new Random(1);
        final int datagrams = 20_000;
        for (int i = 0; i < datagrams; i++) {
            final byte[] garbage = new byte[random.nextInt(random.nextInt(10) == 0 ? Datagram.MAX_BYTES : 120)];
            random.nextBytes(garbage);
            if (garbage.length > 8 && random.nextBoolean()) {
                garbage[Datagram.VERSION_OFFSET] = Datagram.VERSION;
                garbage[Datagram.TYPE_OFFSET] = (byte) random.nextInt(5);
            }
            assertNull(b.receive(garbage, a));
        }
        assertEquals(datagrams, b.refusals.total());
        exchange(a, "fine", b);
        assertEquals(List.of("fine"), b.received);
    }

    @Test
    void whatIsRememberedOfStrangersIsBounded() {
        final Node b = receiver();
        final Node first = sender();
        connect(first, b);
        for (int i = 0; i < Sessions.MAX_PEERS; i++) {
            final Node a = new Node(10 + i, EndpointRole.SENDER, KEY, Sessions.REPLACE_AFTER_DATAGRAMS);
            b.received.clear();
            connect(a, b);
        }
        first.receive(b.send("forgotten", first), b);
        assertEquals(List.of(), first.received);
        b.receive(first.send("forgotten", b), first);
        assertEquals(1, b.refusals.count(Reason.UNKNOWN_SESSION));
    }
}
