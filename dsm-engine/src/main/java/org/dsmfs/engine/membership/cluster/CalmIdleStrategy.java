package org.dsmfs.engine.membership.cluster;

import org.agrona.concurrent.IdleStrategy;
import org.dsmfs.engine.network.aeron.Doorbell;
import org.dsmfs.engine.network.aeron.SharedDriver;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sleeps between two rounds until something may have come, or for long: what it costs to wait matters more here than
 * latency. After a round with work it wakes the others. One thread, but for {@link #wakeUp}.
 */
final class CalmIdleStrategy implements IdleStrategy, Doorbell.Sleeper, AutoCloseable {
    /** The first sleep after work, of which some may have been left over. */
    private static final long MIN_SLEEP_NS = TimeUnit.MILLISECONDS.toNanos(2);

    private final SharedDriver driver;
    private final Doorbell peers;
    private final long maxSleepNs;
    private final WakingIdleStrategy insideRound;
    private long sleepNs = MIN_SLEEP_NS;
    private volatile Thread sleeping;
    private volatile boolean wakeUp;

    /**
     * @param peers      threads that hear from this one directly, not over the network
     * @param maxSleepNs when nothing comes
     */
    CalmIdleStrategy(final SharedDriver driver, final Doorbell peers, final long maxSleepNs) {
        this.driver = driver;
        this.peers = peers;
        this.maxSleepNs = maxSleepNs;
        this.insideRound = new WakingIdleStrategy(driver, peers);
        driver.arrivals().add(this);
        peers.add(this);
    }

    @Override
    public void idle(final int workCount) {
        if (workCount > 0) {
            driver.thread().wakeUp();
            peers.ring(this);
            sleepNs = MIN_SLEEP_NS;
            return;
        }
        sleeping = Thread.currentThread();
        if (!wakeUp) {
            LockSupport.parkNanos(this, sleepNs);
        }
        sleeping = null;
        wakeUp = false;
        sleepNs = maxSleepNs;
    }

    /** Waits in the middle of a round. */
    @Override
    public void idle() {
        insideRound.idle();
    }

    @Override
    public void reset() {
        insideRound.reset();
    }

    @Override
    public void wakeUp() {
        wakeUp = true;
        LockSupport.unpark(sleeping);
    }

    /** Nobody sleeps here any more. */
    @Override
    public void close() {
        driver.arrivals().remove(this);
        peers.remove(this);
    }
}
