package org.dsmfs.engine.membership.cluster;

import org.agrona.concurrent.IdleStrategy;
import org.dsmfs.engine.network.aeron.Doorbell;
import org.dsmfs.engine.network.aeron.SharedDriver;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits in the middle of a round for what other threads do, which may sleep and not know of it yet. */
final class WakingIdleStrategy implements IdleStrategy {
    private static final long MIN_SLEEP_NS = TimeUnit.MICROSECONDS.toNanos(250);
    private static final long MAX_SLEEP_NS = TimeUnit.MILLISECONDS.toNanos(4);

    private final SharedDriver driver;
    private final Doorbell peers;
    private long sleepNs = MIN_SLEEP_NS;

    /** @param peers threads that may be waited for besides the driver's */
    WakingIdleStrategy(final SharedDriver driver, final Doorbell peers) {
        this.driver = driver;
        this.peers = peers;
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
        driver.thread().wakeUp();
        peers.ring(null);
        LockSupport.parkNanos(this, sleepNs);
        sleepNs = Math.min(2 * sleepNs, MAX_SLEEP_NS);
    }

    @Override
    public void reset() {
        sleepNs = MIN_SLEEP_NS;
    }
}
