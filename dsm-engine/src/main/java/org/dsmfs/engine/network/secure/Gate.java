package org.dsmfs.engine.network.secure;

import io.aeron.protocol.HeaderFlyweight;
import org.agrona.MutableDirectBuffer;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import static io.aeron.logbuffer.FrameDescriptor.typeOffset;
import static io.aeron.logbuffer.FrameDescriptor.versionOffset;

/**
 * Where an endpoint's datagrams pass between Aeron's code and the network. Aeron decides by the type in the frame's
 * header which method of the endpoint gets a frame, so this writes the type that leads where the datagram belongs.
 */
final class Gate {
    /** A type of frame that no poller passes on. */
    private static final short NOBODY = (short) 0xFFFF;

    private final Sessions sessions;
    private final DatagramCipher cipher;
    /** Shared by the endpoints of a thread: for what is sent next. */
    private final ByteBuffer outgoing;
    private int frameLength;
    private boolean isHandshake;

    Gate(final Sessions sessions, final DatagramCipher cipher, final ByteBuffer outgoing) {
        this.sessions = sessions;
        this.cipher = cipher;
        this.outgoing = outgoing;
    }

    /**
     * Takes a frame that is to be sent.
     *
     * @return what to hand to Aeron instead; {@link #fill} must be called with it for each destination
     */
    ByteBuffer load(final ByteBuffer frame) {
        outgoing.clear().limit(frame.remaining() + Datagram.OVERHEAD_BYTES);
        cipher.load(frame);
        return outgoing;
    }

    /** Fills the buffer with the datagram for the destination. */
    void fill(final ByteBuffer datagram, final InetSocketAddress to) {
        sessions.seal(datagram, to);
    }

    /**
     * @param bytesSent what the socket took: a datagram or nothing
     * @return what to tell Aeron about a frame of that length
     */
    static int sent(final int bytesSent, final int frameLength) {
        return bytesSent > 0 ? frameLength : 0;
    }

    /** Opens a datagram in Aeron's buffer, such that Aeron passes on nothing but genuine frames and handshakes. */
    void receive(final MutableDirectBuffer buffer, final int length, final InetSocketAddress from) {
        isHandshake = sessions.takeHandshake(buffer, length);
        if (isHandshake) {
            route(buffer, (short) HeaderFlyweight.HDR_TYPE_RTTM);
            return;
        }
        frameLength = sessions.open(buffer, length, from);
        if (frameLength < HeaderFlyweight.MIN_HEADER_LENGTH
            || buffer.getByte(versionOffset(0)) != HeaderFlyweight.CURRENT_VERSION) {
            route(buffer, NOBODY);
        }
    }

    /** @return whether what came last is a handshake, and came as the RTT measurement that it is not */
    boolean isHandshake() {
        return isHandshake;
    }

    /** @return bytes of the frame that came last */
    int frameLength() {
        return frameLength;
    }

    /** @return what to send back for the handshake that came last, or null */
    ByteBuffer answer(final InetSocketAddress from) {
        return sessions.answer(from, outgoing) ? outgoing : null;
    }

    private static void route(final MutableDirectBuffer buffer, final short frameType) {
        buffer.putShort(typeOffset(0), frameType, ByteOrder.LITTLE_ENDIAN);
    }
}
