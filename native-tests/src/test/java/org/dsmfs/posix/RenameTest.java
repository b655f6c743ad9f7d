package org.dsmfs.posix;

import static org.dsmfs.posix.support.Users.ALICE;
import static org.dsmfs.posix.sys.Descriptor.O_RDONLY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.dsmfs.posix.support.Basis;
import org.dsmfs.posix.support.Expect;
import org.dsmfs.posix.support.FileType;
import org.dsmfs.posix.support.PosixSuite;
import org.dsmfs.posix.support.TestDirectory;
import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.DirectoryReader;
import org.dsmfs.posix.sys.Errno;
import org.dsmfs.posix.sys.FileStatus;
import org.dsmfs.posix.sys.Posix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@PosixSuite("POSIX.1-2017 rename(); rename(2)")
class RenameTest {
    @ParameterizedTest
    @EnumSource
    void movesEachTypeKeepingWhatItIs(final FileType type, final TestDirectory directory) throws Throwable {
        final String from = directory.make(type, "from");
        final String to = directory.path("to");
        final FileStatus before = Posix.lstat(from);
        Posix.rename(from, to);
        assertFalse(Posix.exists(from));
        final FileStatus after = Posix.lstat(to);
        assertEquals(before.inode(), after.inode());
        assertEquals(before.mode(), after.mode());
        assertEquals(before.links(), after.links());
        assertEquals(before.modified(), after.modified());
        final String sub = directory.directory("sub", 0755);
        Posix.rename(to, sub + "/moved");
        assertEquals(before.inode(), Posix.lstat(sub + "/moved").inode());
        assertEquals(List.of("moved"), DirectoryReader.names(sub));
    }

