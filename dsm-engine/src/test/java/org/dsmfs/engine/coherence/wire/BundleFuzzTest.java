package org.dsmfs.engine.coherence.wire;

import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.coherence.CopyState;
import org.dsmfs.engine.coherence.Message;
import org.dsmfs.engine.coherence.MessageType;
import org.dsmfs.engine.network.Stream;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Bytes that no writer wrote are refused, or read as something that a writer could have written. */
class BundleFuzzTest {
    private static final long SEED = Long.getLong("wire.seed", 1);
    private static final int LARGE_PAGE_BYTES = 0x2000;
    private static final int RUNS = 200_000;

    private final Random random = new Random(SEED);
    private final BundleReader reader = new BundleReader(LARGE_PAGE_BYTES);
    private final UnsafeBuffer page = new UnsafeBuffer(new byte[LARGE_PAGE_BYTES]);
    private final Set<BundleDefect> seen = EnumSet.noneOf(BundleDefect.class);
    private int accepted;

    /** Reads bytes that are the very end of their array, so that a step beyond them is noticed. */
    private void read(final Stream stream, final byte[] bytes) {
        final BundleDefect defect = reader.wrap(stream, new UnsafeBuffer(bytes), 0, bytes.length);
        int entries = 0;
        while (reader.next()) {
            entries++;
            assertTrue(reader.type().isCarriedBy(stream));
            assertTrue(reader.node() >= -1 && reader.node() <= 1023 && !reader.state().isWaiting());
            if (reader.type().hasContent()) {
                final int size = Segment.isLarge(reader.segment()) ? LARGE_PAGE_BYTES : Segment.SMALL_PAGE_SIZE;
                reader.copyContent(page, 0, size);
            }
        }
        assertEquals(defect == null, entries > 0);
        if (defect == null) {
            accepted++;
        } else {
            seen.add(defect);
        }
    }

    private byte[] bundle(final Stream stream) {
        final BundleWriter writer = new BundleWriter();
        writer.begin(stream, random.nextInt(9));
        final int count = 1 + random.nextInt(4);
        while (writer.count() < count) {
            final long segment = Segment.of(random.nextInt(256), random.nextInt(9));
            final MessageType type = MessageType.values()[random.nextInt(MessageType.values().length)];
            if (WireType.of(type).isCarriedBy(stream)) {
                final Message message = new Message();
                message.type = type;
                message.requester = random.nextInt(1024);
                message.seq = 1 + random.nextInt(9);
                message.ts = random.nextInt(9);
                final int length = type.carriesData() ? random.nextInt(100) * 8 : 0;
                page.setMemory(0, LARGE_PAGE_BYTES, (byte) 0);
                page.setMemory(0, length, (byte) 1);
                writer.message(message, 0, segment, 0, page, 0, Segment.SMALL_PAGE_SIZE);
            } else if (stream == Stream.FORWARD) {
                writer.adopt(segment, 1, CopyState.S, 1, random.nextInt(1025) - 1);
            }
        }
        final byte[] bytes = new byte[writer.length()];
        writer.buffer().getBytes(0, bytes);
        return bytes;
    }

    private Stream stream() {
        return Stream.VALUES[random.nextInt(Stream.VALUES.length)];
    }

    @Test
    void randomBytes() {
        for (int run = 0; run < RUNS; run++) {
            final byte[] bytes = new byte[random.nextInt(300)];
            random.nextBytes(bytes);
            if (bytes.length >= MessageBundle.ENTRIES && random.nextInt(4) > 0) {
                final UnsafeBuffer header = new UnsafeBuffer(bytes);
                header.putInt(MessageBundle.FORMAT, MessageBundle.FORMAT_VERSION, MessageBundle.ORDER);
                header.putInt(MessageBundle.COUNT, 1 + random.nextInt(5), MessageBundle.ORDER);
            }
            read(stream(), bytes);
        }
        assertTrue(seen.contains(BundleDefect.TYPE) && seen.contains(BundleDefect.UNUSED_FIELD), seen.toString());
    }

    @Test
    void mutatedBundles() {
        for (int run = 0; run < RUNS; run++) {
            final Stream stream = stream();
            final byte[] bytes = bundle(stream);
            for (int i = random.nextInt(3); i >= 0; i--) {
                final int at = random.nextInt(Math.min(bytes.length, random.nextBoolean() ? 80 : Integer.MAX_VALUE));
                bytes[at] ^= (byte) (1 << random.nextInt(8));
            }
            read(stream, random.nextInt(4) > 0 ? bytes : Arrays.copyOf(bytes, random.nextInt(bytes.length + 9)));
        }
        assertEquals(EnumSet.allOf(BundleDefect.class), seen);
        assertTrue(accepted > RUNS / 100 && accepted < RUNS, accepted + " accepted");
    }

    @Test
    void truncatedBundlesAreRefusedAtEachLength() {
        for (final Stream stream : Stream.VALUES) {
            final byte[] bytes = bundle(stream);
            assertNull(reader.wrap(stream, new UnsafeBuffer(bytes), 0, bytes.length));
            for (int length = 0; length < bytes.length; length++) {
                assertNotNull(reader.wrap(stream, new UnsafeBuffer(bytes, 0, length), 0, length));
            }
        }
    }
}
