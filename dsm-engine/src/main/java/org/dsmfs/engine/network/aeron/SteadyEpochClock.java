package org.dsmfs.engine.network.aeron;

import org.agrona.concurrent.EpochClock;

import java.util.concurrent.TimeUnit;

/**
 * Milliseconds since 1970 as they were when the clock was made, and real time passed since: setting the machine's clock
 * must not look like hours without a sign of life. Whatever shares the driver's directory should use it.
 */
public final class SteadyEpochClock implements EpochClock {
    private final long startMs = System.currentTimeMillis();
    private final long startNs = System.nanoTime();

    @Override
    public long time() {
        return startMs + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
    }
}
