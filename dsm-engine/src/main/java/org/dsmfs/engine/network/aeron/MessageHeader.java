package org.dsmfs.engine.network.aeron;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.network.Network;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

/**
 * The header of each message between nodes, little-endian. Frozen for its {@link #VERSION_1}.
 *
 * <p>A connection is named by a pair of numbers, each chosen at random by one side: see {@link Link}.
 */
final class MessageHeader {
    /** Version of the format: short. */
    static final int VERSION = 0;
    /** One of the types: short. */
    static final int TYPE = 2;
    /** Bytes that follow the header: int. */
    static final int LENGTH = 4;
    /** Digest of the space's identity: long. */
    static final int SPACE = 8;
    /** Sender: int. */
    static final int FROM_NODE = 16;
    /** Starts of the sender so far: int. */
    static final int FROM_INCARNATION = 20;
    /** Receiver: int. */
    static final int TO_NODE = 24;
    /** Starts of the receiver so far: int. */
    static final int TO_INCARNATION = 28;
    /** The sender's number of the connection: long. */
    static final int FROM_CONNECTION = 32;
    /** The receiver's number of the connection, 0 if the sender does not know it: long. */
    static final int TO_CONNECTION = 40;
    /** Length of the header. */
    static final int BYTES = 48;

    /** The only version so far. */
    static final short VERSION_1 = 1;

    /** Type: the sender wants to connect; asks for a WELCOME. Like that it is followed by bytes that mean nothing. */
    static final short HELLO = 1;
    /** Type: answers a HELLO. */
    static final short WELCOME = 2;
    /** Type: a message. */
    static final short DATA = 3;

    private MessageHeader() {
    }

    /** @return a header of everything but {@link #LENGTH}, which is 0 */
    static DirectBuffer of(final short type, final long space, final int fromNode, final int fromIncarnation,
            final int toNode, final int toIncarnation, final long fromConnection, final long toConnection) {
        final MutableDirectBuffer header = new UnsafeBuffer(new byte[BYTES]);
        header.putShort(VERSION, VERSION_1, LITTLE_ENDIAN);
        header.putShort(TYPE, type, LITTLE_ENDIAN);
        header.putLong(SPACE, space, LITTLE_ENDIAN);
        header.putInt(FROM_NODE, fromNode, LITTLE_ENDIAN);
        header.putInt(FROM_INCARNATION, fromIncarnation, LITTLE_ENDIAN);
        header.putInt(TO_NODE, toNode, LITTLE_ENDIAN);
        header.putInt(TO_INCARNATION, toIncarnation, LITTLE_ENDIAN);
        header.putLong(FROM_CONNECTION, fromConnection, LITTLE_ENDIAN);
        header.putLong(TO_CONNECTION, toConnection, LITTLE_ENDIAN);
        return header;
    }

    /**
     * @param bytes from the first frame of a message, at least {@link #BYTES} of them
     * @return length of the message with its header, -1 if it can't be right
     */
    static int messageBytes(final DirectBuffer buffer, final int offset, final int bytes) {
        if (bytes < BYTES) {
            return -1;
        }
        final int length = buffer.getInt(offset + LENGTH, LITTLE_ENDIAN);
        return length < 0 || length > Network.MAX_MESSAGE_BYTES ? -1 : BYTES + length;
    }

    static short version(final DirectBuffer buffer, final int offset) {
        return buffer.getShort(offset + VERSION, LITTLE_ENDIAN);
    }

    static short type(final DirectBuffer buffer, final int offset) {
        return buffer.getShort(offset + TYPE, LITTLE_ENDIAN);
    }

    static long space(final DirectBuffer buffer, final int offset) {
        return buffer.getLong(offset + SPACE, LITTLE_ENDIAN);
    }

    static int fromNode(final DirectBuffer buffer, final int offset) {
        return buffer.getInt(offset + FROM_NODE, LITTLE_ENDIAN);
    }

    static int fromIncarnation(final DirectBuffer buffer, final int offset) {
        return buffer.getInt(offset + FROM_INCARNATION, LITTLE_ENDIAN);
    }

    static int toNode(final DirectBuffer buffer, final int offset) {
        return buffer.getInt(offset + TO_NODE, LITTLE_ENDIAN);
    }

    static int toIncarnation(final DirectBuffer buffer, final int offset) {
        return buffer.getInt(offset + TO_INCARNATION, LITTLE_ENDIAN);
    }

    static long fromConnection(final DirectBuffer buffer, final int offset) {
        return buffer.getLong(offset + FROM_CONNECTION, LITTLE_ENDIAN);
    }

    static long toConnection(final DirectBuffer buffer, final int offset) {
        return buffer.getLong(offset + TO_CONNECTION, LITTLE_ENDIAN);
    }
}
