package org.dsmfs.engine.network.aeron;

import org.dsmfs.engine.EngineException;

import java.nio.file.Path;

/**
 * What a node's network needs to know.
 *
 * @param host        address to listen on, as a literal (IPv6 in brackets)
 * @param port        UDP port to listen on, 1..65535
 * @param directory   where the driver's files go, in a directory of their own that is deleted at the end; should be
 *                    memory ({@link #SHARED_MEMORY}), since all traffic passes through them
 * @param mtuBytes    largest datagram to nodes that are not on this machine, a multiple of 32 in
 *                    {@link #MIN_MTU_BYTES}..{@link #MAX_MTU_BYTES}
 * @param cover       what is done to datagrams on their way out and in
 */
public record AeronNetworkConfig(String host, int port, Path directory, int mtuBytes, DatagramCover cover) {
    /** Where every Linux has a file system in memory. */
    public static final Path SHARED_MEMORY = Path.of("/dev/shm");
    /** Datagrams of this size pass wherever Ethernet frames of the usual size do, tunnels included. */
    public static final int DEFAULT_MTU_BYTES = 1408;
    /** Smallest MTU that is of use: the least that IPv6 promises, less its headers. */
    public static final int MIN_MTU_BYTES = 1216;
    /** Largest UDP payload, rounded down to whole units of 32 bytes. */
    public static final int MAX_MTU_BYTES = 65504;

    /** @throws EngineException naming the value that is out of range */
    public AeronNetworkConfig {
        require(port > 0 && port < 1 << 16, "port", port);
        require(mtuBytes >= MIN_MTU_BYTES && mtuBytes <= MAX_MTU_BYTES && mtuBytes % 32 == 0, "MTU", mtuBytes);
    }

    /** As above, with the default MTU, in shared memory, datagrams being sent as they are. */
    public AeronNetworkConfig(final String host, final int port) {
        this(host, port, SHARED_MEMORY, DEFAULT_MTU_BYTES, DatagramCover.NONE);
    }

    private static void require(final boolean valid, final String what, final int value) {
        if (!valid) {
            throw new EngineException(what + " " + value + " is out of range");
        }
    }
}
