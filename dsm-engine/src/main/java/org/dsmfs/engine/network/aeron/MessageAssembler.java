package org.dsmfs.engine.network.aeron;

import io.aeron.logbuffer.FrameDescriptor;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Puts the frames of one session's messages together. Frames come in order and without gaps; a message that its sender
 * gave up is ended by the start of the next. Aeron's own assemblers want a message to lie within one term, which would
 * ask for terms of eight times the largest message.
 */
final class MessageAssembler {
    private static final int MIN_BUFFER_BYTES = 64 << 10;

    private MutableDirectBuffer buffer;
    /** Bytes of the message, header included; 0 if none is being assembled. */
    private int expectedBytes;
    private int bytes;

    /** What a frame led to. */
    enum Result {
        /** More is needed, or the frame belongs to nothing. */
        INCOMPLETE,
        /** The message is in {@link #message()}. */
        COMPLETE,
        /** The message was wrong, and is dropped. */
        MALFORMED
    }

    /** Takes a frame that is not a whole message. */
    Result onFrame(final byte flags, final DirectBuffer frame, final int offset, final int length) {
        if ((flags & FrameDescriptor.BEGIN_FRAG_FLAG) != 0) {
            expectedBytes = 0;
            final int messageBytes = MessageHeader.messageBytes(frame, offset, length);
            if (messageBytes <= length) {
                return Result.MALFORMED;
            }
            expectedBytes = messageBytes;
            bytes = 0;
            if (buffer == null || buffer.capacity() < messageBytes) {
                buffer = new UnsafeBuffer(
                    new byte[Math.max(MIN_BUFFER_BYTES, BitUtil.findNextPositivePowerOfTwo(messageBytes))]);
            }
        } else if (expectedBytes == 0) {
            return Result.INCOMPLETE;
        }
        final boolean isLast = (flags & FrameDescriptor.END_FRAG_FLAG) != 0;
        if (length > expectedBytes - bytes || isLast != (length == expectedBytes - bytes)) {
            expectedBytes = 0;
            return Result.MALFORMED;
        }
        buffer.putBytes(bytes, frame, offset, length);
        bytes += length;
        if (!isLast) {
            return Result.INCOMPLETE;
        }
        expectedBytes = 0;
        return Result.COMPLETE;
    }

    /** Forgets what has come of a message. */
    void reset() {
        expectedBytes = 0;
    }

    /** @return the message that was completed last, from offset 0; valid until the next frame */
    DirectBuffer message() {
        return buffer;
    }

    /** @return length of {@link #message()}, header included */
    int messageBytes() {
        return bytes;
    }
}
