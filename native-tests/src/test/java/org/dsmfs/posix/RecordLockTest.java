package org.dsmfs.posix;

import static org.dsmfs.posix.sys.Descriptor.O_RDONLY;
import static org.dsmfs.posix.sys.Descriptor.O_RDWR;
import static org.dsmfs.posix.sys.Descriptor.O_WRONLY;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dsmfs.posix.support.Background;
import org.dsmfs.posix.support.Basis;
import org.dsmfs.posix.support.Expect;
import org.dsmfs.posix.support.OneMount;
import org.dsmfs.posix.support.Peer;
import org.dsmfs.posix.support.PosixSuite;
import org.dsmfs.posix.support.TestDirectory;
import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.Errno;
import org.dsmfs.posix.sys.RecordLock;
import org.junit.jupiter.api.Test;

@PosixSuite("POSIX.1-2017 fcntl() F_GETLK, F_SETLK, F_SETLKW; fcntl(2)")
class RecordLockTest {
    private static final RecordLock.Command TRY = RecordLock.Command.F_SETLK;
    private static final RecordLock.Command WAIT = RecordLock.Command.F_SETLKW;
    private static final RecordLock.Command ASK = RecordLock.Command.F_GETLK;

    @Test
    void processesConflictWhereRangesOverlap(final TestDirectory directory) {
        final String path = directory.file("file");
        try (Descriptor here = Descriptor.open(path, O_RDWR); Peer peer = Peer.opening(path)) {
            here.fcntl(TRY, RecordLock.write(100, 100));
            assertEquals("EAGAIN", peer.fcntl(TRY, RecordLock.write(0, 101)));
            assertEquals("EAGAIN", peer.fcntl(TRY, RecordLock.read(199, 1)));
            assertEquals("EAGAIN", peer.fcntl(TRY, RecordLock.read(0, 0)));
            assertEquals("ok", peer.fcntl(TRY, RecordLock.write(0, 100)));
            assertEquals("ok", peer.fcntl(TRY, RecordLock.write(200, 0)));
        }
    }

    @Test
    void readersShareAndWritersDoNot(final TestDirectory directory) {
        final String path = directory.file("file");
        try (Descriptor here = Descriptor.open(path, O_RDWR); Peer peer = Peer.opening(path)) {
            here.fcntl(TRY, RecordLock.read(0, 10));
            assertEquals("ok", peer.fcntl(TRY, RecordLock.read(5, 10)));
            assertEquals("EAGAIN", peer.fcntl(TRY, RecordLock.write(5, 1)));
            assertEquals("ok", peer.fcntl(TRY, RecordLock.write(10, 5)));
        }
    }

    @Test
    @OneMount("a process number means nothing elsewhere")
    void askingTellsTheConflictingLockAndItsHolder(final TestDirectory directory) {
        final String path = directory.file("file");
        try (Descriptor here = Descriptor.open(path, O_RDWR); Peer peer = Peer.opening(path)) {
            assertEquals(RecordLock.unlock(0, 0), here.fcntl(ASK, RecordLock.write(0, 0)));
            assertEquals("ok", peer.fcntl(TRY, RecordLock.read(10, 20)));
            final RecordLock answer = here.fcntl(ASK, RecordLock.write(0, 0));
            assertEquals(new RecordLock(RecordLock.Type.READ, 10, 20, (int) peer.pid()), answer);
            assertEquals(RecordLock.Type.UNLOCK, here.fcntl(ASK, RecordLock.read(0, 0)).type());
            assertEquals("ok 2 10 20 0", peer.fcntl(ASK, RecordLock.write(10, 20)), "one's own lock is no conflict");
        }
    }

    @Test
    void unlockingTheMiddleSplitsALock(final TestDirectory directory) {
        final String path = directory.file("file");
        try (Descriptor here = Descriptor.open(path, O_RDWR); Peer peer = Peer.opening(path)) {
            here.fcntl(TRY, RecordLock.write(0, 30));
            here.fcntl(TRY, RecordLock.unlock(10, 10));
            assertEquals("ok", peer.fcntl(TRY, RecordLock.write(10, 10)));
            assertEquals("EAGAIN", peer.fcntl(TRY, RecordLock.write(9, 1)));
            assertEquals("EAGAIN", peer.fcntl(TRY, RecordLock.write(20, 1)));
            assertEquals("ok", peer.fcntl(TRY, RecordLock.write(30, 1)));
        }
    }

    @Test
    void aLockOverOnesOwnReplacesIt(final TestDirectory directory) {
        final String path = directory.file("file");
        try (Descriptor here = Descriptor.open(path, O_RDWR); Peer peer = Peer.opening(path)) {
            here.fcntl(TRY, RecordLock.write(0, 30));
            here.fcntl(TRY, RecordLock.read(10, 10));
            assertEquals("ok", peer.fcntl(TRY, RecordLock.read(10, 10)));
            assertEquals("EAGAIN", peer.fcntl(TRY, RecordLock.read(9, 1)));
            assertEquals("EAGAIN", peer.fcntl(TRY, RecordLock.write(15, 1)));
        }
    }

