package org.dsmfs.engine.network.aeron;

import org.dsmfs.engine.network.Stream;

/** Sizes of Aeron's streams, and what follows from them. */
final class Streams {
    /** Terms of the stream that carries large pages: half of one is its window. */
    static final int MAX_TERM_BYTES = 4 << 20;
    /** Terms of the others: half of one is thousands of messages. The least that takes a frame of the largest MTU. */
    static final int MIN_TERM_BYTES = 512 << 10;
    /** Terms that Aeron keeps of each stream. */
    private static final int TERMS = 3;
    /** Memory that a peer takes once enough was sent and received: terms of all streams in both directions. */
    static final long PEER_BYTES = peerBytes();

    private static final int FIRST_STREAM_ID = 0x646d01;

    static {
        // Aeron's largest message is an eighth of a term, and a frame must be one.
        if (AeronNetworkConfig.MAX_MTU_BYTES > MIN_TERM_BYTES / 8) {
            throw new AssertionError("a frame does not fit");
        }
    }

    private Streams() {
    }

    static int termBytes(final Stream stream) {
        return stream == Stream.BULK ? MAX_TERM_BYTES : MIN_TERM_BYTES;
    }

    static int streamId(final Stream stream) {
        return FIRST_STREAM_ID + stream.ordinal();
    }

    private static long peerBytes() {
        long bytes = 0;
        for (final Stream stream : Stream.VALUES) {
            bytes += 2L * TERMS * termBytes(stream);
        }
        return bytes;
    }
}
