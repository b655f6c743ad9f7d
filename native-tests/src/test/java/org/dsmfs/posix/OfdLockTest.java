package org.dsmfs.posix;

import static org.dsmfs.posix.sys.Descriptor.O_RDWR;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dsmfs.posix.support.Background;
import org.dsmfs.posix.support.Expect;
import org.dsmfs.posix.support.Peer;
import org.dsmfs.posix.support.OneMount;
import org.dsmfs.posix.support.PosixSuite;
import org.dsmfs.posix.support.TestDirectory;
import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.Errno;
import org.dsmfs.posix.sys.RecordLock;
import org.junit.jupiter.api.Test;

@PosixSuite("fcntl(2), open file description locks")
class OfdLockTest {
    private static final RecordLock.Command TRY = RecordLock.Command.F_OFD_SETLK;
    private static final RecordLock.Command WAIT = RecordLock.Command.F_OFD_SETLKW;
    private static final RecordLock.Command ASK = RecordLock.Command.F_OFD_GETLK;

    @Test
    void descriptionsOfOneProcessConflict(final TestDirectory directory) throws Throwable {
        final String path = directory.file("file");
        try (Descriptor one = Descriptor.open(path, O_RDWR); Descriptor two = Descriptor.open(path, O_RDWR)) {
            one.fcntl(TRY, RecordLock.write(0, 10));
            Expect.error(Errno.EAGAIN, () -> two.fcntl(TRY, RecordLock.read(9, 1)));
            two.fcntl(TRY, RecordLock.write(10, 1));
            final RecordLock holder = two.fcntl(ASK, RecordLock.write(0, 1));
            assertEquals(RecordLock.Type.WRITE, holder.type());
            assertEquals(-1, holder.pid());
        }
    }

    @Test
    @OneMount("the kernel does not wait until the last close has reached a filesystem outside of it")
    void onlyTheLastCloseOfTheDescriptionReleases(final TestDirectory directory) throws Throwable {
        final String path = directory.file("file");
        final Descriptor one = Descriptor.open(path, O_RDWR);
        try (Descriptor two = Descriptor.open(path, O_RDWR)) {
            one.fcntl(TRY, RecordLock.write(0, 10));
            Descriptor.open(path, O_RDWR).close();
            one.duplicate().close();
            Expect.error(Errno.EAGAIN, () -> two.fcntl(TRY, RecordLock.write(0, 1)));
            one.close();
            two.fcntl(TRY, RecordLock.write(0, 1));
        }
    }

    @Test
    void aWaiterGetsTheLock(final TestDirectory directory) throws Throwable {
        final String path = directory.file("file");
        try (Descriptor one = Descriptor.open(path, O_RDWR); Descriptor two = Descriptor.open(path, O_RDWR)) {
            one.fcntl(TRY, RecordLock.read(0, 10));
            final Background waiting = Background.start(() -> two.fcntl(WAIT, RecordLock.write(0, 0)));
            waiting.assertBlocked();
            one.fcntl(TRY, RecordLock.unlock(0, 10));
            waiting.assertReturns();
        }
    }

    @Test
    void conflictsWithTheLocksOfProcesses(final TestDirectory directory) throws Throwable {
        final String path = directory.file("file");
        try (Descriptor here = Descriptor.open(path, O_RDWR); Peer peer = Peer.opening(path)) {
            here.fcntl(TRY, RecordLock.write(0, 10));
            assertEquals("EAGAIN", peer.fcntl(RecordLock.Command.F_SETLK, RecordLock.read(0, 1)));
            assertEquals("EAGAIN", peer.fcntl(TRY, RecordLock.read(0, 1)));
            assertEquals("ok", peer.fcntl(RecordLock.Command.F_SETLK, RecordLock.write(20, 1)));
            Expect.error(Errno.EAGAIN, () -> here.fcntl(TRY, RecordLock.write(15, 10)));
        }
    }

    @Test
    void aChildSharesTheLock(final TestDirectory directory) {
        final String path = directory.file("file");
        try (Peer peer = Peer.opening(path)) {
            assertEquals("ok", peer.fcntl(TRY, RecordLock.write(0, 10)));
            assertEquals("ok", peer.call("child", "fcntl", "file", TRY.number(), 1, 0, 10));
        }
    }

    @Test
    void aRequestThatNamesAProcessIsInvalid(final TestDirectory directory) throws Throwable {
        try (Descriptor file = Descriptor.create(directory.path("file"))) {
            Expect.error(Errno.EINVAL, () -> file.fcntl(TRY, new RecordLock(RecordLock.Type.WRITE, 0, 1, 7)));
        }
    }
}
