package org.dsmfs.posix;

import static org.dsmfs.posix.support.Users.ALICE;
import static org.dsmfs.posix.support.Users.BOB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import org.dsmfs.posix.support.Basis;
import org.dsmfs.posix.support.Capability;
import org.dsmfs.posix.support.Expect;
import org.dsmfs.posix.support.FileType;
import org.dsmfs.posix.support.Needs;
import org.dsmfs.posix.support.PosixSuite;
import org.dsmfs.posix.support.TestDirectory;
import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.Errno;
import org.dsmfs.posix.sys.FileStatus;
import org.dsmfs.posix.sys.Posix;
import org.dsmfs.posix.sys.TimeChange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@PosixSuite("POSIX.1-2017 utimensat(), futimens(); utimensat(2)")
class UtimensatTest {
    private static final Instant ONE = Instant.ofEpochSecond(1_900_000_000L, 123_456_789);
    private static final Instant OTHER = Instant.ofEpochSecond(1_800_000_000L, 987_654_321);

    @ParameterizedTest
    @EnumSource
    void setsBothTimesOfEachTypeToTheNanosecond(final FileType type, final TestDirectory directory) throws Throwable {
        final String path = directory.make(type, "file");
        final Instant changed = Posix.lstat(path).changed();
        Expect.waitForClockTick();
        Posix.utimensat(path, TimeChange.to(ONE), TimeChange.to(OTHER), Posix.AT_SYMLINK_NOFOLLOW);
        final FileStatus status = Posix.lstat(path);
        assertEquals(ONE, status.accessed());
        assertEquals(OTHER, status.modified());
        assertTrue(status.changed().isAfter(changed));
    }

    @Test
    void followsASymbolicLinkUnlessToldNotTo(final TestDirectory directory) {
        final String file = directory.file("file");
        Posix.symlink("file", directory.path("link"));
        Posix.setTimes(directory.path("link"), ONE, ONE);
        assertEquals(ONE, Posix.stat(file).modified());
        Posix.utimensat(directory.path("link"), TimeChange.to(OTHER), TimeChange.to(OTHER), Posix.AT_SYMLINK_NOFOLLOW);
        assertEquals(ONE, Posix.stat(file).modified());
        assertEquals(OTHER, Posix.lstat(directory.path("link")).modified());
    }

    @Test
    void futimensSetsTheTimesOfAnOpenFile(final TestDirectory directory) {
        try (Descriptor file = Descriptor.create(directory.path("file"))) {
            file.setTimes(TimeChange.to(ONE), TimeChange.to(OTHER));
            assertEquals(ONE, file.stat().accessed());
            assertEquals(OTHER, file.stat().modified());
        }
    }

    @Test
    void omitLeavesATimeAlone(final TestDirectory directory) throws Throwable {
        final String file = directory.file("file");
        Posix.setTimes(file, ONE, ONE);
        Posix.utimensat(file, TimeChange.to(OTHER), TimeChange.OMIT, 0);
        assertEquals(List.of(OTHER, ONE), List.of(Posix.stat(file).accessed(), Posix.stat(file).modified()));
        Posix.utimensat(file, TimeChange.OMIT, TimeChange.to(OTHER), 0);
        assertEquals(List.of(OTHER, OTHER), List.of(Posix.stat(file).accessed(), Posix.stat(file).modified()));
        Expect.changesNoTime(file, () -> Posix.utimensat(file, TimeChange.OMIT, TimeChange.OMIT, 0));
    }

    @Test
    void nowIsNow(final TestDirectory directory) {
        final String file = directory.file("file");
        Posix.setTimes(file, ONE, OTHER);
        final Instant before = Instant.now().minusMillis(20);
        Posix.utimensat(file, TimeChange.NOW, TimeChange.OMIT, 0);
        assertTrue(Posix.stat(file).accessed().isAfter(before));
        assertTrue(Posix.stat(file).accessed().isBefore(Instant.now().plusSeconds(1)));
        assertEquals(OTHER, Posix.stat(file).modified());
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, -2_147_483_647L, 0, 2_147_483_647L, 2_147_483_648L, 4_294_967_296L, 10_000_000_000L})
    @Basis("time_t has 64 bits; ext4 keeps times from 1901 to 2446")
    void timesBefore1970AndAfter2038AreKept(final long seconds, final TestDirectory directory) {
        final String file = directory.file("file");
        Posix.setTimes(file, Instant.ofEpochSecond(seconds, 1), Instant.ofEpochSecond(seconds, 999_999_999));
        assertEquals(Instant.ofEpochSecond(seconds, 1), Posix.stat(file).accessed());
        assertEquals(Instant.ofEpochSecond(seconds, 999_999_999), Posix.stat(file).modified());
    }

    @Test
    void nanosecondsBeyondASecondAreInvalid(final TestDirectory directory) throws Throwable {
        final String file = directory.file("file");
        Expect.error(Errno.EINVAL,
            () -> Posix.utimensat(file, new TimeChange(0, 1_000_000_000), TimeChange.OMIT, 0));
        Expect.error(Errno.EINVAL, () -> Posix.utimensat(file, TimeChange.OMIT, new TimeChange(0, -1), 0));
    }

    @Test
    @Basis("POSIX.1-2017 utimensat(): to now: the owner or who may write; otherwise the owner only")
    void aWriterMaySetNowAndOnlyTheOwnerMore(final TestDirectory directory) throws Throwable {
        final String file = directory.file("file", 0646);
        Posix.chown(file, ALICE.uid(), ALICE.gid());
        BOB.run(() -> {
            Posix.utimensat(file, TimeChange.NOW, TimeChange.NOW, 0);
            Expect.error(Errno.EPERM, () -> Posix.setTimes(file, ONE, ONE));
            Expect.error(Errno.EPERM, () -> Posix.utimensat(file, TimeChange.NOW, TimeChange.OMIT, 0));
            Expect.error(Errno.EPERM, () -> Posix.utimensat(file, TimeChange.OMIT, TimeChange.to(ONE), 0));
        });
        Posix.chmod(file, 0444);
        BOB.run(() -> Expect.error(Errno.EACCES, () -> Posix.utimensat(file, TimeChange.NOW, TimeChange.NOW, 0)));
        ALICE.run(() -> Posix.setTimes(file, ONE, OTHER));
        ALICE.run(() -> Posix.utimensat(file, TimeChange.NOW, TimeChange.OMIT, 0));
        assertEquals(OTHER, Posix.stat(file).modified());
    }

    @Test
    @Needs(Capability.BIRTH_TIME)
    @Basis("statx(2) stx_btime")
    void theBirthTimeStays(final TestDirectory directory) throws Throwable {
        final Instant before = Instant.now().minusMillis(20);
        final String file = directory.file("file");
        final Instant born = Posix.stat(file).born();
        assertTrue(born.isAfter(before) && born.isBefore(Instant.now().plusSeconds(1)));
        Posix.setTimes(file, OTHER, OTHER);
        Posix.chmod(file, 0600);
        Posix.rename(file, directory.path("renamed"));
        assertEquals(born, Posix.stat(directory.path("renamed")).born());
    }
}
