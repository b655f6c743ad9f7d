package org.dsmfs.posix.sys;

import java.nio.ByteBuffer;
import java.time.Instant;

/** What utimensat(2) is to do with one of its two times. */
public record TimeChange(long seconds, long nanoseconds) {
    public static final TimeChange NOW = new TimeChange(0, (1L << 30) - 1);
    public static final TimeChange OMIT = new TimeChange(0, (1L << 30) - 2);

    public static TimeChange to(final Instant time) {
        return new TimeChange(time.getEpochSecond(), time.getNano());
    }

    static byte[] timespecs(final TimeChange accessed, final TimeChange modified) {
        final byte[] times = new byte[4 * Long.BYTES];
        final ByteBuffer out = Posix.structure(times);
        out.putLong(accessed.seconds).putLong(accessed.nanoseconds);
        out.putLong(modified.seconds).putLong(modified.nanoseconds);
        return times;
    }
}
