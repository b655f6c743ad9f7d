package org.dsmfs.engine.network.secure;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The bytes on the wire, frozen. The expected ones were computed by another implementation, from docs/SECURITY.md. */
class DatagramBytesTest {
    private static final InetSocketAddress ADDRESS = new InetSocketAddress("127.0.0.1", 1);
    private static final byte[] OPENER_SHARE = count(0x10);
    private static final byte[] ACCEPTER_SHARE = count(0x40);
    private static final String OPENER_SHARE_HEX = "101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f";
    private static final String ACCEPTER_SHARE_HEX = "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f";

    private final Handshake handshake = new Handshake(new ClusterKey(count(0)));
    private final DatagramCipher cipher = new DatagramCipher();
    private final ByteBuffer buffer = ByteBuffer.allocate(Datagram.MAX_BYTES);

    private static byte[] count(final int from) {
        final byte[] bytes = new byte[32];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (from + i);
        }
        return bytes;
    }

    private String written() {
        final String hex = HexFormat.of().formatHex(buffer.array(), 0, buffer.position());
        buffer.clear();
        return hex;
    }

    private String sealed(final Session session, final String frame) {
        cipher.load(ByteBuffer.wrap(frame.getBytes(StandardCharsets.US_ASCII)));
        cipher.seal(session, buffer);
        return written();
    }

    @Test
    void open() {
        handshake.writeOpen(buffer, EndpointRole.SENDER, OPENER_SHARE);
        assertEquals("0102010000000000" + OPENER_SHARE_HEX + "00".repeat(32)
            + "1a229c6796db839d406f528b465b5b89b8ef3580caed253aae9fec5c69d97dcb", written());
    }

    @Test
    void accept() {
        handshake.writeAccept(buffer, EndpointRole.RECEIVER, OPENER_SHARE, ACCEPTER_SHARE);
        assertEquals("0103020000000000" + OPENER_SHARE_HEX + ACCEPTER_SHARE_HEX
            + "96f9daed45efa03e55ce7e17f9c34f9ea9a8d0c7143d17c64c3ff9ab58348c8e", written());
    }

    @Test
    void sealedByTheOpener() {
        final Session session = handshake.opened(ADDRESS, OPENER_SHARE, ACCEPTER_SHARE, 1);
        assertEquals("0101000001000000" + ACCEPTER_SHARE_HEX.substring(0, 16)
            + "97029339762f723e2893fae826d5855e46d90bffd9f197a489102a75893cb2cbba65",
            sealed(session, "a frame of Aeron's"));
    }

    @Test
    void sealedByTheAccepter() {
        final Session session = handshake.accepted(ADDRESS, OPENER_SHARE, ACCEPTER_SHARE, 1);
        sealed(session, "the first");
        final String second = sealed(session, "");
        assertEquals("0101000002000000" + OPENER_SHARE_HEX.substring(0, 16)
            + "4a051b4e63173d8ffd58f08343c6b1d2", second);
        final Session there = handshake.opened(ADDRESS, OPENER_SHARE, ACCEPTER_SHARE, 1);
        assertTrue(cipher.open(there, 2, new UnsafeBuffer(HexFormat.of().parseHex(second)), second.length() / 2));
    }

    /** RFC 5869, A.1, of whose output the first 32 bytes are used. */
    @Test
    void keyDerivation() {
        final Hkdf hkdf = new Hkdf(HexFormat.of().parseHex("000102030405060708090a0b0c"),
            HexFormat.of().parseHex("0b".repeat(22)));
        assertEquals("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf",
            HexFormat.of().formatHex(hkdf.expand("", HexFormat.of().parseHex("f0f1f2f3f4f5f6f7f8f9"), 32)));
    }
}
