package org.dsmfs.engine.membership.cluster;

import org.agrona.concurrent.IdleStrategy;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Sleeps longer and longer while there is nothing to do: what it costs to wait matters more here than latency. */
final class CalmIdleStrategy implements IdleStrategy {
    private static final long MIN_SLEEP_NS = TimeUnit.MICROSECONDS.toNanos(250);

    private final long maxSleepNs;
    private long sleepNs = MIN_SLEEP_NS;

    CalmIdleStrategy(final long maxSleepNs) {
        this.maxSleepNs = maxSleepNs;
    }

    @Override
    public void idle(final int workCount) {
        if (workCount > 0) {
            reset();
        } else {
            idle();
        }
    }

    @Override
    public void idle() {
        LockSupport.parkNanos(this, sleepNs);
        sleepNs = Math.min(2 * sleepNs, maxSleepNs);
    }

    @Override
    public void reset() {
        sleepNs = MIN_SLEEP_NS;
    }
}
