package org.dsmfs.engine.network.secure;

import org.agrona.BufferUtil;
import org.agrona.concurrent.NanoClock;

import java.nio.ByteBuffer;

import static org.agrona.BitUtil.CACHE_LINE_LENGTH;

/**
 * What the endpoints of one role share: the driver's sender polls all that send, its receiver all that receive, so
 * buffers and ciphers are needed only once for each of the two.
 */
final class EndpointThread {
    private final EndpointRole role;
    private final Refusals refusals;
    private final DatagramCipher cipher = new DatagramCipher();
    private final Handshake handshake;
    private final ByteBuffer outgoing = BufferUtil.allocateDirectAligned(Datagram.MAX_BYTES, CACHE_LINE_LENGTH);

    EndpointThread(final EndpointRole role, final ClusterKey key, final Refusals refusals) {
        this.role = role;
        this.refusals = refusals;
        handshake = new Handshake(key);
    }

    Gate newGate(final NanoClock clock) {
        return new Gate(
            new Sessions(role, cipher, handshake, clock, refusals, Sessions.REPLACE_AFTER_DATAGRAMS), cipher, outgoing);
    }
}
