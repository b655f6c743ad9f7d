package org.dsmfs.engine.network.aeron;

import java.util.concurrent.TimeUnit;

/**
 * What the thread that polls a network does between two polls. While there is traffic it only yields, since waking a
 * thread costs several times a round trip. Then it sleeps until a datagram comes or something is sent, in steps that
 * grow, because the driver has timers that no datagram announces: they are short only after traffic.
 */
public final class IdlePolicy {
    /** How long traffic is expected to go on after the last of it: a few round trips. */
    private static final long YIELD_NS = TimeUnit.MICROSECONDS.toNanos(100);
    private static final long MIN_SLEEP_MS = 1;
    /** Well below the driver's timers of an idle connection, 100 ms and more. */
    private static final long MAX_SLEEP_MS = 20;

    private final SocketReadiness sockets;
    private long lastTrafficNs = System.nanoTime();
    private long sleepMs = MIN_SLEEP_MS;
    private volatile boolean isSleeping;
    private volatile boolean wakeUp;

    IdlePolicy(final SocketReadiness sockets) {
        this.sockets = sockets;
    }

    /** @param work what {@link AeronNetwork#poll} returned; by the thread that polls */
    public void idle(final int work) {
        final long nowNs = System.nanoTime();
        if (work > 0 || wakeUp) {
            wakeUp = false;
            lastTrafficNs = nowNs;
            sleepMs = MIN_SLEEP_MS;
            return;
        }
        if (nowNs - lastTrafficNs < YIELD_NS) {
            Thread.yield();
            return;
        }
        isSleeping = true;
        if (!wakeUp) {
            sockets.await(sleepMs);
        }
        isSleeping = false;
        sleepMs = Math.min(2 * sleepMs, MAX_SLEEP_MS);
    }

    /** @return whether the thread that polls sleeps, or is about to */
    boolean isSleeping() {
        return isSleeping;
    }

    /** Has the thread that polls go on: any thread. */
    public void wakeUp() {
        wakeUp = true;
        if (isSleeping) {
            sockets.wakeUp();
        }
    }
}
