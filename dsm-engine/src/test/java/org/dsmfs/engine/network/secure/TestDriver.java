package org.dsmfs.engine.network.secure;

import io.aeron.Aeron;
import io.aeron.CommonContext;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.driver.status.SystemCounterDescriptor;
import org.agrona.CloseHelper;
import org.agrona.concurrent.SleepingMillisIdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import static org.junit.jupiter.api.Assertions.fail;

/** A media driver, and a client of it; without a key it is one of Aeron's own. */
final class TestDriver implements AutoCloseable {
    static final int STREAM = 7;

    final Refusals refusals;
    final List<Throwable> errors = new CopyOnWriteArrayList<>();
    final Aeron aeron;
    private final MediaDriver driver;

    TestDriver(final ClusterKey key) {
        this(key, 1408);
    }

    TestDriver(final ClusterKey key, final int datagramBytes) {
        final MediaDriver.Context context = new MediaDriver.Context()
            .aeronDirectoryName(CommonContext.generateRandomDirName())
            .dirDeleteOnStart(true)
            .dirDeleteOnShutdown(true)
            .threadingMode(ThreadingMode.SHARED)
            .sharedIdleStrategy(new YieldingIdleStrategy())
            .publicationTermBufferLength(16 << 20)
            .termBufferSparseFile(true)
            .socketRcvbufLength(2 << 20)
            .socketSndbufLength(2 << 20)
            .initialWindowLength(1 << 20)
            .timerIntervalNs(TimeUnit.MILLISECONDS.toNanos(100))
            .imageLivenessTimeoutNs(TimeUnit.MILLISECONDS.toNanos(1500))
            .publicationConnectionTimeoutNs(TimeUnit.MILLISECONDS.toNanos(1500))
            .publicationLingerTimeoutNs(TimeUnit.MILLISECONDS.toNanos(100))
            .errorHandler(errors::add);
        if (key == null) {
            refusals = null;
            context.mtuLength(datagramBytes);
        } else {
            final SecureEndpoints endpoints = new SecureEndpoints(key);
            refusals = endpoints.refusals();
            context.mtuLength(datagramBytes - SecureEndpoints.OVERHEAD_BYTES);
            endpoints.install(context);
        }
        driver = MediaDriver.launchEmbedded(context);
        aeron = Aeron.connect(new Aeron.Context()
            .aeronDirectoryName(driver.aeronDirectoryName())
            .idleStrategy(new SleepingMillisIdleStrategy(1))
            .errorHandler(errors::add));
    }

    Subscription subscribe(final String channel) {
        return aeron.addSubscription(channel, STREAM);
    }

    ExclusivePublication publish(final String channel) {
        return aeron.addExclusivePublication(channel, STREAM);
    }

    /** @return Aeron's count of its own errors and of invalid packets, which nothing from outside may cause */
    long errorCount() {
        return aeron.countersReader().getCounterValue(SystemCounterDescriptor.ERRORS.id())
            + aeron.countersReader().getCounterValue(SystemCounterDescriptor.INVALID_PACKETS.id());
    }

    static void await(final String what, final BooleanSupplier condition) {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadlineNs) {
                fail("not within 20 s: " + what);
            }
            Thread.yield();
        }
    }

    @Override
    public void close() {
        CloseHelper.closeAll(aeron, driver);
    }
}
