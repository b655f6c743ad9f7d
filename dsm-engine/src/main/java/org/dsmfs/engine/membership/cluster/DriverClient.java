package org.dsmfs.engine.membership.cluster;

import io.aeron.Aeron;
import io.aeron.RethrowingErrorHandler;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.NoOpLock;
import org.dsmfs.engine.network.aeron.Doorbell;
import org.dsmfs.engine.network.aeron.SharedDriver;
import org.dsmfs.engine.network.aeron.SteadyEpochClock;

import java.util.concurrent.TimeUnit;

/** Clients of this process' media driver, each for one thread. */
final class DriverClient {
    /** A process that stood still for long has not lost its driver, and setting the clock does not take it away. */
    private static final long DRIVER_TIMEOUT_MS = TimeUnit.DAYS.toMillis(1);

    private DriverClient() {
    }

    static Aeron connect(final SharedDriver driver, final String name, final ErrorHandler errors) {
        return Aeron.connect(new Aeron.Context()
            .aeronDirectoryName(driver.directory())
            .useConductorAgentInvoker(true)
            .awaitingIdleStrategy(new WakingIdleStrategy(driver, new Doorbell()))
            .clientLock(NoOpLock.INSTANCE)
            .epochClock(new SteadyEpochClock())
            .driverTimeoutMs(DRIVER_TIMEOUT_MS)
            .subscriberErrorHandler(RethrowingErrorHandler.INSTANCE)
            .errorHandler(errors)
            .clientName(name));
    }
}
