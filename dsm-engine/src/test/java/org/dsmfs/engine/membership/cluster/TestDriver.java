package org.dsmfs.engine.membership.cluster;

import io.aeron.CommonContext;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;

import java.util.concurrent.TimeUnit;

/** A media driver with a thread of its own, for tests of the membership alone. */
final class TestDriver implements AutoCloseable {
    private final MediaDriver driver;

    TestDriver() {
        driver = MediaDriver.launchEmbedded(new MediaDriver.Context()
            .aeronDirectoryName(CommonContext.generateRandomDirName())
            .threadingMode(ThreadingMode.SHARED)
            .sharedIdleStrategy(new CalmIdleStrategy(TimeUnit.MILLISECONDS.toNanos(5)))
            .termBufferSparseFile(true)
            .asyncExecutorEnabled(false)
            .clientLivenessTimeoutNs(TimeUnit.HOURS.toNanos(1))
            .publicationUnblockTimeoutNs(TimeUnit.HOURS.toNanos(2))
            .imageLivenessTimeoutNs(TimeUnit.MILLISECONDS.toNanos(1500))
            .dirDeleteOnStart(true)
            .dirDeleteOnShutdown(true));
    }

    String directory() {
        return driver.aeronDirectoryName();
    }

    @Override
    public void close() {
        driver.close();
    }
}