    @Test
    void setsTheTimesOfBothDirectoriesAndTheChangeTimeOfTheFile(final TestDirectory directory) throws Throwable {
        final String from = directory.directory("from", 0755);
        final String to = directory.directory("to", 0755);
        directory.file("from/file");
        Expect.changesMtimeAndCtime(from, () -> Posix.rename(from + "/file", to + "/file"));
        Expect.changesMtimeAndCtime(from, () -> Posix.rename(to + "/file", from + "/file"));
        Expect.changesMtimeAndCtime(to, () -> Posix.rename(from + "/file", to + "/file"));
        Posix.link(to + "/file", to + "/witness");
        Expect.changesCtime(to + "/witness", () -> Posix.rename(to + "/file", to + "/renamed"));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DIRECTORY")
    void replacesAnythingButADirectory(final FileType type, final TestDirectory directory) {
        final String from = directory.file("from");
        final String to = directory.make(type, "to");
        Posix.link(to, directory.path("witness"));
        final long inode = Posix.stat(from).inode();
        Posix.rename(from, to);
        assertEquals(inode, Posix.lstat(to).inode());
        assertEquals(1, Posix.lstat(directory.path("witness")).links());
        assertFalse(Posix.exists(from));
    }

    @Test
    void theReplacedFileLosesALinkAndHasItsChangeTimeSet(final TestDirectory directory) throws Throwable {
        final String from = directory.file("from");
        final String to = directory.file("to");
        Posix.link(to, directory.path("witness"));
        Expect.changesCtime(directory.path("witness"), () -> Posix.rename(from, to));
    }

    @Test
    void aDirectoryReplacesAnEmptyDirectoryOnly(final TestDirectory directory) throws Throwable {
        final String from = directory.directory("from", 0755);
        directory.file("from/file");
        final String empty = directory.directory("empty", 0755);
        final String full = directory.directory("full", 0755);
        directory.file("full/file");
        Expect.eitherError(Errno.ENOTEMPTY, Errno.EEXIST, () -> Posix.rename(from, full));
        final long links = Posix.stat(directory.path()).links();
        Posix.rename(from, empty);
        assertEquals(List.of("file"), DirectoryReader.names(empty));
        assertEquals(links - 1, Posix.stat(directory.path()).links());
    }

    @Test
    void directoriesAndOthersDoNotReplaceEachOther(final TestDirectory directory) throws Throwable {
        final String sub = directory.directory("sub", 0755);
        for (final FileType type : List.of(FileType.REGULAR, FileType.FIFO, FileType.SOCKET, FileType.SYMLINK)) {
            final String other = directory.make(type, type.name());
            Expect.error(Errno.ENOTDIR, () -> Posix.rename(sub, other));
            Expect.error(Errno.EISDIR, () -> Posix.rename(other, sub));
            Posix.lstat(other);
        }
    }

    @Test
    @Basis("POSIX.1-2017 rename(): two names of one file: does nothing and succeeds")
    void onToAnotherNameOfTheSameFileDoesNothing(final TestDirectory directory) throws Throwable {
        final String one = directory.file("one");
        final String two = directory.path("two");
        Posix.link(one, two);
        Expect.changesNoTime(one, () -> Posix.rename(one, two));
        Expect.changesNoTime(one, () -> Posix.rename(one, one));
        assertEquals(2, Posix.stat(one).links());
        assertEquals(2, Posix.stat(two).links());
    }

    @Test
    void aDirectoryCannotMoveBelowItself(final TestDirectory directory) throws Throwable {
        final String sub = directory.directory("sub", 0755);
        directory.directory("sub/inner", 0755);
        Expect.error(Errno.EINVAL, () -> Posix.rename(sub, sub + "/new"));
        Expect.error(Errno.EINVAL, () -> Posix.rename(sub, sub + "/inner/new"));
        Expect.eitherError(Errno.ENOTEMPTY, Errno.EEXIST, () -> Posix.rename(sub + "/inner", sub));
    }

    @Test
    @Basis("rename(2): EBUSY; POSIX.1-2017 allows EINVAL")
    void dotAndDotDotCannotBeRenamed(final TestDirectory directory) throws Throwable {
        final String sub = directory.directory("sub", 0755);
        Expect.eitherError(Errno.EBUSY, Errno.EINVAL, () -> Posix.rename(sub + "/.", directory.path("new")));
        Expect.eitherError(Errno.EBUSY, Errno.EINVAL, () -> Posix.rename(sub + "/..", directory.path("new")));
    }

    @Test
    void aMovedDirectoryHasItsNewParent(final TestDirectory directory) {
        final String one = directory.directory("one", 0755);
        final String two = directory.directory("two", 0755);
        directory.directory("one/moving", 0755);
        Posix.rename(one + "/moving", two + "/moving");
        assertEquals(2, Posix.stat(one).links());
        assertEquals(3, Posix.stat(two).links());
        assertEquals(Posix.stat(two).inode(), Posix.stat(two + "/moving/..").inode());
        try (DirectoryReader reader = new DirectoryReader(two + "/moving", DirectoryReader.USUAL_BATCH_BYTES)) {
            final DirectoryReader.Entry parent =
                reader.rest().stream().filter(e -> e.name().equals("..")).findAny().orElseThrow();
            assertEquals(Posix.stat(two).inode(), parent.inode());
        }
    }

    @Test
    void aMissingNameIsNoEntry(final TestDirectory directory) throws Throwable {
        final String file = directory.file("file");
        Expect.error(Errno.ENOENT, () -> Posix.rename(directory.path("missing"), file));
        Posix.lstat(file);
    }

    @Test
    void bothDirectoriesMustBeWritable(final TestDirectory directory) throws Throwable {
        final String open = directory.directory("open", 0777);
        final String closed = directory.directory("closed", 0755);
        directory.file("closed/file", 0666);
        ALICE.run(() -> {
            Descriptor.create(open + "/file").close();
            Expect.error(Errno.EACCES, () -> Posix.rename(open + "/file", closed + "/new"));
            Expect.error(Errno.EACCES, () -> Posix.rename(closed + "/file", open + "/new"));
        });
    }

    @Test
    @Basis("POSIX.1-2017 rename(): EACCES where the directory moved must be written (its \"..\") and cannot be")
    void aDirectoryMovesToAnotherParentOnlyIfItCanBeWritten(final TestDirectory directory) throws Throwable {
        final String open = directory.directory("open", 0777);
        final String other = directory.directory("other", 0777);
        directory.directory("open/sub", 0755);
        ALICE.run(() -> {
            Posix.rename(open + "/sub", open + "/renamed");
            Expect.error(Errno.EACCES, () -> Posix.rename(open + "/renamed", other + "/sub"));
        });
    }

    @Test
    void aLongChainOfRenamesLosesNothing(final TestDirectory directory) {
        final String content = "content";
        directory.file("0", content.getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < 500; i++) {
            Posix.rename(directory.path(Integer.toString(i)), directory.path(Integer.toString(i + 1)));
        }
        assertEquals(List.of("500"), DirectoryReader.names(directory.path()));
        try (Descriptor file = Descriptor.open(directory.path("500"), O_RDONLY)) {
            assertEquals(content, new String(file.read(100), StandardCharsets.UTF_8));
        }
    }
}
