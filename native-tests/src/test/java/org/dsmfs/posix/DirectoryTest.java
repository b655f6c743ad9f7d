package org.dsmfs.posix;

import static org.dsmfs.posix.support.Users.ALICE;
import static org.dsmfs.posix.sys.Descriptor.O_CREAT;
import static org.dsmfs.posix.sys.Descriptor.O_DIRECTORY;
import static org.dsmfs.posix.sys.Descriptor.O_RDONLY;
import static org.dsmfs.posix.sys.Descriptor.O_RDWR;
import static org.dsmfs.posix.sys.Descriptor.O_WRONLY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
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

@PosixSuite("POSIX.1-2017 mkdir(), rmdir(); mkdir(2), rmdir(2)")
class DirectoryTest {
    @Test
    @Basis("POSIX.1-2017 sys/stat.h: st_nlink counts \".\" and the \"..\" of each subdirectory")
    void subdirectoriesAreLinksToTheirParent(final TestDirectory directory) {
        final String sub = directory.directory("sub", 0755);
        assertEquals(2, Posix.stat(sub).links());
        Posix.mkdir(sub + "/one", 0755);
        Posix.mkdir(sub + "/two", 0755);
        assertEquals(4, Posix.stat(sub).links());
        Posix.rmdir(sub + "/one");
        assertEquals(3, Posix.stat(sub).links());
        Posix.rmdir(sub + "/two");
        assertEquals(2, Posix.stat(sub).links());
    }

    @Test
    void dotAndDotDotAreTheDirectoryAndItsParent(final TestDirectory directory) {
        final String sub = directory.directory("sub", 0755);
        assertEquals(Posix.stat(sub).inode(), Posix.stat(sub + "/.").inode());
        assertEquals(Posix.stat(directory.path()).inode(), Posix.stat(sub + "/..").inode());
    }

    @Test
    void onlyAnEmptyDirectoryCanBeRemoved(final TestDirectory directory) throws Throwable {
        for (final FileType type : FileType.values()) {
            if (type == FileType.BLOCK_DEVICE || type == FileType.CHARACTER_DEVICE) {
                continue;
            }
            final String sub = directory.directory(type.name(), 0755);
            directory.make(type, type.name() + "/content");
            Expect.changesNoTime(sub, () ->
                Expect.eitherError(Errno.ENOTEMPTY, Errno.EEXIST, () -> Posix.rmdir(sub)));
            type.remove(sub + "/content");
            Posix.rmdir(sub);
            assertFalse(Posix.exists(sub));
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = {"DIRECTORY", "CHARACTER_DEVICE", "BLOCK_DEVICE"})
    void nothingElseCanBeRemovedAsADirectory(final FileType type, final TestDirectory directory) throws Throwable {
        final String path = directory.make(type, "file");
        Expect.error(Errno.ENOTDIR, () -> Posix.rmdir(path));
        Posix.lstat(path);
    }

    @Test
    void aLinkToADirectoryCannotBeRemovedAsOne(final TestDirectory directory) throws Throwable {
        directory.directory("sub", 0755);
        Posix.symlink("sub", directory.path("link"));
        Expect.error(Errno.ENOTDIR, () -> Posix.rmdir(directory.path("link")));
    }

    @Test
    void dotAndDotDotCannotBeRemoved(final TestDirectory directory) throws Throwable {
        final String sub = directory.directory("sub", 0755);
        Expect.error(Errno.EINVAL, () -> Posix.rmdir(sub + "/."));
        Expect.eitherError(Errno.ENOTEMPTY, Errno.EEXIST, () -> Posix.rmdir(sub + "/.."));
    }

    @Test
    void removalSetsTheParentsTimes(final TestDirectory directory) throws Throwable {
        final String sub = directory.directory("sub", 0755);
        Expect.changesMtimeAndCtime(directory.path(), () -> Posix.rmdir(sub));
    }

    @Test
    void removalNeedsAWritableParent(final TestDirectory directory) throws Throwable {
        final String parent = directory.directory("parent", 0755);
        final String sub = directory.directory("parent/sub", 0777);
        Posix.chown(sub, ALICE.uid(), ALICE.gid());
        Expect.changesNoTime(parent, () -> ALICE.run(() -> Expect.error(Errno.EACCES, () -> Posix.rmdir(sub))));
        Posix.chmod(parent, 0777);
        ALICE.run(() -> Posix.rmdir(sub));
    }

    @Test
    @Basis("POSIX.1-2017 rmdir(): a removed directory that is open has no entries and takes none")
    void aRemovedDirectoryThatIsOpenIsEmptyAndTakesNothing(final TestDirectory directory) throws Throwable {
        final String sub = directory.directory("sub", 0755);
        try (Descriptor open = Descriptor.open(sub, O_RDONLY | O_DIRECTORY)) {
            Posix.rmdir(sub);
            Expect.error(Errno.ENOENT, () -> open.openAt("file", O_CREAT | O_WRONLY, 0644).close());
            Expect.error(Errno.ENOENT, () -> open.mkdirAt("sub", 0755));
            assertEquals(0, open.stat().links());
        }
    }

    @Test
    void aRemovedNameCanBeMadeAgain(final TestDirectory directory) {
        for (int i = 0; i < 100; i++) {
            Posix.rmdir(directory.directory("sub", 0755));
        }
        assertEquals(List.of(), DirectoryReader.names(directory.path()));
    }

    @Test
    @Basis("POSIX.1-2017 read(), write(), open(): directories are not read or written as files")
    void aDirectoryIsNoFile(final TestDirectory directory) throws Throwable {
        Expect.error(Errno.EISDIR, () -> Descriptor.open(directory.path(), O_WRONLY).close());
        Expect.error(Errno.EISDIR, () -> Descriptor.open(directory.path(), O_RDWR).close());
        Expect.error(Errno.EISDIR, () -> Descriptor.open(directory.path(), O_RDONLY | O_CREAT).close());
        Expect.error(Errno.EISDIR, () -> Posix.truncate(directory.path(), 0));
        try (Descriptor open = Descriptor.open(directory.path(), O_RDONLY)) {
            Expect.error(Errno.EISDIR, () -> open.read(1));
            Expect.error(Errno.EBADF, () -> open.write(new byte[1]));
            open.sync();
        }
    }
}
