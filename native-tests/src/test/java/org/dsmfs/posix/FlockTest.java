package org.dsmfs.posix;

import static org.dsmfs.posix.sys.Descriptor.LOCK_EX;
import static org.dsmfs.posix.sys.Descriptor.LOCK_NB;
import static org.dsmfs.posix.sys.Descriptor.LOCK_SH;
import static org.dsmfs.posix.sys.Descriptor.LOCK_UN;
import static org.dsmfs.posix.sys.Descriptor.O_RDONLY;
import static org.dsmfs.posix.sys.Descriptor.O_RDWR;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dsmfs.posix.support.Background;
import org.dsmfs.posix.support.Basis;
import org.dsmfs.posix.support.Expect;
import org.dsmfs.posix.support.Peer;
import org.dsmfs.posix.support.PosixSuite;
import org.dsmfs.posix.support.TestDirectory;
import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.Errno;
import org.dsmfs.posix.sys.RecordLock;
import org.junit.jupiter.api.Test;

@PosixSuite("flock(2)")
class FlockTest {
    private static final int TRY_EXCLUSIVE = LOCK_EX | LOCK_NB;
    private static final int TRY_SHARED = LOCK_SH | LOCK_NB;

    @Test
    void openFileDescriptionsExcludeEachOther(final TestDirectory directory) throws Throwable {
        final String path = directory.file("file");
        try (Descriptor one = Descriptor.open(path, O_RDWR); Descriptor two = Descriptor.open(path, O_RDONLY)) {
            one.flock(LOCK_EX);
            Expect.error(Errno.EAGAIN, () -> two.flock(TRY_EXCLUSIVE));
            Expect.error(Errno.EAGAIN, () -> two.flock(TRY_SHARED));
            one.flock(LOCK_SH);
            two.flock(TRY_SHARED);
            Expect.error(Errno.EAGAIN, () -> one.flock(TRY_EXCLUSIVE));
            one.flock(LOCK_UN);
            two.flock(TRY_EXCLUSIVE);
            two.flock(LOCK_UN);
            two.flock(LOCK_UN);
        }
    }

    @Test
    void aDuplicateHoldsTheSameLockUntilTheLastIsClosed(final TestDirectory directory) throws Throwable {
        final String path = directory.file("file");
        final Descriptor one = Descriptor.open(path, O_RDWR);
        try (Descriptor duplicate = one.duplicate(); Descriptor other = Descriptor.open(path, O_RDWR)) {
            one.flock(LOCK_EX);
            duplicate.flock(TRY_EXCLUSIVE);
            one.close();
            Expect.error(Errno.EAGAIN, () -> other.flock(TRY_SHARED));
            duplicate.flock(LOCK_UN);
            other.flock(TRY_EXCLUSIVE);
        }
    }

    @Test
    void processesExcludeEachOtherAndCloseReleases(final TestDirectory directory) throws Throwable {
        final String path = directory.file("file");
        try (Peer peer = Peer.opening(path); Descriptor here = Descriptor.open(path, O_RDWR)) {
            assertEquals("ok", peer.flock(LOCK_EX));
            Expect.error(Errno.EAGAIN, () -> here.flock(TRY_EXCLUSIVE));
            peer.demand("close", "file");
            // Maybe not at once: FUSE tells of the last close after close(2) has returned.
            Background.start(() -> here.flock(LOCK_EX)).assertReturns();
            peer.demand("open", "file", path);
            assertEquals("EAGAIN", peer.flock(TRY_SHARED));
        }
    }

    @Test
    void aWaiterGetsTheLockWhenItIsReleased(final TestDirectory directory) throws Throwable {
        final String path = directory.file("file");
        try (Peer peer = Peer.opening(path); Descriptor here = Descriptor.open(path, O_RDWR)) {
            peer.demand("flock", "file", LOCK_EX);
            final Background waiting = Background.start(() -> here.flock(LOCK_EX));
            waiting.assertBlocked();
            peer.demand("flock", "file", LOCK_UN);
            waiting.assertReturns();
            assertEquals("EAGAIN", peer.flock(TRY_SHARED));
        }
    }

    @Test
    void deathReleases(final TestDirectory directory) throws Throwable {
        final String path = directory.file("file");
        try (Peer peer = Peer.opening(path); Descriptor here = Descriptor.open(path, O_RDWR)) {
            peer.demand("flock", "file", LOCK_EX);
            final Background waiting = Background.start(() -> here.flock(LOCK_SH));
            waiting.assertBlocked();
            peer.kill();
            waiting.assertReturns();
        }
    }

    @Test
    void aSignalInterruptsAWaiter(final TestDirectory directory) {
        final String path = directory.file("file");
        try (Descriptor here = Descriptor.open(path, O_RDWR); Peer peer = Peer.opening(path)) {
            here.flock(LOCK_EX);
            peer.demand("interrupt", 100);
            assertEquals("EINTR", peer.flock(LOCK_EX));
            here.flock(LOCK_UN);
            assertEquals("ok", peer.flock(TRY_EXCLUSIVE));
        }
    }

    @Test
    @Basis("fcntl(2): flock's locks and record locks do not see each other on a local filesystem")
    void recordLocksAreOfAnotherKind(final TestDirectory directory) {
        final String path = directory.file("file");
        try (Descriptor here = Descriptor.open(path, O_RDWR); Peer peer = Peer.opening(path)) {
            here.flock(LOCK_EX);
            assertEquals("ok", peer.fcntl(RecordLock.Command.F_SETLK, RecordLock.write(0, 0)));
        }
    }

    @Test
    @Basis("flock(2): a lock is inherited by a child process, being the open file description's")
    void aChildSharesTheLock(final TestDirectory directory) {
        final String path = directory.file("file");
        try (Peer peer = Peer.opening(path)) {
            peer.demand("flock", "file", LOCK_EX);
            assertEquals("ok", peer.call("child", "flock", "file", TRY_EXCLUSIVE));
        }
    }
}
