package org.dsmfs.engine.bench;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.FragmentAssembler;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.network.Network;
import org.dsmfs.engine.network.Stream;
import org.dsmfs.engine.network.aeron.AeronNetwork;
import org.dsmfs.engine.network.aeron.AeronNetworkConfig;
import org.dsmfs.engine.network.aeron.Identity;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Round trips and throughput between two processes over loopback: Aeron itself, and the network made of it, in turns.
 * Then what an idle network costs, and how fast it is awake. Run with the JVM flags and the class path of the tests.
 */
public final class NetworkBenchmark {
    private static final int[] SIZES = {64, 4 << 10, 32 << 10, 128 << 10, 1 << 20};
    private static final int[] ROUND_TRIPS = {20_000, 20_000, 10_000, 4_000, 1_000};
    private static final int ROUNDS = 3;
    private static final int STREAMED = 1_000;
    private static final int STREAMED_BYTES = 1 << 20;
    private static final int FIRST_PORT = 42_100;
    /** First byte of a message: send it back. */
    private static final byte ECHO = 1;
    /** First byte of a message: nothing. */
    private static final byte SINK = 2;

    private NetworkBenchmark() {
    }

    /** Sends a message to the other process, or polls for messages; either does all the work there is. */
    private interface Wire extends AutoCloseable {
        /** Gets what comes. */
        interface Receiver {
            void onMessage(DirectBuffer buffer, int offset, int length);
        }

        boolean send(DirectBuffer buffer, int offset, int length);

        void poll(Receiver receiver);

        @Override
        void close();
    }

    /** Aeron itself, set up alike: one stream, large terms. */
    private static final class RawWire implements Wire {
        private final MediaDriver driver;
        private final Aeron aeron;
        private final ExclusivePublication publication;
        private final Subscription subscription;
        private Receiver receiver;
        private final FragmentAssembler assembler = new FragmentAssembler((buffer, offset, length, header) ->
            receiver.onMessage(buffer, offset, length));

        RawWire(final int port, final int peerPort) {
            driver = MediaDriver.launchEmbedded(new MediaDriver.Context().threadingMode(ThreadingMode.INVOKER)
                .dirDeleteOnShutdown(true).termBufferSparseFile(true).mtuLength(AeronNetworkConfig.MAX_MTU_BYTES)
                .socketRcvbufLength(4 << 20).socketSndbufLength(4 << 20).initialWindowLength(2 << 20)
                .asyncExecutorEnabled(false));
            aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(driver.aeronDirectoryName())
                .useConductorAgentInvoker(true).driverAgentInvoker(driver.sharedAgentInvoker()));
            subscription = aeron.addSubscription("aeron:udp?endpoint=127.0.0.1:" + port, 1);
            publication = aeron.addExclusivePublication("aeron:udp?endpoint=127.0.0.1:" + peerPort, 1);
        }

        @Override
        public boolean send(final DirectBuffer buffer, final int offset, final int length) {
            return publication.offer(buffer, offset, length) > 0;
        }

        @Override
        public void poll(final Receiver to) {
            receiver = to;
            if (driver.sharedAgentInvoker().invoke() + aeron.conductorAgentInvoker().invoke()
                + subscription.poll(assembler, 256) == 0) {
                Thread.yield();
            }
        }

