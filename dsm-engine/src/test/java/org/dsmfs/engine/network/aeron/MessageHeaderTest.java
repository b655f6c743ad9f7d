package org.dsmfs.engine.network.aeron;

import io.aeron.logbuffer.FrameDescriptor;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.network.Network;
import org.junit.jupiter.api.Test;

import java.util.HexFormat;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.junit.jupiter.api.Assertions.assertEquals;

/** The bytes between nodes, and what is made of wrong ones. */
final class MessageHeaderTest {
    @Test
    void goldenBytes() {
        final DirectBuffer header =
            MessageHeader.of(MessageHeader.DATA, 0x1122334455667788L, 1, 2, 3, 4, 0x0a0b0c0d0e0f1011L, -2);
        assertEquals("0100" + "0300" + "00000000" + "8877665544332211" + "01000000" + "02000000" + "03000000"
            + "04000000" + "11100f0e0d0c0b0a" + "feffffffffffffff", HexFormat.of().formatHex(header.byteArray()));
    }

    @Test
    void lengthsThatCantBeRightAreRefused() {
        final UnsafeBuffer header = header(0);
        assertEquals(-1, MessageHeader.messageBytes(header, 0, MessageHeader.BYTES - 1));
        assertEquals(MessageHeader.BYTES, MessageHeader.messageBytes(header, 0, MessageHeader.BYTES));
        assertEquals(-1, MessageHeader.messageBytes(header(-1), 0, MessageHeader.BYTES));
        assertEquals(-1, MessageHeader.messageBytes(header(Network.MAX_MESSAGE_BYTES + 1), 0, MessageHeader.BYTES));
        assertEquals(MessageHeader.BYTES + Network.MAX_MESSAGE_BYTES,
            MessageHeader.messageBytes(header(Network.MAX_MESSAGE_BYTES), 0, MessageHeader.BYTES));
    }

    @Test
    void framesThatMakeNoMessageAreRefusedAndTheNextMessageIsWhole() {
        final MessageAssembler assembler = new MessageAssembler();
        final byte begin = FrameDescriptor.BEGIN_FRAG_FLAG;
        final byte end = FrameDescriptor.END_FRAG_FLAG;
        final UnsafeBuffer first = new UnsafeBuffer(new byte[100]);
        first.putBytes(0, header(152), 0, MessageHeader.BYTES);

        assertEquals(MessageAssembler.Result.INCOMPLETE, assembler.onFrame(end, first, 0, 100), "no beginning");
        assertEquals(MessageAssembler.Result.MALFORMED, assembler.onFrame(begin, first, 0, 20), "no header");
        assertEquals(MessageAssembler.Result.INCOMPLETE, assembler.onFrame(begin, first, 0, 100));
        assertEquals(MessageAssembler.Result.MALFORMED, assembler.onFrame(end, first, 0, 99), "too short");
        assertEquals(MessageAssembler.Result.INCOMPLETE, assembler.onFrame(begin, first, 0, 100));
        assertEquals(MessageAssembler.Result.MALFORMED, assembler.onFrame((byte) 0, first, 0, 100), "no end");
        assertEquals(MessageAssembler.Result.INCOMPLETE, assembler.onFrame(end, first, 0, 100), "dropped before");
        assertEquals(MessageAssembler.Result.INCOMPLETE, assembler.onFrame(begin, first, 0, 100), "given up");
        assertEquals(MessageAssembler.Result.INCOMPLETE, assembler.onFrame(begin, first, 0, 100));
        assertEquals(MessageAssembler.Result.COMPLETE, assembler.onFrame(end, first, 0, 100));
        assertEquals(200, assembler.messageBytes());
    }

    private static UnsafeBuffer header(final int length) {
        final UnsafeBuffer header = new UnsafeBuffer(new byte[MessageHeader.BYTES]);
        header.putInt(MessageHeader.LENGTH, length, LITTLE_ENDIAN);
        return header;
    }
}
