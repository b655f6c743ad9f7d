package org.dsmfs.layout;

import java.time.Instant;

/** Where the filesystem's times come from. Called by any thread. */
@FunctionalInterface
public interface WallClock {
    /** The computer's real-time clock. */
    WallClock SYSTEM = () -> {
        final Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    };

    /** @return nanoseconds since 1970-01-01 00:00 UTC, negative before; until the year 2262 */
    long epochNanos();
}
