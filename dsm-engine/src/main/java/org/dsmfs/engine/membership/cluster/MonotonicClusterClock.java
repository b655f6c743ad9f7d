package org.dsmfs.engine.membership.cluster;

import io.aeron.cluster.service.ClusterClock;

import java.util.concurrent.TimeUnit;

/** Starts with the time of day and does not follow it: a clock that is set forward must not end anybody's lease. */
final class MonotonicClusterClock implements ClusterClock {
    private final long startMs = System.currentTimeMillis();
    private final long startNs = System.nanoTime();

    @Override
    public TimeUnit timeUnit() {
        return TimeUnit.MILLISECONDS;
    }

    @Override
    public long time() {
        return startMs + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
    }
}
