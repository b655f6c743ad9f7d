package org.dsmfs.posix;

import static org.dsmfs.posix.support.Users.ALICE;
import static org.dsmfs.posix.support.Users.BOB;
import static org.dsmfs.posix.sys.Descriptor.O_RDWR;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.dsmfs.posix.support.Basis;
import org.dsmfs.posix.support.Expect;
import org.dsmfs.posix.support.FileType;
import org.dsmfs.posix.support.OneMount;
import org.dsmfs.posix.support.PosixSuite;
import org.dsmfs.posix.support.TestDirectory;
import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.Errno;
import org.dsmfs.posix.sys.Posix;
import org.dsmfs.posix.sys.TimeChange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@PosixSuite("POSIX.1-2017 unlink(), close(); unlink(2)")
class UnlinkTest {
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DIRECTORY")
    void removesEachTypeAndSetsTheTimes(final FileType type, final TestDirectory directory) throws Throwable {
        final String one = directory.make(type, "one");
        Posix.link(one, directory.path("two"));
        Expect.changesCtime(directory.path("two"), () -> Posix.unlink(one));
        Expect.changesMtimeAndCtime(directory.path(), () -> Posix.unlink(directory.path("two")));
        Expect.error(Errno.ENOENT, () -> Posix.lstat(directory.path("two")));
        Expect.error(Errno.ENOENT, () -> Posix.unlink(directory.path("two")));
    }

    @Test
    @Basis("unlink(2): EISDIR on Linux")
    void aDirectoryCannotBeUnlinked(final TestDirectory directory) throws Throwable {
        final String sub = directory.directory("sub", 0755);
        Expect.changesNoTime(sub, () -> Expect.eitherError(Errno.EISDIR, Errno.EPERM, () -> Posix.unlink(sub)));
    }

    @Test
    void theDirectoryMustBeWritable(final TestDirectory directory) throws Throwable {
        final String closed = directory.directory("closed", 0755);
        final String file = directory.file("closed/file");
        Posix.chown(file, ALICE.uid(), ALICE.gid());
        ALICE.run(() -> Expect.error(Errno.EACCES, () -> Posix.unlink(file)));
        Posix.chmod(closed, 0777);
        BOB.run(() -> Posix.unlink(file));
    }

    @Test
    void anOpenFileLivesWithoutAName(final TestDirectory directory) {
        final String file = directory.path("file");
        try (Descriptor open = Descriptor.create(file)) {
            open.write("before".getBytes(StandardCharsets.UTF_8));
            Posix.unlink(file);
            assertFalse(Posix.exists(file));
            assertEquals(0, open.stat().links());
            assertEquals(6, open.stat().size());
            open.write(" and after".getBytes(StandardCharsets.UTF_8));
            assertEquals("before and after", new String(open.pread(0, 100), StandardCharsets.UTF_8));
            open.truncate(3);
            open.chmod(0600);
            open.setTimes(TimeChange.to(Instant.ofEpochSecond(5)), TimeChange.OMIT);
            assertEquals(Instant.ofEpochSecond(5), open.stat().accessed());
            open.sync();
            assertEquals("bef", new String(open.pread(0, 100), StandardCharsets.UTF_8));
            assertEquals(0600, open.stat().permissions());
        }
    }

    @Test
    void aNewFileOfTheNameIsAnother(final TestDirectory directory) {
        final String file = directory.file("file", new byte[] {1});
        try (Descriptor old = Descriptor.open(file, O_RDWR)) {
            Posix.unlink(file);
            directory.file("file", new byte[] {2, 2});
            assertNotEquals(old.stat().inode(), Posix.stat(file).inode());
            assertArrayEquals(new byte[] {1}, old.pread(0, 10));
            old.pwrite(0, new byte[] {3});
            assertEquals(2, Posix.stat(file).size());
        }
        assertEquals(2, Posix.stat(file).size());
    }

    @Test
    void aReplacedOpenFileLivesToo(final TestDirectory directory) {
        final String file = directory.file("file", new byte[] {1});
        final String other = directory.file("other", new byte[] {2, 2});
        try (Descriptor old = Descriptor.open(file, O_RDWR)) {
            Posix.rename(other, file);
            assertEquals(0, old.stat().links());
            assertArrayEquals(new byte[] {1}, old.pread(0, 10));
        }
    }

    @Test
    @Basis("POSIX.1-2017 close(): space of an unlinked file is freed at the last close")
    @OneMount("free space is that of a node's own disk")
    void theSpaceComesBackAtTheLastClose(final TestDirectory directory) throws Throwable {
        final int length = 64 << 20;
        final String path = directory.path("file");
        final Descriptor last;
        final long usedWithIt;
        try (Descriptor file = Descriptor.create(path)) {
            file.write(new byte[length]);
            file.sync();
            last = file.duplicate();
            usedWithIt = Posix.statvfs(directory.path()).usedBytes();
            Posix.unlink(path);
        }
        assertTrue(Posix.statvfs(directory.path()).usedBytes() > usedWithIt - length / 2, "freed while open");
        assertArrayEquals(new byte[1], last.pread(length - 1, 2));
        last.close();
        final long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (Posix.statvfs(directory.path()).usedBytes() > usedWithIt - length / 2) {
            assertTrue(System.nanoTime() < deadline, "not freed");
            Thread.sleep(20);
        }
    }

    @Test
    @Basis("proc(5): an open file without a name can be opened again through /proc")
    void anOpenFileWithoutANameCanBeOpenedAgain(final TestDirectory directory) {
        final String file = directory.file("file", new byte[] {1});
        try (Descriptor open = Descriptor.open(file, O_RDWR)) {
            Posix.unlink(file);
            try (Descriptor again = Descriptor.open(open.procPath(), O_RDWR)) {
                again.pwrite(0, new byte[] {7});
            }
            assertArrayEquals(new byte[] {7}, open.pread(0, 1));
        }
    }
}
