package org.dsmfs.engine.network.secure;

import io.aeron.Aeron;
import io.aeron.CommonContext;
import io.aeron.ExclusivePublication;
import io.aeron.FragmentAssembler;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.logbuffer.Header;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.UnsafeBuffer;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What sealing costs: processor time to seal and to open a frame; then round trips and throughput over loopback between
 * two threads, each of which runs a driver, with and without, in turns. Main class; arguments: rounds (5).
 */
final class SealingBenchmark {
    private static final int[] DATAGRAM_BYTES = {1408, 8192, Datagram.MAX_BYTES};
    private static final int[] MESSAGE_BYTES = {64, 4 << 10, 128 << 10, 1 << 20};
    private static final int[] FRAME_BYTES = {64, 1376, 8160, Datagram.MAX_FRAME_BYTES};
    private static final int ITERATIONS = 50_000;
    private static final ClusterKey KEY = new ClusterKey(new byte[ClusterKey.LENGTH_BYTES]);
    private static final byte SWALLOW = 0;
    private static final byte ECHO = 1;
    private static final long MEASURE_NS = TimeUnit.MILLISECONDS.toNanos(700);
    private static final int PORT_A = 40_711;
    private static final int PORT_B = 40_712;

    /** A driver and its client, run by the thread that polls. */
    private static final class End implements AutoCloseable {
        private final MediaDriver driver;
        private final AgentInvoker driverInvoker;
        private final Aeron aeron;
        private final Subscription subscription;
        private final ExclusivePublication publication;
        private final FragmentAssembler assembler = new FragmentAssembler(this::onMessage);
        private final UnsafeBuffer answer = new UnsafeBuffer(new byte[2 << 20]);
        private final boolean echoes;
        private int answerLength;
        private long received;
        private volatile boolean stopped;

        private End(
            final ClusterKey key,
            final int datagramBytes,
            final int port,
            final int otherPort,
            final boolean echoes) {
            final MediaDriver.Context context = new MediaDriver.Context()
                .aeronDirectoryName(CommonContext.generateRandomDirName())
                .dirDeleteOnShutdown(true)
                .threadingMode(ThreadingMode.INVOKER)
                .publicationTermBufferLength(16 << 20)
                .termBufferSparseFile(true)
                .socketRcvbufLength(4 << 20)
                .socketSndbufLength(4 << 20)
                .initialWindowLength(1 << 20)
                .mtuLength(datagramBytes - SecureEndpoints.OVERHEAD_BYTES);
            if (key != null) {
                new SecureEndpoints(key).install(context);
            }
            this.echoes = echoes;
            driver = MediaDriver.launch(context);
            driverInvoker = driver.sharedAgentInvoker();
            aeron = Aeron.connect(new Aeron.Context()
                .aeronDirectoryName(driver.aeronDirectoryName())
                .useConductorAgentInvoker(true)
                .driverAgentInvoker(driverInvoker));
            subscription = aeron.addSubscription("aeron:udp?endpoint=127.0.0.1:" + port, 1);
            publication = aeron.addExclusivePublication("aeron:udp?endpoint=127.0.0.1:" + otherPort, 1);
        }

        private void onMessage(
            final DirectBuffer buffer, final int offset, final int length, final Header header) {
            received++;
            if (echoes && buffer.getByte(offset) == ECHO) {
                answer.putBytes(0, buffer, offset, length);
                answerLength = length;
            }
        }

        private void run() {
            int work = driverInvoker.invoke();
            aeron.conductorAgentInvoker().invoke();
            work += subscription.poll(assembler, 64);
            if (answerLength > 0 && publication.offer(answer, 0, answerLength) > 0) {
                answerLength = 0;
            }
            if (work == 0) {
                Thread.yield();
            }
        }

        private void offer(final UnsafeBuffer message, final int length) {
            while (publication.offer(message, 0, length) < 0) {
                run();
            }
        }

        /** Has the other end answer, and waits for it. */
        private void roundTrip(final UnsafeBuffer message, final int length) {
            final long before = received;
            message.putByte(0, ECHO);
            offer(message, length);
            while (received == before) {
                run();
            }
        }

        @Override
        public void close() {
            CloseHelper.closeAll(aeron, driver);
        }
    }

    /** One frame, sealed and opened again and again. */
    private static final class Cost {
        private final Handshake handshake = new Handshake(KEY);
        private final byte[] openerShare = handshake.newShare();
        private final byte[] accepterShare = handshake.newShare();
        private final Session here = handshake.opened(null, openerShare, accepterShare, 1);
        private final Session there = handshake.accepted(null, openerShare, accepterShare, 1);
        private final DatagramCipher cipher = new DatagramCipher();
        private final ByteBuffer frame = ByteBuffer.allocateDirect(Datagram.MAX_FRAME_BYTES);
        private final ByteBuffer datagram = ByteBuffer.allocateDirect(Datagram.MAX_BYTES);
        private final UnsafeBuffer datagramBuffer = new UnsafeBuffer(datagram);

