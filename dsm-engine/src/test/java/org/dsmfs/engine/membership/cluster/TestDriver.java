package org.dsmfs.engine.membership.cluster;

import io.aeron.CommonContext;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import org.agrona.concurrent.IdleStrategy;
import org.dsmfs.engine.network.aeron.Doorbell;
import org.dsmfs.engine.network.aeron.SharedDriver;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A media driver with a thread of its own, for tests of the membership alone. */
final class TestDriver implements AutoCloseable {
    private final Doorbell arrivals = new Doorbell();
    private final MediaDriver driver;

    TestDriver() {
        driver = MediaDriver.launchEmbedded(new MediaDriver.Context()
            .aeronDirectoryName(CommonContext.generateRandomDirName())
            .threadingMode(ThreadingMode.SHARED)
            .sharedIdleStrategy(new Napping())
            .termBufferSparseFile(true)
            .asyncExecutorEnabled(false)
            .clientLivenessTimeoutNs(TimeUnit.HOURS.toNanos(1))
            .publicationUnblockTimeoutNs(TimeUnit.HOURS.toNanos(2))
            .imageLivenessTimeoutNs(TimeUnit.MILLISECONDS.toNanos(1500))
            .dirDeleteOnStart(true)
            .dirDeleteOnShutdown(true));
    }

    SharedDriver shared() {
        return new SharedDriver(driver.aeronDirectoryName(), () -> {
            // It does not sleep for long.
        }, arrivals);
    }

    @Override
    public void close() {
        driver.close();
    }

    /** Looks at the sockets often, and rings for the clients when something has come. */
    private final class Napping implements IdleStrategy {
        @Override
        public void idle(final int workCount) {
            if (workCount > 0) {
                arrivals.ring(null);
            } else {
                idle();
            }
        }

        @Override
        public void idle() {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }

        @Override
        public void reset() {
            // Naps are all alike.
        }
    }
}
