package org.dsmfs.posix;

import static org.dsmfs.posix.support.Users.ALICE;
import static org.dsmfs.posix.support.Users.BOB;
import static org.dsmfs.posix.support.Users.BOB_IN_SHARED_GROUP;
import static org.dsmfs.posix.support.Users.SHARED_GROUP;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dsmfs.posix.support.Basis;
import org.dsmfs.posix.support.Expect;
import org.dsmfs.posix.support.FileType;
import org.dsmfs.posix.support.PosixSuite;
import org.dsmfs.posix.support.TestDirectory;
import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.Errno;
import org.dsmfs.posix.sys.FileStatus;
import org.dsmfs.posix.sys.Posix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@PosixSuite("POSIX.1-2017 chown(), fchown(), lchown(); chown(2)")
class ChownTest {
    @ParameterizedTest
    @EnumSource
    void rootSetsOwnerAndGroupOfEachType(final FileType type, final TestDirectory directory) {
        final String path = directory.make(type, "file");
        Posix.lchown(path, 123, 456);
        assertOwner(123, 456, Posix.lstat(path));
        Posix.lchown(path, Posix.UNCHANGED, 789);
        assertOwner(123, 789, Posix.lstat(path));
        Posix.lchown(path, 321, Posix.UNCHANGED);
        assertOwner(321, 789, Posix.lstat(path));
        Posix.lchown(path, 0x7FFFFFFE, 0x7FFFFFFD);
        assertOwner(0x7FFFFFFE, 0x7FFFFFFD, Posix.lstat(path));
    }

    private static void assertOwner(final int uid, final int gid, final FileStatus status) {
        assertEquals(uid, status.uid());
        assertEquals(gid, status.gid());
    }

    @Test
    void chownFollowsASymbolicLinkAndLchownDoesNot(final TestDirectory directory) {
        final String file = directory.file("file");
        final String link = directory.path("link");
        Posix.symlink("file", link);
        Posix.chown(link, 11, 12);
        Posix.lchown(link, 13, 14);
        assertOwner(11, 12, Posix.stat(file));
        assertOwner(13, 14, Posix.lstat(link));
    }

    @Test
    void fchownChangesAnOpenFile(final TestDirectory directory) {
        try (Descriptor open = Descriptor.create(directory.path("file"))) {
            open.chown(11, 12);
            assertOwner(11, 12, open.stat());
        }
    }

    @ParameterizedTest
    @EnumSource
    void setsTheChangeTimeOnly(final FileType type, final TestDirectory directory) throws Throwable {
        final String path = directory.make(type, "file");
        Expect.changesCtime(path, () -> Posix.lchown(path, 123, 456));
    }

    @Test
    void anOwnerMayChooseAmongTheirGroupsOnly(final TestDirectory directory) throws Throwable {
        final String file = directory.file("file");
        Posix.chown(file, BOB.uid(), BOB.gid());
        BOB_IN_SHARED_GROUP.run(() -> {
            Posix.chown(file, Posix.UNCHANGED, SHARED_GROUP);
            Posix.chown(file, BOB.uid(), BOB.gid());
            Posix.chown(file, BOB.uid(), SHARED_GROUP);
            Expect.error(Errno.EPERM, () -> Posix.chown(file, Posix.UNCHANGED, ALICE.gid()));
            Expect.error(Errno.EPERM, () -> Posix.chown(file, ALICE.uid(), Posix.UNCHANGED));
            Expect.error(Errno.EPERM, () -> Posix.chown(file, ALICE.uid(), BOB.gid()));
        });
        assertOwner(BOB.uid(), SHARED_GROUP, Posix.stat(file));
    }

    @Test
    void nobodyElseMay(final TestDirectory directory) throws Throwable {
        final String file = directory.file("file");
        Posix.chown(file, BOB.uid(), BOB.gid());
        Expect.changesNoTime(file, () -> ALICE.run(() -> {
            Expect.error(Errno.EPERM, () -> Posix.chown(file, ALICE.uid(), ALICE.gid()));
            Expect.error(Errno.EPERM, () -> Posix.chown(file, Posix.UNCHANGED, ALICE.gid()));
            Expect.error(Errno.EPERM, () -> Posix.chown(file, BOB.uid(), BOB.gid()));
        }));
    }

    @Test
    @Basis("chown(2): S_ISUID, and S_ISGID of a group-executable file, are cleared, for root too")
    void clearsSetIdBitsOfAnExecutableFile(final TestDirectory directory) throws Throwable {
        final String file = directory.file("file", 0755);
        Posix.chown(file, BOB.uid(), BOB.gid());
        Posix.chmod(file, 06755);
        BOB_IN_SHARED_GROUP.run(() -> Posix.chown(file, Posix.UNCHANGED, SHARED_GROUP));
        assertEquals(0755, Posix.stat(file).permissions());
        Posix.chmod(file, 06555);
        Posix.chown(file, ALICE.uid(), ALICE.gid());
        assertEquals(0555, Posix.stat(file).permissions());
    }

    @Test
    @Basis("chown(2): S_ISGID without group execution is mandatory locking, and kept when the owner is in the group")
    void keepsSetgidOfAFileThatTheGroupCannotExecute(final TestDirectory directory) {
        final String file = directory.file("file", 0644);
        Posix.chmod(file, 02644);
        Posix.chown(file, 0, 0);
        assertEquals(02644, Posix.stat(file).permissions());
    }

    @Test
    @Basis("chown(2): directories keep their bits")
    void keepsSetIdBitsOfADirectory(final TestDirectory directory) {
        final String sub = directory.directory("sub", 0755);
        Posix.chmod(sub, 06755);
        Posix.chown(sub, ALICE.uid(), ALICE.gid());
        assertEquals(06755, Posix.stat(sub).permissions());
    }
}
