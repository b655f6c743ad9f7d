package org.dsmfs.posix;

import static org.dsmfs.posix.support.Users.ALICE;
import static org.dsmfs.posix.sys.Descriptor.O_RDONLY;
import static org.dsmfs.posix.sys.Descriptor.O_WRONLY;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.dsmfs.posix.support.Basis;
import org.dsmfs.posix.support.Expect;
import org.dsmfs.posix.support.FileType;
import org.dsmfs.posix.support.PosixSuite;
import org.dsmfs.posix.support.TestDirectory;
import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.DirectoryReader;
import org.dsmfs.posix.sys.Errno;
import org.dsmfs.posix.sys.Posix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@PosixSuite("POSIX.1-2017 link(), linkat(); link(2)")
class LinkTest {
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DIRECTORY")
    void allNamesAreTheSameFile(final FileType type, final TestDirectory directory) {
        final String one = directory.make(type, "one");
        final String two = directory.path("two");
        final String three = directory.path("three");
        Posix.link(one, two);
        assertEquals(Posix.lstat(one).onAnyMount(), Posix.lstat(two).onAnyMount());
        assertEquals(2, Posix.lstat(one).links());
        Posix.link(two, three);
        Posix.lchown(three, 0, 0);
        assertEquals(3, Posix.lstat(two).links());
        assertEquals(Posix.lstat(one).onAnyMount(), Posix.lstat(three).onAnyMount());
        Posix.unlink(one);
        assertFalse(Posix.exists(one));
        assertEquals(2, Posix.lstat(two).links());
        Posix.unlink(three);
        assertEquals(1, Posix.lstat(two).links());
    }

    @Test
    void dataIsShared(final TestDirectory directory) {
        final String one = directory.file("one", new byte[] {1, 2, 3});
        Posix.link(one, directory.path("two"));
        try (Descriptor writer = Descriptor.open(directory.path("two"), O_WRONLY);
             Descriptor reader = Descriptor.open(one, O_RDONLY)) {
            writer.pwrite(1, new byte[] {9});
            assertArrayEquals(new byte[] {1, 9, 3}, reader.read(10));
        }
    }

    @Test
    void setsChangeTimeOfTheFileAndTimesOfTheDirectory(final TestDirectory directory) throws Throwable {
        final String one = directory.file("one");
        final String target = directory.directory("target", 0755);
        Expect.changesCtime(one, () -> Posix.link(one, target + "/two"));
        Expect.changesMtimeAndCtime(target, () -> Posix.link(one, target + "/three"));
        Expect.changesNoTime(one, () -> Expect.error(Errno.EEXIST, () -> Posix.link(one, target + "/two")));
        Expect.changesNoTime(target, () -> Expect.error(Errno.EEXIST, () -> Posix.link(one, target + "/two")));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = {"CHARACTER_DEVICE", "BLOCK_DEVICE"})
    void anExistingNameIsAnError(final FileType type, final TestDirectory directory) throws Throwable {
        final String file = directory.file("file");
        final String existing = directory.make(type, "existing");
        Expect.error(Errno.EEXIST, () -> Posix.link(file, existing));
        assertEquals(1, Posix.stat(file).links());
    }

    @Test
    @Basis("link(2): EPERM for a directory, for root too")
    void aDirectoryCannotBeLinked(final TestDirectory directory) throws Throwable {
        final String sub = directory.directory("sub", 0755);
        Expect.error(Errno.EPERM, () -> Posix.link(sub, directory.path("again")));
        assertEquals(2, Posix.stat(sub).links());
    }

    @Test
    void aSymbolicLinkIsLinkedItselfUnlessFollowed(final TestDirectory directory) {
        final String file = directory.file("file");
        final String symlink = directory.path("symlink");
        Posix.symlink("file", symlink);
        Posix.link(symlink, directory.path("itself"));
        assertEquals(Posix.lstat(symlink).inode(), Posix.lstat(directory.path("itself")).inode());
        Posix.linkat(symlink, directory.path("followed"), Posix.AT_SYMLINK_FOLLOW);
        assertEquals(Posix.stat(file).inode(), Posix.lstat(directory.path("followed")).inode());
    }

    @Test
    void theDirectoryMustBeWritable(final TestDirectory directory) throws Throwable {
        Posix.chmod(directory.path(), 0777);
        final String closed = directory.directory("closed", 0755);
        ALICE.run(() -> {
            final String file = directory.file("file");
            Expect.error(Errno.EACCES, () -> Posix.link(file, closed + "/file"));
            Posix.link(file, directory.path("two"));
        });
    }

    @Test
    void otherFilesystemsAreOutOfReach(final TestDirectory directory) throws Throwable {
        final String file = directory.file("file");
        Expect.error(Errno.EXDEV, () -> Posix.link(file, "/dev/no-such-file"));
        Expect.error(Errno.EXDEV, () -> Posix.rename(file, "/dev/no-such-file"));
    }

    @Test
    void aFileHasAThousandNames(final TestDirectory directory) {
        final String file = directory.file("0");
        for (int i = 1; i < 1000; i++) {
            Posix.link(file, directory.path(Integer.toString(i)));
        }
        assertEquals(1000, Posix.stat(file).links());
        assertEquals(1000, DirectoryReader.names(directory.path()).size());
        for (int i = 1; i < 1000; i++) {
            Posix.unlink(directory.path(Integer.toString(i)));
        }
        assertEquals(1, Posix.stat(file).links());
    }
}