        private long processorNs(final int length, final boolean opens) {
            final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
            final long startNs = threads.getCurrentThreadCpuTime();
            for (int i = 0; i < ITERATIONS; i++) {
                frame.clear().limit(length);
                cipher.load(frame);
                datagram.clear();
                cipher.seal(here, datagram);
                if (opens && !cipher.open(
                    there, DatagramCipher.number(datagramBuffer), datagramBuffer, datagram.position())) {
                    throw new IllegalStateException("refused");
                }
            }
            return (threads.getCurrentThreadCpuTime() - startNs) / ITERATIONS;
        }
    }

    /** Median round trip, microseconds, of each message size; then throughput, MiB/s. */
    private static double[] measure(final ClusterKey key, final int datagramBytes) throws InterruptedException {
        final double[] results = new double[MESSAGE_BYTES.length + 1];
        final End far = new End(key, datagramBytes, PORT_B, PORT_A, true);
        final Thread thread = new Thread(() -> {
            while (!far.stopped) {
                far.run();
            }
            far.close();
        });
        thread.start();
        try (End near = new End(key, datagramBytes, PORT_A, PORT_B, false)) {
            final UnsafeBuffer message = new UnsafeBuffer(new byte[2 << 20]);
            for (int i = 0; i < MESSAGE_BYTES.length; i++) {
                results[i] = medianRoundTripUs(near, message, MESSAGE_BYTES[i]);
            }
            results[MESSAGE_BYTES.length] = throughputMib(near, message);
        } finally {
            far.stopped = true;
            thread.join();
        }
        return results;
    }

    private static double medianRoundTripUs(final End near, final UnsafeBuffer message, final int length) {
        final long[] tookNs = new long[200_000];
        final long endNs = System.nanoTime() + MEASURE_NS;
        int count = 0;
        for (long nowNs = System.nanoTime(); nowNs < endNs && count < tookNs.length; count++) {
            near.roundTrip(message, length);
            final long thenNs = System.nanoTime();
            tookNs[count] = thenNs - nowNs;
            nowNs = thenNs;
        }
        Arrays.sort(tookNs, 0, count);
        return tookNs[count / 2] / 1e3;
    }

    private static double throughputMib(final End near, final UnsafeBuffer message) {
        final long startNs = System.nanoTime();
        long mib = 0;
        while (System.nanoTime() - startNs < 2 * MEASURE_NS) {
            message.putByte(0, SWALLOW);
            near.offer(message, 1 << 20);
            mib++;
        }
        near.roundTrip(message, 64);
        return mib * 1e9 / (System.nanoTime() - startNs);
    }

    /** Processor time, which other processes disturb little, in the last of several rounds. */
    private static void printProcessorTime() {
        System.out.println("   frame    seal ns    open ns");
        final Cost cost = new Cost();
        cost.processorNs(FRAME_BYTES[0], true);
        for (final int length : FRAME_BYTES) {
            long sealNs = 0;
            long bothNs = 0;
            for (int round = 0; round < 3; round++) {
                sealNs = cost.processorNs(length, false);
                bothNs = cost.processorNs(length, true);
            }
            System.out.printf(Locale.ROOT, "%8d %10d %10d%n", length, sealNs, bothNs - sealNs);
        }
    }

    private static double median(final double[][] rounds, final int column) {
        return Arrays.stream(rounds).mapToDouble(round -> round[column]).sorted().toArray()[rounds.length / 2];
    }

    public static void main(final String[] args) throws InterruptedException {
        final int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
        printProcessorTime();
        System.out.println("datagram  what               plain     sealed   ratio");
        for (final int datagramBytes : DATAGRAM_BYTES) {
            final double[][] plain = new double[rounds][];
            final double[][] sealed = new double[rounds][];
            measure(null, datagramBytes);
            measure(KEY, datagramBytes);
            for (int round = 0; round < rounds; round++) {
                plain[round] = measure(null, datagramBytes);
                sealed[round] = measure(KEY, datagramBytes);
            }
            for (int i = 0; i <= MESSAGE_BYTES.length; i++) {
                final String what = i < MESSAGE_BYTES.length ? "us for " + MESSAGE_BYTES[i] + " B" : "MiB/s";
                System.out.printf(Locale.ROOT, "%8d  %-14s %10.1f %10.1f  %6.2f%n", datagramBytes, what,
                    median(plain, i), median(sealed, i), median(sealed, i) / median(plain, i));
            }
        }
    }
}