        @Override
        public void close() {
            aeron.close();
            driver.close();
        }
    }

    /** The network. */
    private static final class NetworkWire implements Wire, Network.Handler {
        private final AeronNetwork network;
        private final int peer;
        private Receiver receiver;

        NetworkWire(final int port, final int peerPort) {
            final int node = port % 2;
            peer = 1 - node;
            network = new AeronNetwork(new AeronNetworkConfig("127.0.0.1", port));
            network.identify(new Identity(node, 1, 1));
            network.peers(List.of(new Network.Peer(peer, 1, "127.0.0.1:" + peerPort)));
        }

        @Override
        public boolean send(final DirectBuffer buffer, final int offset, final int length) {
            return network.send(peer, Stream.RESPONSE, buffer, offset, length);
        }

        @Override
        public void poll(final Receiver to) {
            receiver = to;
            network.idlePolicy().idle(network.poll(this));
        }

        @Override
        public void onMessage(final int from, final Stream stream, final DirectBuffer buffer, final int offset,
                final int length) {
            receiver.onMessage(buffer, offset, length);
        }

        @Override
        public void onDisconnected(final int other) {
            // The end for the process that echoes; the other may see it under heavy load only.
            System.exit(1);
        }

        @Override
        public void close() {
            network.close();
        }
    }

    public static void main(final String[] arguments) throws Exception {
        if (arguments.length == 2) {
            echo(open(arguments[0], Integer.parseInt(arguments[1]) + 1, Integer.parseInt(arguments[1])));
            return;
        }
        System.out.printf("%-8s %9s %12s %12s %14s %12s %7s%n", "bytes", "", "Aeron p50 us", "p99 us",
            "network p50 us", "p99 us", "ratio");
        final double[][][] results = new double[2][][];
        for (int kind = 0; kind < 2; kind++) {
            results[kind] = measure(kind == 0 ? "raw" : "network", FIRST_PORT + 2 * kind);
        }
        for (int i = 0; i < SIZES.length; i++) {
            System.out.printf("%-8d %9s %12.1f %12.1f %14.1f %12.1f %7.2f%n", SIZES[i], "", results[0][i][0],
                results[0][i][1], results[1][i][0], results[1][i][1], results[1][i][0] / results[0][i][0]);
        }
        final double raw = results[0][SIZES.length][0];
        final double own = results[1][SIZES.length][0];
        System.out.printf("stream of 1 MiB messages, MiB/s: Aeron %.0f, network %.0f, ratio %.2f%n", raw, own,
            own / raw);
        System.out.printf("network, idle and connected: %.2f %% of a core%n", results[1][SIZES.length][1]);
        System.out.printf("round trip of 64 bytes after 50 ms of silence, p50 us: Aeron %.0f, network %.0f%n",
            results[0][SIZES.length][2], results[1][SIZES.length][2]);
    }

    private static Wire open(final String kind, final int port, final int peerPort) {
        return kind.equals("raw") ? new RawWire(port, peerPort) : new NetworkWire(port, peerPort);
    }

    /** @return per size {p50, p99} in microseconds, then {MiB/s, CPU percent when idle, microseconds of a round trip after silence} */
    private static double[][] measure(final String kind, final int port) throws Exception {
        final List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow()));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), NetworkBenchmark.class.getName(), kind,
            Integer.toString(port)));
        final Process other = new ProcessBuilder(command).inheritIO().start();
        try (Wire wire = open(kind, port, port + 1)) {
            final double[][] result = new double[SIZES.length + 1][];
            for (int i = 0; i < SIZES.length; i++) {
                final double[][] rounds = new double[ROUNDS][];
                for (int round = 0; round < ROUNDS; round++) {
                    rounds[round] = roundTrips(wire, SIZES[i], ROUND_TRIPS[i]);
                }
                result[i] = Arrays.stream(rounds).min((a, b) -> Double.compare(a[0], b[0])).orElseThrow();
            }
            result[SIZES.length] = new double[] {stream(wire), idlePercent(wire), wakeUp(wire)};
            return result;
        } finally {
            other.destroy();
            other.waitFor();
        }
    }

    private static double[] roundTrips(final Wire wire, final int bytes, final int count) {
        final UnsafeBuffer message = new UnsafeBuffer(new byte[bytes]);
        message.putByte(0, ECHO);
        final double[] micros = new double[count];
        final int[] received = new int[1];
        final Wire.Receiver receiver = (buffer, offset, length) -> received[0]++;
        for (int i = 0; i < count; i++) {
            final long startNs = System.nanoTime();
            while (!wire.send(message, 0, bytes)) {
                wire.poll(receiver);
            }
            while (received[0] <= i) {
                wire.poll(receiver);
            }
            micros[i] = (System.nanoTime() - startNs) / 1e3;
        }
        Arrays.sort(micros);
        return new double[] {micros[count / 2], micros[count * 99 / 100]};
    }

    private static double wakeUp(final Wire wire) {
        final double[] micros = new double[50];
        for (int i = 0; i < micros.length; i++) {
            final long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(50);
            while (System.nanoTime() - endNs < 0) {
                wire.poll((buffer, offset, length) -> { });
            }
            micros[i] = roundTrips(wire, SIZES[0], 1)[0];
        }
        Arrays.sort(micros);
        return micros[micros.length / 2];
    }

    private static double stream(final Wire wire) {
        final UnsafeBuffer message = new UnsafeBuffer(new byte[STREAMED_BYTES]);
        final int[] received = new int[1];
        final Wire.Receiver receiver = (buffer, offset, length) -> received[0]++;
        final long startNs = System.nanoTime();
        for (int i = 1; i <= STREAMED; i++) {
            message.putByte(0, i == STREAMED ? ECHO : SINK);
            while (!wire.send(message, 0, STREAMED_BYTES)) {
                wire.poll(receiver);
            }
        }
        while (received[0] == 0) {
            wire.poll(receiver);
        }
        return STREAMED / ((System.nanoTime() - startNs) / 1e9) * (STREAMED_BYTES >> 20);
    }

    private static double idlePercent(final Wire wire) throws IOException {
        if (wire instanceof RawWire) {
            return Double.NaN;
        }
        final Wire.Receiver receiver = (buffer, offset, length) -> { };
        final long seconds = 10;
        final double beforeTicks = cpuTicks();
        final long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (System.nanoTime() - endNs < 0) {
            wire.poll(receiver);
        }
        return (cpuTicks() - beforeTicks) / seconds;
    }

    /** @return CPU time of this process in hundredths of a second, as Linux counts it */
    private static double cpuTicks() throws IOException {
        final String[] fields = Files.readString(Path.of("/proc/self/stat")).replaceAll("^.*\\) ", "").split(" ");
        return Double.parseDouble(fields[11]) + Double.parseDouble(fields[12]);
    }

    private static void echo(final Wire wire) {
        Runtime.getRuntime().addShutdownHook(new Thread(wire::close));
        final UnsafeBuffer answer = new UnsafeBuffer(new byte[STREAMED_BYTES]);
        final int[] answerBytes = new int[1];
        while (true) {
            wire.poll((buffer, offset, length) -> {
                if (buffer.getByte(offset) == ECHO) {
                    answer.putBytes(0, buffer, offset, length);
                    answerBytes[0] = length;
                }
            });
            if (answerBytes[0] > 0 && wire.send(answer, 0, answerBytes[0])) {
                answerBytes[0] = 0;
            }
        }
    }
}
