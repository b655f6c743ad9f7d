package org.dsmfs.engine.network.secure;

import io.aeron.driver.Configuration;

/**
 * What is on the wire, little-endian; docs/SECURITY.md. A sealed frame:
 *
 * <pre>
 *  0  u8   version
 *  1  u8   type, SEALED
 *  2  u16  0
 *  4  u32  number of the datagram in its session and direction, from 1
 *  8  i64  id that the receiver gave the session
 * 16       the frame, encrypted
 *  n  16   tag; the header is authenticated with the frame
 * </pre>
 *
 * A handshake, OPEN or ACCEPT, both of the same length:
 *
 * <pre>
 *  0  u8   version
 *  1  u8   type
 *  2  u8   role of the endpoint that sends it
 *  3       0, 5 bytes
 *  8  32   share of the endpoint that opens; its first 8 bytes are its id of the session
 * 40  32   share of the endpoint that accepts, likewise; 0 in OPEN
 * 72  32   HMAC-SHA256 of all of the above
 * </pre>
 */
final class Datagram {
    static final int VERSION = 1;
    static final int SEALED = 1;
    static final int OPEN = 2;
    static final int ACCEPT = 3;

    static final int VERSION_OFFSET = 0;
    static final int TYPE_OFFSET = 1;
    static final int ROLE_OFFSET = 2;
    static final int NUMBER_OFFSET = 4;
    static final int SESSION_OFFSET = 8;
    static final int HEADER_BYTES = 16;
    static final int TAG_BYTES = 16;

    static final int SHARE_BYTES = 32;
    static final int OPENER_SHARE_OFFSET = 8;
    static final int ACCEPTER_SHARE_OFFSET = OPENER_SHARE_OFFSET + SHARE_BYTES;
    static final int MAC_OFFSET = ACCEPTER_SHARE_OFFSET + SHARE_BYTES;
    static final int MAC_BYTES = 32;
    static final int HANDSHAKE_BYTES = MAC_OFFSET + MAC_BYTES;

    /** What sealing adds to a frame. */
    static final int OVERHEAD_BYTES = HEADER_BYTES + TAG_BYTES;
    /** Longest that Aeron's pollers have room for. */
    static final int MAX_BYTES = Configuration.MAX_UDP_PAYLOAD_LENGTH;
    static final int MAX_FRAME_BYTES = MAX_BYTES - OVERHEAD_BYTES;
    /** Highest number of a datagram; a nonce is never used twice, so the session ends here. */
    static final long MAX_NUMBER = 0xFFFF_FFFFL;

    private Datagram() {
    }
}
