package org.dsmfs.posix;

import static org.dsmfs.posix.support.Users.ALICE;
import static org.dsmfs.posix.support.Users.BOB_IN_SHARED_GROUP;
import static org.dsmfs.posix.support.Users.SHARED_GROUP;
import static org.dsmfs.posix.sys.Descriptor.O_CREAT;
import static org.dsmfs.posix.sys.Descriptor.O_EXCL;
import static org.dsmfs.posix.sys.Descriptor.O_WRONLY;
import static org.dsmfs.posix.sys.FileStatus.S_IFDIR;
import static org.dsmfs.posix.sys.FileStatus.S_IFIFO;
import static org.dsmfs.posix.sys.FileStatus.S_IFLNK;
import static org.dsmfs.posix.sys.FileStatus.S_IFREG;
import static org.dsmfs.posix.sys.FileStatus.S_IFSOCK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
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

/** What open with O_CREAT, mkdir, mkfifo, mknod and symlink have in common. */
@PosixSuite("POSIX.1-2017 open(), mkdir(), mkfifo(), mknod(), symlink(); the manual's pages of these names")
class CreationTest {
    /** A way to make a file with a mode. */
    private enum Maker {
        OPEN(S_IFREG) {
            @Override
            void make(final String path, final int mode) {
                Descriptor.open(path, O_WRONLY | O_CREAT | O_EXCL, mode).close();
            }
        },
        MKDIR(S_IFDIR) {
            @Override
            void make(final String path, final int mode) {
                Posix.mkdir(path, mode);
            }
        },
        MKFIFO(S_IFIFO) {
            @Override
            void make(final String path, final int mode) {
                Posix.mkfifo(path, mode);
            }
        },
        MKNOD_REGULAR(S_IFREG) {
            @Override
            void make(final String path, final int mode) {
                Posix.mknod(path, S_IFREG | mode, 0, 0);
            }
        },
        MKNOD_FIFO(S_IFIFO) {
            @Override
            void make(final String path, final int mode) {
                Posix.mknod(path, S_IFIFO | mode, 0, 0);
            }
        },
        MKNOD_SOCKET(S_IFSOCK) {
            @Override
            void make(final String path, final int mode) {
                Posix.mknod(path, S_IFSOCK | mode, 0, 0);
            }
        },
        SYMLINK(S_IFLNK) {
            @Override
            void make(final String path, final int mode) {
                Posix.symlink("target", path);
            }
        };

        private final int type;

        Maker(final int type) {
            this.type = type;
        }

        abstract void make(String path, int mode);

        /** The mode that a file asked for with the permissions gets. */
        int expectedMode(final int permissions) {
            return type | (this == SYMLINK ? 0777 : permissions);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theModeIsTheOneAskedForLessTheMask(final Maker maker, final TestDirectory directory) {
        final int[][] modeAndMask =
            {{0755, 0}, {0755, 022}, {0777, 0777}, {0151, 077}, {0345, 070}, {0345, 0501}, {0, 0}};
        for (final int[] pair : modeAndMask) {
            final String path = directory.path(Integer.toOctalString(pair[0]) + "-" + Integer.toOctalString(pair[1]));
            Posix.umask(pair[1]);
            maker.make(path, pair[0]);
            Posix.umask(0);
            assertEquals(maker.expectedMode(pair[0] & ~pair[1]), Posix.lstat(path).mode());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aNewFileIsEmptyAndHasOneLink(final Maker maker, final TestDirectory directory) {
        maker.make(directory.path("new"), 0755);
        final FileStatus status = Posix.lstat(directory.path("new"));
        if (maker == Maker.SYMLINK) {
            assertEquals("target".length(), status.size());
        } else if (maker != Maker.MKDIR) {
            assertEquals(0, status.size());
            assertEquals(0, status.blocks());
            assertEquals(1, status.links());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aNewFileHasTheTimesOfNowAndSetsThoseOfItsDirectory(final Maker maker, final TestDirectory directory)
        throws Throwable {
        final Instant before = Instant.now().minusMillis(20);
        Expect.changesMtimeAndCtime(directory.path(), () -> maker.make(directory.path("new"), 0755));
        final FileStatus status = Posix.lstat(directory.path("new"));
        for (final Instant time : List.of(status.accessed(), status.modified(), status.changed())) {
            assertTrue(!time.isBefore(before) && time.isBefore(Instant.now().plusSeconds(1)), time::toString);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anExistingNameOfWhateverTypeIsAnError(final Maker maker, final TestDirectory directory) throws Throwable {
        for (final FileType type : FileType.values()) {
            if (type != FileType.BLOCK_DEVICE && type != FileType.CHARACTER_DEVICE) {
                final String path = directory.make(type, type.name());
                Expect.error(Errno.EEXIST, () -> maker.make(path, 0644));
                type.remove(path);
            }
        }
        Expect.error(Errno.EEXIST, () -> maker.make(directory.path("."), 0644));
        Expect.error(Errno.EEXIST, () -> maker.make(directory.path(".."), 0644));
    }

    @ParameterizedTest
    @EnumSource
    void theOwnerIsTheCallerAndTheDirectoryMustBeWritable(final Maker maker, final TestDirectory directory)
        throws Throwable {
        final String open = directory.directory("open", 0777);
        final String closed = directory.directory("closed", 0755);
        Expect.changesNoTime(closed,
            () -> ALICE.run(() -> Expect.error(Errno.EACCES, () -> maker.make(closed + "/new", 0644))));
        assertFalse(Posix.exists(closed + "/new"));
        ALICE.run(() -> maker.make(open + "/new", 0644));
        final FileStatus status = Posix.lstat(open + "/new");
        assertEquals(ALICE.uid(), status.uid());
        assertEquals(ALICE.gid(), status.gid());
        assertEquals(maker.expectedMode(0644), status.mode());
    }

    @ParameterizedTest
    @EnumSource
    @Basis("inode(7): in a directory with S_ISGID new files get its group, and new directories the bit too")
    void aSetgidDirectoryGivesItsGroup(final Maker maker, final TestDirectory directory) throws Throwable {
        final String shared = directory.directory("shared", 0777);
        Posix.chown(shared, 0, SHARED_GROUP);
        Posix.chmod(shared, 02777);
        ALICE.run(() -> maker.make(shared + "/new", 0755));
        final FileStatus status = Posix.lstat(shared + "/new");
        assertEquals(SHARED_GROUP, status.gid());
        assertEquals(ALICE.uid(), status.uid());
        assertEquals(maker.expectedMode(0755) | (maker == Maker.MKDIR ? 02000 : 0), status.mode());
    }

    @Test
    @Basis("inode(7), kernel 6.0 and later: S_ISGID of an executable file is lost where the caller is not in the group")
    void aSetgidDirectoryMakesNoSetgidProgramOfAForeignGroup(final TestDirectory directory) throws Throwable {
        final String shared = directory.directory("shared", 0777);
        Posix.chown(shared, 0, SHARED_GROUP);
        Posix.chmod(shared, 02777);
        ALICE.run(() -> Maker.OPEN.make(shared + "/foreign", 02755));
        BOB_IN_SHARED_GROUP.run(() -> Maker.OPEN.make(shared + "/own", 02755));
        assertEquals(0755, Posix.stat(shared + "/foreign").permissions());
        assertEquals(02755, Posix.stat(shared + "/own").permissions());
    }
}
