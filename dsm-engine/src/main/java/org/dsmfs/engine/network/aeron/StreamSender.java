package org.dsmfs.engine.network.aeron;

import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.FrameDescriptor;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

/**
 * Sends the messages of one stream to one peer, from any thread. A message that is larger than a frame is cut here:
 * once its first frame is under way the rest follows before anything else does, from a copy if there is no room at
 * once.
 */
final class StreamSender {
    private final ExclusivePublication publication;
    private final BufferClaim claim = new BufferClaim();
    /** Room that is enough to begin with a message of any size: half the window. With less it would be copied often. */
    private final int roomBytes;
    /** Header of the messages of the connection, null while there is none. */
    private DirectBuffer header;
    /** What of a message could not be sent yet, null if there is nothing. */
    private MutableDirectBuffer rest;
    private int restSent;
    /** Whether {@link #rest} is not null: written under the monitor, read without. */
    private volatile boolean hasRest;

    StreamSender(final ExclusivePublication publication) {
        this.publication = publication;
        this.roomBytes = publication.termBufferLength() / 4;
    }

    boolean isConnected() {
        return publication.isConnected();
    }

    /** A connection is made. */
    synchronized void start(final DirectBuffer connectionHeader) {
        header = connectionHeader;
    }

    /** The connection is broken: after this returns no message is accepted for it any more. */
    synchronized void stop() {
        header = null;
        rest(null);
    }

    /** @return whether it was accepted: it is sent then unless the connection breaks */
    synchronized boolean send(final DirectBuffer buffer, final int offset, final int length) {
        if (header == null || hasRest && !trySendRest()
            || publication.availableWindow() < Math.min(length, roomBytes)) {
            return false;
        }
        final int first = Math.min(length, publication.maxPayloadLength() - MessageHeader.BYTES);
        if (!claim(MessageHeader.BYTES + first)) {
            return false;
        }
        final MutableDirectBuffer frame = claim.buffer();
        frame.putBytes(claim.offset(), header, 0, MessageHeader.BYTES);
        frame.putInt(claim.offset() + MessageHeader.LENGTH, length, LITTLE_ENDIAN);
        frame.putBytes(claim.offset() + MessageHeader.BYTES, buffer, offset, first);
        if (first == length) {
            claim.commit();
            return true;
        }
        claim.flags(FrameDescriptor.BEGIN_FRAG_FLAG).commit();
        final int sent = first + sendFrames(buffer, offset + first, length - first);
        if (sent < length) {
            final MutableDirectBuffer copy = new UnsafeBuffer(new byte[length - sent]);
            copy.putBytes(0, buffer, offset + sent, length - sent);
            rest(copy);
        }
        return true;
    }

    /** Sends a header, whether there is a connection or not, followed by as many zeros as a datagram has room for. */
    synchronized boolean sendControl(final DirectBuffer control) {
        final int length = publication.maxPayloadLength();
        if (hasRest && !trySendRest() || !claim(length)) {
            return false;
        }
        final MutableDirectBuffer frame = claim.buffer();
        frame.putBytes(claim.offset(), control, 0, MessageHeader.BYTES);
        frame.putInt(claim.offset() + MessageHeader.LENGTH, length - MessageHeader.BYTES, LITTLE_ENDIAN);
        frame.setMemory(claim.offset() + MessageHeader.BYTES, length - MessageHeader.BYTES, (byte) 0);
        claim.commit();
        return true;
    }

    /** @return frames sent of what was left over before */
    int sendRest() {
        if (!hasRest) {
            return 0;
        }
        synchronized (this) {
            final int sentBefore = restSent;
            return hasRest && (trySendRest() || restSent != sentBefore) ? 1 : 0;
        }
    }

    synchronized void close() {
        stop();
        publication.close();
    }

    private boolean trySendRest() {
        restSent += sendFrames(rest, restSent, rest.capacity() - restSent);
        if (restSent < rest.capacity()) {
            return false;
        }
        rest(null);
        return true;
    }

    /** @return bytes sent */
    private int sendFrames(final DirectBuffer buffer, final int offset, final int length) {
        int sent = 0;
        while (sent < length) {
            final int size = Math.min(length - sent, publication.maxPayloadLength());
            if (!claim(size)) {
                break;
            }
            claim.putBytes(buffer, offset + sent, size);
            sent += size;
            claim.flags(sent == length ? FrameDescriptor.END_FRAG_FLAG : 0).commit();
        }
        return sent;
    }

    private boolean claim(final int length) {
        long result;
        do {
            result = publication.tryClaim(length, claim);
        } while (result == Publication.ADMIN_ACTION);
        return result > 0;
    }

    private void rest(final MutableDirectBuffer value) {
        rest = value;
        restSent = 0;
        hasRest = value != null;
    }
}
