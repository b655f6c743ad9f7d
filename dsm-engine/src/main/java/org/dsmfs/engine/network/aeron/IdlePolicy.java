package org.dsmfs.engine.network.aeron;

import java.util.concurrent.TimeUnit;

/**
 * What the thread that polls a network does between two polls. While there is traffic it only yields, since waking a
 * thread costs several times a round trip. Then it sleeps until a datagram comes or something is sent, in steps that
 * grow, because the driver has timers that no datagram announces: they are short only after traffic.
 */
public final class IdlePolicy implements Doorbell.Sleeper {
    /** How long traffic is expected to go on after the last of it: a few round trips. */
    private static final long YIELD_NS = TimeUnit.MICROSECONDS.toNanos(100);
    private static final long MIN_SLEEP_MS = 1;
    /** Below the driver's timers of an idle connection, 100 ms and more. */
    private static final long MAX_SLEEP_MS = 50;

    private final SocketReadiness sockets;
    /** The one that idles here; null before the first time. */
    private volatile Thread thread;
    private long lastTrafficNs = System.nanoTime();
    private long sleepMs = MIN_SLEEP_MS;
    private volatile long limitMs = MAX_SLEEP_MS;
    /** For how long it sleeps at most; 0 while it does not. */
    private volatile long asleepForMs;
    private volatile boolean isTrafficExpected;
    private volatile boolean wakeUp;

    IdlePolicy(final SocketReadiness sockets) {
        this.sockets = sockets;
    }

    /** @param work what {@link AeronNetwork#poll} returned; by the thread that polls */
    public void idle(final int work) {
        thread = Thread.currentThread();
        final long nowNs = System.nanoTime();
        if (work > 0 || isTrafficExpected) {
            isTrafficExpected = false;
            wakeUp = false;
            lastTrafficNs = nowNs;
            sleepMs = MIN_SLEEP_MS;
            return;
        }
        if (nowNs - lastTrafficNs < YIELD_NS) {
            Thread.yield();
            return;
        }
        // Before the limit is looked at, so that who sets it from now on wakes this thread.
        asleepForMs = MAX_SLEEP_MS;
        asleepForMs = Math.min(sleepMs, limitMs);
        if (!wakeUp) {
            sockets.await(asleepForMs);
        }
        asleepForMs = 0;
        wakeUp = false;
        limitMs = MAX_SLEEP_MS;
        sleepMs = Math.min(2 * sleepMs, MAX_SLEEP_MS);
    }

    /** The present sleep, or the next one, is not to be longer; any thread that polls. */
    void limitSleep(final long newLimitMs) {
        limitMs = newLimitMs;
        if (asleepForMs > newLimitMs) {
            wakeUp();
        }
    }

    /** As {@link #idle} without work, where something is to be looked at again within a millisecond or two. */
    public void idleBriefly() {
        sleepMs = MIN_SLEEP_MS;
        idle(0);
    }

    /** @return whether the calling thread is the one that idles here, and so will poll soon */
    boolean isOfThisThread() {
        return Thread.currentThread() == thread;
    }

    /** Has the thread that polls go on, and not sleep soon again: any thread. */
    public void expectTraffic() {
        isTrafficExpected = true;
        wakeUp();
    }

    /** Has the thread that polls go on, for one poll: any thread. */
    @Override
    public void wakeUp() {
        wakeUp = true;
        if (asleepForMs > 0) {
            sockets.wakeUp();
        }
    }
}
