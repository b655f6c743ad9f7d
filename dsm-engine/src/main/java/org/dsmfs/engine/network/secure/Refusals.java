package org.dsmfs.engine.network.secure;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** Counts datagrams that were refused, by reason. Any thread may read. */
public final class Refusals {
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);
    private static final long WARNING_INTERVAL_NS = TimeUnit.MINUTES.toNanos(1);

    /** Why a datagram was refused. */
    public enum Reason {
        /** Not of this protocol, of another version of it, or of a wrong length. */
        MALFORMED,
        /** Of a session that this endpoint does not have with that address: of before a restart, most likely. */
        UNKNOWN_SESSION,
        /** Damaged, or made without the key. */
        FORGED,
        /** Seen before, or too old to tell. */
        REPLAYED,
        /** A handshake without the cluster key, or with another one. */
        WRONG_KEY
    }

    private final AtomicLongArray counts = new AtomicLongArray(Reason.values().length);
    private final AtomicLong nextWarningNs = new AtomicLong(System.nanoTime());

    /** @return datagrams refused for the reason since the start */
    public long count(final Reason reason) {
        return counts.get(reason.ordinal());
    }

    /** @return datagrams refused for any reason */
    public long total() {
        long total = 0;
        for (final Reason reason : Reason.values()) {
            total += count(reason);
        }
        return total;
    }

    void add(final Reason reason, final InetSocketAddress from) {
        counts.incrementAndGet(reason.ordinal());
        if (reason == Reason.WRONG_KEY) {
            warn(from);
        }
    }

    /** At most once in a while: whoever sends garbage must not fill the log. */
    private void warn(final InetSocketAddress from) {
        final long dueNs = nextWarningNs.get();
        final long nowNs = System.nanoTime();
        if (nowNs - dueNs >= 0 && nextWarningNs.compareAndSet(dueNs, nowNs + WARNING_INTERVAL_NS)) {
            LOG.warn("refused {}: it does not hold this cluster's key ({} such datagrams so far)",
                from, count(Reason.WRONG_KEY));
        }
    }

    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder();
        for (final Reason reason : Reason.values()) {
            text.append(text.isEmpty() ? "" : ", ").append(reason).append(' ').append(count(reason));
        }
        return text.toString();
    }
}
