package org.dsmfs.posix;

import static org.dsmfs.posix.support.Users.ALICE;
import static org.dsmfs.posix.support.Users.BOB;
import static org.dsmfs.posix.support.Users.BOB_IN_SHARED_GROUP;
import static org.dsmfs.posix.support.Users.SHARED_GROUP;
import static org.dsmfs.posix.sys.Descriptor.O_RDONLY;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dsmfs.posix.support.Basis;
import org.dsmfs.posix.support.Expect;
import org.dsmfs.posix.support.FileType;
import org.dsmfs.posix.support.PosixSuite;
import org.dsmfs.posix.support.TestDirectory;
import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.Errno;
import org.dsmfs.posix.sys.Posix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@PosixSuite("POSIX.1-2017 chmod(), fchmod(); chmod(2)")
class ChmodTest {
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SYMLINK")
    void setsAllTwelveBitsOfEachType(final FileType type, final TestDirectory directory) {
        final String path = directory.make(type, "file");
        for (final int mode : new int[] {0, 0111, 0444, 0753, 0777, 01751, 02751, 04751, 07777}) {
            Posix.chmod(path, mode);
            assertEquals(type.modeBits() | mode, Posix.lstat(path).mode());
        }
    }

    @Test
    void followsASymbolicLink(final TestDirectory directory) {
        final String file = directory.file("file");
        Posix.symlink("file", directory.path("link"));
        Posix.chmod(directory.path("link"), 0400);
        assertEquals(0400, Posix.stat(file).permissions());
        assertEquals(0777, Posix.lstat(directory.path("link")).permissions());
    }

    @Test
    void fchmodChangesAnOpenFile(final TestDirectory directory) {
        final String file = directory.file("file");
        try (Descriptor open = Descriptor.open(file, O_RDONLY)) {
            open.chmod(0711);
            assertEquals(0711, open.stat().permissions());
            assertEquals(0711, Posix.stat(file).permissions());
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SYMLINK")
    void setsTheChangeTimeOnly(final FileType type, final TestDirectory directory) throws Throwable {
        final String path = directory.make(type, "file");
        Expect.changesCtime(path, () -> Posix.chmod(path, 0600));
    }

    @Test
    void onlyTheOwnerAndRootMay(final TestDirectory directory) throws Throwable {
        final String file = directory.file("file");
        Posix.chown(file, ALICE.uid(), ALICE.gid());
        ALICE.run(() -> Posix.chmod(file, 0666));
        Expect.changesNoTime(file, () -> BOB.run(() -> Expect.error(Errno.EPERM, () -> Posix.chmod(file, 0600))));
        assertEquals(0666, Posix.stat(file).permissions());
        Posix.chmod(file, 0640);
        assertEquals(0640, Posix.stat(file).permissions());
    }

    @ParameterizedTest
    @EnumSource(names = {"REGULAR", "DIRECTORY", "FIFO"})
    @Basis("POSIX.1-2017 chmod(): S_ISGID is cleared for a file of a group that the caller is not in")
    void setgidIsClearedForAForeignGroup(final FileType type, final TestDirectory directory) throws Throwable {
        final String file = directory.make(type, "file");
        Posix.chown(file, ALICE.uid(), BOB.gid());
        ALICE.run(() -> Posix.chmod(file, 02755));
        assertEquals(0755, Posix.stat(file).permissions());
        Posix.chown(file, ALICE.uid(), ALICE.gid());
        ALICE.run(() -> Posix.chmod(file, 02755));
        assertEquals(02755, Posix.stat(file).permissions());
        Posix.chown(file, BOB.uid(), SHARED_GROUP);
        BOB_IN_SHARED_GROUP.run(() -> Posix.chmod(file, 02755));
        assertEquals(02755, Posix.stat(file).permissions());
    }

    @Test
    @Basis("chmod(2): the sticky bit of a file that is no directory may be set by its owner on Linux")
    void anOwnerMaySetTheStickyBit(final TestDirectory directory) throws Throwable {
        final String file = directory.file("file");
        Posix.chown(file, ALICE.uid(), ALICE.gid());
        ALICE.run(() -> Posix.chmod(file, 01644));
        assertEquals(01644, Posix.stat(file).permissions());
    }
}
