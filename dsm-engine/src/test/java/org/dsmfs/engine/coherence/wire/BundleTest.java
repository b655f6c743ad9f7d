package org.dsmfs.engine.coherence.wire;

import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.coherence.CopyState;
import org.dsmfs.engine.coherence.Message;
import org.dsmfs.engine.coherence.MessageType;
import org.dsmfs.engine.network.Network;
import org.dsmfs.engine.network.Stream;
import org.junit.jupiter.api.Test;

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class BundleTest {
    private static final int LARGE_PAGE_BYTES = 0x8000;
    private static final long SMALL = Segment.of(0x01, 0x20);
    private static final long LARGE = Segment.of(0x81, 0x20);
    private static final int FIRST_ENTRY = MessageBundle.ENTRIES;

    private final BundleWriter writer = new BundleWriter();
    private final BundleReader reader = new BundleReader(LARGE_PAGE_BYTES);
    private final UnsafeBuffer page = new UnsafeBuffer(new byte[LARGE_PAGE_BYTES]);

    private static Message message(final MessageType type) {
        final Message message = new Message();
        message.type = type;
        message.from = 5;
        message.to = 6;
        message.epoch = 9;
        message.requester = 1023;
        message.seq = 7;
        message.ts = 8;
        message.version = type.carriesData() ? 1L << 60 : 0;
        return message;
    }

    private byte[] written() {
        final byte[] bytes = new byte[writer.length()];
        writer.buffer().getBytes(0, bytes);
        return bytes;
    }

    private BundleDefect wrap(final Stream stream, final byte[] bytes) {
        return reader.wrap(stream, new UnsafeBuffer(bytes), 0, bytes.length);
    }

    @Test
    void messagesComeOutAsTheyWentIn() {
        for (final Stream stream : Stream.VALUES) {
            writer.begin(stream, 9);
            for (final MessageType type : MessageType.values()) {
                if (WireType.of(type).isCarriedBy(stream)) {
                    assertTrue(writer.message(message(type), 0, SMALL, 4));
                }
            }
            assertNull(wrap(stream, written()));
            for (final MessageType type : MessageType.values()) {
                if (WireType.of(type).isCarriedBy(stream)) {
                    assertTrue(reader.next());
                    final Message read = new Message();
                    reader.toMessage(read, 5, 6);
                    assertEquals(message(type).toString(), read.toString());
                    assertEquals(SMALL, reader.segment());
                    assertEquals(4, reader.page());
                }
            }
            assertFalse(reader.next());
        }
    }

    @Test
    void contentIsThePageWithItsZeros() {
        final byte[] target = new byte[LARGE_PAGE_BYTES];
        final Random random = new Random(1);
        writer.begin(Stream.RESPONSE, 9);
        for (final int length : new int[] {0, 1, 8, 9, 4000, LARGE_PAGE_BYTES}) {
            page.setMemory(0, LARGE_PAGE_BYTES, (byte) 0);
            for (int i = 0; i < length; i++) {
                page.putByte(i, (byte) (1 + random.nextInt(255)));
            }
            writer.begin(Stream.RESPONSE, 9);
            assertTrue(writer.message(message(MessageType.DATA_S), 0, LARGE, 4, page, 0, LARGE_PAGE_BYTES));
            assertNull(wrap(Stream.RESPONSE, written()));
            assertTrue(reader.next());
            assertEquals(length + 7 & ~7, reader.contentLength());
            Arrays.fill(target, (byte) 0x55);
            reader.copyContent(new UnsafeBuffer(target), 0, LARGE_PAGE_BYTES);
            assertArrayEquals(page.byteArray(), target);
        }
    }

    @Test
    void isFullBeforeItIsTooLongForTheNetwork() {
        page.setMemory(0, LARGE_PAGE_BYTES, (byte) 1);
        writer.begin(Stream.RESPONSE, 9);
        int pages = 0;
        while (writer.message(message(MessageType.DATA_S), 0, LARGE, pages, page, 0, LARGE_PAGE_BYTES)) {
            pages++;
        }
        assertTrue(pages * LARGE_PAGE_BYTES >= 1 << 20, pages + " pages");
        assertEquals(pages, writer.count());
        assertTrue(writer.length() <= Network.MAX_MESSAGE_BYTES);
        assertNull(wrap(Stream.RESPONSE, written()));
        for (int i = 0; i < pages; i++) {
            assertTrue(reader.next());
            assertEquals(i, reader.page());
        }
        assertFalse(reader.next());
    }

    @Test
    void refusesToWriteWhatATypeHasNot() {
        writer.begin(Stream.REQUEST, 9);
        assertThrows(IllegalArgumentException.class, () -> writer.message(message(MessageType.INV), 0, SMALL, 4));
        assertThrows(IllegalArgumentException.class,
            () -> writer.message(message(MessageType.GET_S), MessageBundle.ABSENT, SMALL, 4));
        page.putByte(0, (byte) 1);
        assertThrows(IllegalArgumentException.class,
            () -> writer.message(message(MessageType.GET_S), 0, SMALL, 4, page, 0, 4096));
        assertThrows(IllegalArgumentException.class,
            () -> writer.message(message(MessageType.PUT), MessageBundle.ABSENT, SMALL, 4, page, 0, 4096));
        assertEquals(0, writer.count());
    }

    @Test
    void refusesEachKindOfWrongBytes() {
        writer.begin(Stream.REQUEST, 9);
        writer.report(SMALL, 4, CopyState.O, 8, 10, MessageBundle.IN_RAM);
        final byte[] good = written();
        assertNull(wrap(Stream.REQUEST, good));
        assertEquals(BundleDefect.STREAM, wrap(Stream.RESPONSE, good));
        assertEquals(BundleDefect.TRUNCATED, wrap(Stream.REQUEST, new byte[0]));
        assertEquals(BundleDefect.TRAILING_BYTES, wrap(Stream.REQUEST, Arrays.copyOf(good, good.length + 8)));
        refuses(BundleDefect.FORMAT_VERSION, good, MessageBundle.FORMAT, 1);
        refuses(BundleDefect.HEADER, good, MessageBundle.COUNT, 0);
        refuses(BundleDefect.HEADER, good, MessageBundle.EPOCH + 7, 0x80);
        refuses(BundleDefect.TRUNCATED, good, MessageBundle.COUNT, 2);
        refuses(BundleDefect.TYPE, good, FIRST_ENTRY + MessageBundle.TYPE, 0);
        refuses(BundleDefect.TYPE, good, FIRST_ENTRY + MessageBundle.TYPE, 0xff);
        refuses(BundleDefect.UNUSED_FIELD, good, FIRST_ENTRY + MessageBundle.FLAGS, MessageBundle.UPGRADE);
        refuses(BundleDefect.UNUSED_FIELD, good, FIRST_ENTRY + MessageBundle.STATE + 1, 1);
        refuses(BundleDefect.UNUSED_FIELD, good, FIRST_ENTRY + MessageBundle.NODE, 1);
        refuses(BundleDefect.UNUSED_FIELD, good, FIRST_ENTRY + MessageBundle.CONTENT_WORDS, 1);
        refuses(BundleDefect.UNUSED_FIELD, good, FIRST_ENTRY + MessageBundle.SEQ, 1);
        refuses(BundleDefect.FIELD_RANGE, good, FIRST_ENTRY + MessageBundle.STATE, CopyState.IS.ordinal());
        refuses(BundleDefect.FIELD_RANGE, good, FIRST_ENTRY + MessageBundle.STATE, 0xff);
        refuses(BundleDefect.FIELD_RANGE, good, FIRST_ENTRY + MessageBundle.PAGE + 7, 0x80);
        refuses(BundleDefect.FIELD_RANGE, good, FIRST_ENTRY + MessageBundle.TS + 7, 0x80);
        refuses(BundleDefect.FIELD_RANGE, good, FIRST_ENTRY + MessageBundle.VERSION + 7, 0x80);
    }

    @Test
    void refusesWrongBytesOfData() {
        page.putByte(4095, (byte) 1);
        writer.begin(Stream.RESPONSE, 9);
        writer.message(message(MessageType.DATA_M), 0, SMALL, 4, page, 0, 4096);
        final byte[] good = written();
        assertNull(wrap(Stream.RESPONSE, good));
        final byte[] longer = Arrays.copyOf(good, good.length + 8);
        assertEquals(BundleDefect.CONTENT, wrap(Stream.RESPONSE,
            with(longer, FIRST_ENTRY + MessageBundle.CONTENT_WORDS, 4096 / 8 + 1)));
        refuses(BundleDefect.CONTENT, good, FIRST_ENTRY + MessageBundle.FLAGS, MessageBundle.ABSENT);
        refuses(BundleDefect.FIELD_RANGE, good, FIRST_ENTRY + MessageBundle.NODE + 1, 4);
        refuses(BundleDefect.FIELD_RANGE, good, FIRST_ENTRY + MessageBundle.NODE + 1, 0xff);
        refuses(BundleDefect.FIELD_RANGE, good, FIRST_ENTRY + MessageBundle.SEQ, 0);
    }

    private void refuses(final BundleDefect expected, final byte[] good, final int at, final int value) {
        assertEquals(expected, reader.wrap(good[FIRST_ENTRY] == WireType.DATA_M.code() ? Stream.RESPONSE
            : Stream.REQUEST, new UnsafeBuffer(with(good, at, value)), 0, good.length));
        assertFalse(reader.next());
    }

    private static byte[] with(final byte[] good, final int at, final int value) {
        final UnsafeBuffer bytes = new UnsafeBuffer(good.clone());
        if (at == FIRST_ENTRY + MessageBundle.CONTENT_WORDS) {
            bytes.putShort(at, (short) value, ByteOrder.LITTLE_ENDIAN);
        } else {
            bytes.putByte(at, (byte) value);
        }
        return bytes.byteArray();
    }
}
