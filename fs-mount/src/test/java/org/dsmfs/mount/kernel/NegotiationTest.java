package org.dsmfs.mount.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.layout.ErrnoException;
import org.junit.jupiter.api.Test;

/** What is agreed on with kernels that were recorded: their INIT requests, and our answers byte by byte. */
class NegotiationTest {
    /** Linux 5.4: 16 bytes, no second word of flags. */
    private static final String LINUX_5_4 = "07000000 1f000000 00000200 fbffff03";
    /** Linux 5.15. */
    private static final String LINUX_5_15 = "07000000 22000000 00000200 fbffff33";
    /** Linux 6.18: passthrough, idmapped mounts, resending and more that is not asked for. */
    private static final String LINUX_6_18 = "07000000 2d000000 00000200 fbffff73 fd050000 "
        + "00".repeat(44);

    private static Request init(final String body) {
        final byte[] bytes = Conversation.bytes(body);
        final int length = RequestLayout.Header.SIZE + bytes.length;
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[length]);
        buffer.putInt(RequestLayout.Header.LENGTH, length);
        buffer.putInt(RequestLayout.Header.OPCODE, Opcode.INIT);
        buffer.putLong(RequestLayout.Header.UNIQUE, 2);
        buffer.putBytes(RequestLayout.Header.SIZE, bytes);
        final Request request = new Request(buffer);
        assertTrue(request.received(length));
        return request;
    }

    private static byte[] answer(final Negotiation negotiation) {
        final Reply reply = new Reply(new UnsafeBuffer(new byte[4096]));
        negotiation.answer(reply);
        final byte[] bytes = new byte[reply.finish(2, 0)];
        reply.buffer().getBytes(0, bytes);
        return bytes;
    }

    @Test
    void linux618GetsEverything() {
        final Negotiation negotiation = new Negotiation(init(LINUX_6_18), false);
        assertTrue(negotiation.isPossible());
        assertEquals("7.45", negotiation.version());
        assertTrue(negotiation.has(Negotiation.HANDLE_KILLPRIV_V2));
        assertTrue(negotiation.has(Negotiation.DIRECT_IO_ALLOW_MMAP));
        assertArrayEquals(Conversation.bytes("50000000 00000000 0200000000000000 "
            + "07000000 2d000000 00000200 7be4d472 2000 1800 00001000 01000000 0001 0000 10000000" + "00".repeat(28)),
            answer(negotiation));
    }

    @Test
    void linux515LacksTheSecondWordOfFlags() {
        final Negotiation negotiation = new Negotiation(init(LINUX_5_15), false);
        assertEquals("7.34", negotiation.version());
        assertTrue(negotiation.has(Negotiation.SETXATTR_EXT));
        assertTrue(negotiation.has(Negotiation.HANDLE_KILLPRIV_V2));
        assertFalse(negotiation.has(Negotiation.INIT_EXT));
        assertArrayEquals(Conversation.bytes("50000000 00000000 0200000000000000 "
            + "07000000 22000000 00000200 7be4d432 2000 1800 00001000 01000000 0001 0000 00000000" + "00".repeat(28)),
            answer(negotiation));
    }

    @Test
    void linux54LeavesSetIdBitsAndLongSetxattrToTheKernel() {
        final Negotiation negotiation = new Negotiation(init(LINUX_5_4), false);
        assertTrue(negotiation.isPossible());
        assertEquals("7.31", negotiation.version());
        assertFalse(negotiation.has(Negotiation.HANDLE_KILLPRIV_V2));
        assertFalse(negotiation.has(Negotiation.SETXATTR_EXT));
        assertTrue(negotiation.has(Negotiation.POSIX_ACL));
        assertArrayEquals(Conversation.bytes("50000000 00000000 0200000000000000 "
            + "07000000 1f000000 00000200 7be4d402 2000 1800 00001000 01000000 0001 0000 00000000" + "00".repeat(28)),
            answer(negotiation));
    }

    @Test
    void olderKernelIsRefused() {
        final Negotiation negotiation = new Negotiation(init("07000000 1b000000 00000200 fbff7f00"), false);
        assertFalse(negotiation.isPossible());
        assertEquals("7.27", negotiation.kernelVersion());
    }

    @Test
    void laterMajorVersionIsToldOurs() {
        final Negotiation negotiation = new Negotiation(init("08000000 00000000 00000000 00000000"), false);
        assertTrue(negotiation.isPossible());
        assertTrue(negotiation.isToBeRepeated());
        assertEquals(7, new UnsafeBuffer(answer(negotiation)).getInt(ReplyLayout.Header.SIZE));
    }

    @Test
    void tooShortIsRefused() {
        assertThrows(ErrnoException.class, () -> new Negotiation(init("07000000 1f0000"), false));
        assertThrows(ErrnoException.class, () -> new Negotiation(init("07000000 2d000000 00000200 fbffff73"), false));
    }
}
