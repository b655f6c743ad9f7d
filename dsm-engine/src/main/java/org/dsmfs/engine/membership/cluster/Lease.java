package org.dsmfs.engine.membership.cluster;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/**
 * This node's right to serve: until half a lease after the sending of the last renewal that was confirmed. Time is what
 * the monotonic clock or the time of day says, whichever has gone further: the former stands still while the machine
 * sleeps, the latter can be set back. Written by one thread; {@link #isValid} is for any.
 */
final class Lease {
    /** Renewals under way; an older one would be too old to help. */
    private static final int MAX_UNDER_WAY = 8;

    private final long servingNs;
    private final LongSupplier monotonicNs;
    private final LongSupplier timeOfDayNs;
    private final Deque<Renewal> underWay = new ArrayDeque<>();
    private volatile Renewal confirmed;
    private long lastId;

    private record Renewal(long id, long monotonicNs, long timeOfDayNs) {
    }

    /** @param servingNs how long a renewal is good for, from when it is sent */
    Lease(final long servingNs, final LongSupplier monotonicNs, final LongSupplier timeOfDayNs) {
        this.servingNs = servingNs;
        this.monotonicNs = monotonicNs;
        this.timeOfDayNs = timeOfDayNs;
    }

    /** A renewal is about to be sent. @return what its confirmation must name */
    long sending() {
        if (underWay.size() == MAX_UNDER_WAY) {
            underWay.removeFirst();
        }
        underWay.addLast(new Renewal(++lastId, monotonicNs.getAsLong(), timeOfDayNs.getAsLong()));
        return lastId;
    }

    /** A renewal has come back. @param id that {@link #sending} returned; others are ignored */
    void confirmed(final long id) {
        while (!underWay.isEmpty() && underWay.getFirst().id <= id) {
            final Renewal renewal = underWay.removeFirst();
            if (renewal.id == id) {
                confirmed = renewal;
            }
        }
    }

    /** Renewals under way do not count any more: they went to a session that is gone. */
    void forgetUnderWay() {
        underWay.clear();
    }

    /** @return whether the node may serve now, as far as time goes */
    boolean isValid() {
        final Renewal last = confirmed;
        return last != null && monotonicNs.getAsLong() - last.monotonicNs < servingNs
            && timeOfDayNs.getAsLong() - last.timeOfDayNs < servingNs;
    }
}