    @Test
    @OneMount("closing releases what the process locked through the same mount")
    void closingAnyDescriptorOfTheFileReleasesTheProcesssLocks(final TestDirectory directory) {
        final String path = directory.file("file");
        try (Descriptor here = Descriptor.open(path, O_RDWR); Peer peer = Peer.opening(path)) {
            here.fcntl(TRY, RecordLock.write(0, 0));
            assertEquals("EAGAIN", peer.fcntl(TRY, RecordLock.read(0, 0)));
            Descriptor.open(path, O_RDONLY).close();
            assertEquals("ok", peer.fcntl(TRY, RecordLock.read(0, 0)));
        }
    }

    @Test
    void aWaiterGetsTheLockWhenItIsReleased(final TestDirectory directory) throws Throwable {
        final String path = directory.file("file");
        try (Descriptor here = Descriptor.open(path, O_RDWR); Peer peer = Peer.opening(path)) {
            assertEquals("ok", peer.fcntl(TRY, RecordLock.write(0, 10)));
            final Background waiting = Background.start(() -> here.fcntl(WAIT, RecordLock.write(5, 10)));
            waiting.assertBlocked();
            assertEquals("ok", peer.fcntl(TRY, RecordLock.unlock(0, 5)));
            waiting.assertBlocked();
            assertEquals("ok", peer.fcntl(TRY, RecordLock.unlock(5, 5)));
            waiting.assertReturns();
            assertEquals("EAGAIN", peer.fcntl(TRY, RecordLock.write(14, 1)));
        }
    }

    @Test
    void deathReleases(final TestDirectory directory) throws Throwable {
        final String path = directory.file("file");
        try (Descriptor here = Descriptor.open(path, O_RDWR); Peer peer = Peer.opening(path)) {
            assertEquals("ok", peer.fcntl(TRY, RecordLock.write(0, 10)));
            final Background waiting = Background.start(() -> here.fcntl(WAIT, RecordLock.write(0, 10)));
            waiting.assertBlocked();
            peer.kill();
            waiting.assertReturns();
        }
    }

    @Test
    void aSignalInterruptsAWaiter(final TestDirectory directory) {
        final String path = directory.file("file");
        try (Descriptor here = Descriptor.open(path, O_RDWR); Peer peer = Peer.opening(path)) {
            here.fcntl(TRY, RecordLock.write(0, 10));
            peer.demand("interrupt", 100);
            assertEquals("EINTR", peer.fcntl(WAIT, RecordLock.write(0, 1)));
            here.fcntl(TRY, RecordLock.unlock(0, 10));
            assertEquals("ok", peer.fcntl(TRY, RecordLock.write(0, 1)));
        }
    }

    @Test
    @Basis("POSIX.1-2017 fork(): the child does not inherit record locks")
    void aChildHasNotItsParentsLocks(final TestDirectory directory) {
        final String path = directory.file("file");
        try (Peer peer = Peer.opening(path)) {
            assertEquals("ok", peer.fcntl(TRY, RecordLock.write(0, 10)));
            assertEquals("EAGAIN", peer.call("child", "fcntl", "file", TRY.number(), 0, 0, 1));
        }
    }

    @Test
    void aLockNeedsADescriptorOpenForIt(final TestDirectory directory) throws Throwable {
        final String path = directory.file("file");
        try (Descriptor reader = Descriptor.open(path, O_RDONLY); Descriptor writer = Descriptor.open(path, O_WRONLY)) {
            Expect.error(Errno.EBADF, () -> reader.fcntl(TRY, RecordLock.write(0, 1)));
            Expect.error(Errno.EBADF, () -> writer.fcntl(TRY, RecordLock.read(0, 1)));
            Expect.error(Errno.EINVAL, () -> reader.fcntl(TRY, RecordLock.read(-1, 1)));
        }
    }

    @Test
    void theEndOfTheLargestFileCanBeLocked(final TestDirectory directory) {
        final String path = directory.file("file");
        try (Descriptor here = Descriptor.open(path, O_RDWR); Peer peer = Peer.opening(path)) {
            here.fcntl(TRY, RecordLock.write(Long.MAX_VALUE, 1));
            assertEquals("EAGAIN", peer.fcntl(TRY, RecordLock.read(0, 0)));
            assertEquals("ok", peer.fcntl(TRY, RecordLock.read(0, Long.MAX_VALUE)));
        }
    }

    @Test
    void aThousandLocksAreHeldApart(final TestDirectory directory) {
        final String path = directory.file("file");
        try (Descriptor here = Descriptor.open(path, O_RDWR); Peer peer = Peer.opening(path)) {
            for (int i = 0; i < 1000; i++) {
                here.fcntl(TRY, RecordLock.write(2L * i, 1));
            }
            assertEquals("EAGAIN", peer.fcntl(TRY, RecordLock.read(1998, 1)));
            assertEquals("ok", peer.fcntl(TRY, RecordLock.write(1001, 1)));
            here.fcntl(TRY, RecordLock.unlock(0, 0));
            assertEquals("ok", peer.fcntl(TRY, RecordLock.write(0, 2000)));
        }
    }
}
