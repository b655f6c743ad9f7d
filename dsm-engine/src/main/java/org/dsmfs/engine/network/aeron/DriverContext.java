package org.dsmfs.engine.network.aeron;

import io.aeron.driver.Configuration;
import io.aeron.driver.DefaultReceiveChannelEndpointSupplier;
import io.aeron.driver.DefaultSendChannelEndpointSupplier;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.EpochClock;
import org.dsmfs.engine.EngineException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** How the embedded driver is set up. */
final class DriverContext {
    /** Without a sign of life for so long the other side is gone. */
    static final long LIVENESS_TIMEOUT_NS = TimeUnit.MILLISECONDS.toNanos(1500);
    /** How often timeouts are looked at. */
    static final long TIMER_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(100);
    /** What the driver takes for itself: counters, commands, errors. */
    static final long DRIVER_BYTES = 16L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(DriverContext.class);
    /** Threads of this process that were not run for long, say stopped by a debugger, are still alive. */
    private static final long CLIENT_LIVENESS_NS = TimeUnit.DAYS.toNanos(1);
    private static final int SOCKET_BUFFER_BYTES = 4 << 20;
    /** Largest window that is of use: half of the largest term. */
    private static final int MAX_WINDOW_BYTES = Streams.MAX_TERM_BYTES / 2;

    private DriverContext() {
    }

    /**
     * @param files  directory for the driver's files, which it makes and deletes
     * @param errors gets what the driver can only report
     * @return the context, not concluded
     */
    static MediaDriver.Context of(final AeronNetworkConfig config, final Path files, final EpochClock clock,
            final ErrorHandler errors) {
        final int receiveBytes = socketBufferBytes(StandardSocketOptions.SO_RCVBUF, "net.core.rmem_max");
        final int sendBytes = socketBufferBytes(StandardSocketOptions.SO_SNDBUF, "net.core.wmem_max");
        final MediaDriver.Context context = new MediaDriver.Context()
            .aeronDirectoryName(files.toString())
            .dirDeleteOnShutdown(true)
            .threadingMode(ThreadingMode.INVOKER)
            .asyncExecutorEnabled(false)
            .epochClock(clock)
            .termBufferSparseFile(true)
            .lowStorageWarningThreshold(Streams.PEER_BYTES)
            .imageLivenessTimeoutNs(LIVENESS_TIMEOUT_NS)
            .publicationConnectionTimeoutNs(LIVENESS_TIMEOUT_NS)
            .publicationLingerTimeoutNs(LIVENESS_TIMEOUT_NS)
            .flowControlReceiverTimeoutNs(LIVENESS_TIMEOUT_NS)
            .timerIntervalNs(TIMER_INTERVAL_NS)
            .clientLivenessTimeoutNs(CLIENT_LIVENESS_NS)
            .publicationUnblockTimeoutNs(2 * CLIENT_LIVENESS_NS)
            .socketRcvbufLength(receiveBytes)
            .socketSndbufLength(sendBytes)
            .initialWindowLength(Math.min(MAX_WINDOW_BYTES, receiveBytes / 2))
            .mtuLength(config.mtuBytes() - align(config.cover().overheadBytes()))
            .streamSessionLimit(2 * (AeronNetwork.MAX_NODE + 1))
            .sendChannelEndpointSupplier(new DefaultSendChannelEndpointSupplier())
            .receiveChannelEndpointSupplier(new DefaultReceiveChannelEndpointSupplier())
            .errorHandler(errors);
        config.cover().install(context);
        return context;
    }

    /** @return room that datagrams' overhead takes, in the units in which an MTU is given */
    static int align(final int overheadBytes) {
        return overheadBytes + 31 & ~31;
    }

    /** @return bytes that the file system has left */
    static long usableBytes(final Path directory) {
        try {
            return Files.getFileStore(directory).getUsableSpace();
        } catch (final IOException e) {
            throw new EngineException("network buffers can't be made in " + directory + ": " + e, e);
        }
    }

    /** @throws EngineException if the directory is unusable or too small */
    static void checkSpace(final Path directory) {
        final long usableBytes = usableBytes(directory);
        final long neededBytes = DRIVER_BYTES + Streams.PEER_BYTES;
        if (usableBytes < neededBytes) {
            throw new EngineException(directory + " has " + (usableBytes >> 20) + " MiB left, too little for network "
                + "buffers: they need " + (DRIVER_BYTES >> 20) + " MiB and " + (Streams.PEER_BYTES >> 20)
                + " MiB for each other node (try: mount -o remount,size=512M " + directory + ")");
        }
    }

    private static int socketBufferBytes(final SocketOption<Integer> option, final String sysctl) {
        try (DatagramChannel channel = DatagramChannel.open()) {
            channel.setOption(option, SOCKET_BUFFER_BYTES);
            final int bytes = Math.min(SOCKET_BUFFER_BYTES, channel.getOption(option));
            if (bytes < SOCKET_BUFFER_BYTES) {
                LOG.warn("the system limits socket buffers to {} KiB, which makes transfers slow: "
                    + "sysctl -w {}={}", bytes >> 10, sysctl, SOCKET_BUFFER_BYTES);
            }
            return Math.max(bytes, Configuration.MAX_UDP_PAYLOAD_LENGTH);
        } catch (final IOException e) {
            throw new EngineException("no UDP socket: " + e.getMessage(), e);
        }
    }
}
