package org.dsmfs.posix.support;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import org.dsmfs.posix.sys.Errno;
import org.dsmfs.posix.sys.FileStatus;
import org.dsmfs.posix.sys.Posix;
import org.dsmfs.posix.sys.PosixException;
import org.junit.jupiter.api.function.Executable;

/** Assertions of this suite's own. */
public final class Expect {
    /** Longer than the granularity of the kernel's clock for files, so that a later change has a later time. */
    private static final long CLOCK_TICK_MS = 12;

    private Expect() {
    }

    /** The call fails with this error. */
    public static void error(final Errno expected, final Executable call) throws Throwable {
        anyError(EnumSet.of(expected), call);
    }

    /** The call fails with one of two errors that the standard allows. */
    public static void eitherError(final Errno one, final Errno other, final Executable call) throws Throwable {
        anyError(EnumSet.of(one, other), call);
    }

    private static void anyError(final Set<Errno> expected, final Executable call) throws Throwable {
        try {
            call.execute();
        } catch (final PosixException e) {
            assertTrue(expected.contains(e.errno()), () -> e.getMessage() + ", expected " + expected);
            return;
        }
        fail("succeeded, expected " + expected);
    }

    /** A file's times that a change must set to now. */
    public enum Time {
        ACCESS, MODIFICATION, CHANGE;

        private Instant of(final FileStatus status) {
            return switch (this) {
                case ACCESS -> status.accessed();
                case MODIFICATION -> status.modified();
                case CHANGE -> status.changed();
            };
        }
    }

    /** The change sets exactly these of modification and change time of the path (not followed), not the other. */
    public static void changes(final String path, final Set<Time> expected, final Executable change) throws Throwable {
        final FileStatus before = Posix.lstat(path);
        waitForClockTick();
        change.execute();
        final FileStatus after = Posix.lstat(path);
        for (final Time time : EnumSet.of(Time.MODIFICATION, Time.CHANGE)) {
            final boolean changed = time.of(after).isAfter(time.of(before));
            if (expected.contains(time) != changed) {
                fail(time + " time of " + path + (changed ? " changed" : " did not advance") + ": "
                    + time.of(before) + " -> " + time.of(after));
            }
        }
    }

    /** The change sets the path's change time and not its modification time. */
    public static void changesCtime(final String path, final Executable change) throws Throwable {
        changes(path, EnumSet.of(Time.CHANGE), change);
    }

    /** The change sets the path's modification and change times. */
    public static void changesMtimeAndCtime(final String path, final Executable change) throws Throwable {
        changes(path, EnumSet.of(Time.MODIFICATION, Time.CHANGE), change);
    }

    /** The change, or failed attempt, sets neither time. */
    public static void changesNoTime(final String path, final Executable change) throws Throwable {
        changes(path, EnumSet.noneOf(Time.class), change);
    }

    public static void waitForClockTick() throws InterruptedException {
        Thread.sleep(CLOCK_TICK_MS);
    }
}
