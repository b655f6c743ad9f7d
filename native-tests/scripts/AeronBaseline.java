import io.aeron.Aeron;
import io.aeron.ChannelUriStringBuilder;
import io.aeron.ExclusivePublication;
import io.aeron.FragmentAssembler;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.network.secure.ClusterKey;
import org.dsmfs.engine.network.secure.SecureEndpoints;

/**
 * What Aeron by itself does between two processes, set up as the nodes set it up: the measure for what nodes do.
 *
 *   AeronBaseline.java answer  ADDRESS PEER MTU [KEY-FILE]
 *   AeronBaseline.java measure ADDRESS PEER MTU [KEY-FILE]
 *
 * ADDRESS and PEER are HOST:PORT of this process and the other one, MTU in bytes. The one that measures prints lines of
 * "NAME UNIT VALUE"; the one that answers does so until it is killed. A key has all datagrams sealed.
 */
public final class AeronBaseline implements AutoCloseable {
    /** A request for a page, with the headers of message and entry. */
    private static final int REQUEST_BYTES = 112;
    /** A page with 4 KiB of content, likewise. */
    private static final int PAGE_BYTES = 4096 + REQUEST_BYTES;
    private static final int STREAMED_BYTES = 1 << 20;
    private static final int STREAMED = 256;
    private static final int ROUND_TRIPS = 5_000;
    private static final int TERM_BYTES = 16 << 20;
    private static final int WINDOW_BYTES = 2 << 20;
    private static final int SOCKET_BUFFER_BYTES = 4 << 20;
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(30);

    private final MediaDriver driver;
    private final Aeron aeron;
    private final Subscription subscription;
    private final ExclusivePublication publication;
    private final UnsafeBuffer message = new UnsafeBuffer(new byte[STREAMED_BYTES]);
    private volatile boolean isStopping;
    private int received;
    /** What the last message asked for: messages of so many bytes, and how many of them. */
    private int answerBytes;
    private int answers;
    private final FragmentAssembler assembler = new FragmentAssembler((buffer, offset, length, header) -> {
        received++;
        answerBytes = buffer.getInt(offset);
        answers = buffer.getInt(offset + Integer.BYTES);
    });

    private AeronBaseline(final String address, final String peer, final int mtuBytes, final String keyFile) {
        final MediaDriver.Context context = new MediaDriver.Context()
            .threadingMode(ThreadingMode.INVOKER)
            .dirDeleteOnShutdown(true)
            .termBufferSparseFile(true)
            .asyncExecutorEnabled(false)
            .publicationTermBufferLength(TERM_BYTES)
            .socketRcvbufLength(SOCKET_BUFFER_BYTES)
            .socketSndbufLength(SOCKET_BUFFER_BYTES)
            .initialWindowLength(WINDOW_BYTES);
        if (keyFile == null) {
            context.mtuLength(mtuBytes);
        } else {
            context.mtuLength(mtuBytes - (SecureEndpoints.OVERHEAD_BYTES + 31 & ~31));
            new SecureEndpoints(ClusterKey.load(Path.of(keyFile))).install(context);
        }
        driver = MediaDriver.launchEmbedded(context);
        aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(driver.aeronDirectoryName())
            .useConductorAgentInvoker(true).driverAgentInvoker(driver.sharedAgentInvoker()));
        subscription = aeron.addSubscription(channel(address), 1);
        publication = aeron.addExclusivePublication(channel(peer), 1);
    }

    private static String channel(final String address) {
        return new ChannelUriStringBuilder().media("udp").endpoint(address).build();
    }

    public static void main(final String[] arguments) {
        try (AeronBaseline end = new AeronBaseline(arguments[1], arguments[2], Integer.parseInt(arguments[3]),
            arguments.length > 4 ? arguments[4] : null)) {
            // Who is killed leaves the driver's files behind otherwise, in memory.
            final Thread main = Thread.currentThread();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                end.isStopping = true;
                awaitEnd(main);
            }));
            if (arguments[0].equals("measure")) {
                end.measure();
            } else {
                end.answer();
            }
        }
    }

    private static void awaitEnd(final Thread thread) {
        try {
            thread.join();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void poll() {
        if (driver.sharedAgentInvoker().invoke() + aeron.conductorAgentInvoker().invoke()
            + subscription.poll(assembler, 256) == 0) {
            Thread.yield();
        }
    }

    private void send(final int bytes) {
        final long endNs = System.nanoTime() + TIMEOUT_NS;
        while (publication.offer(message, 0, bytes) < 0) {
            poll();
            if (System.nanoTime() - endNs > 0) {
                throw new IllegalStateException("the other process does not receive");
            }
        }
    }

    private void answer() {
        while (!isStopping) {
            final int before = received;
            poll();
            if (received > before) {
                final int bytes = answerBytes;
                for (int left = answers; left > 0; left--) {
                    send(bytes);
                }
            }
        }
    }

    /** @return how long it took until the answers were here, nanoseconds */
    private long ask(final int bytes, final int count) {
        final long startNs = System.nanoTime();
        final int expected = received + count;
        message.putInt(0, bytes);
        message.putInt(Integer.BYTES, count);
        send(REQUEST_BYTES);
        while (received < expected) {
            poll();
            if (System.nanoTime() - startNs > TIMEOUT_NS) {
                throw new IllegalStateException("the other process does not answer");
            }
        }
        return System.nanoTime() - startNs;
    }

    private void measure() {
        for (int i = 0; i < ROUND_TRIPS; i++) {
            ask(PAGE_BYTES, 1);
        }
        final double[] micros = new double[ROUND_TRIPS];
        for (int i = 0; i < ROUND_TRIPS; i++) {
            micros[i] = ask(PAGE_BYTES, 1) / 1e3;
        }
        Arrays.sort(micros);
        System.out.printf("aeron-round-trip us-p50 %.1f%n", micros[ROUND_TRIPS / 2]);
        System.out.printf("aeron-round-trip us-p99 %.1f%n", micros[ROUND_TRIPS * 99 / 100]);
        ask(STREAMED_BYTES, STREAMED);
        System.out.printf("aeron-stream MiB/s %.0f%n", STREAMED / (ask(STREAMED_BYTES, STREAMED) / 1e9));
    }

    @Override
    public void close() {
        aeron.close();
        driver.close();
    }
}
