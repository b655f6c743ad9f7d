package org.dsmfs.posix;

import static org.dsmfs.posix.sys.Descriptor.FS_APPEND_FL;
import static org.dsmfs.posix.sys.Descriptor.FS_IMMUTABLE_FL;
import static org.dsmfs.posix.sys.Descriptor.O_APPEND;
import static org.dsmfs.posix.sys.Descriptor.O_RDONLY;
import static org.dsmfs.posix.sys.Descriptor.O_RDWR;
import static org.dsmfs.posix.sys.Descriptor.O_TRUNC;
import static org.dsmfs.posix.sys.Descriptor.O_WRONLY;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import org.dsmfs.posix.support.Capability;
import org.dsmfs.posix.support.Expect;
import org.dsmfs.posix.support.Needs;
import org.dsmfs.posix.support.PosixSuite;
import org.dsmfs.posix.support.TestDirectory;
import org.dsmfs.posix.support.Users;
import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.Errno;
import org.dsmfs.posix.sys.Posix;
import org.dsmfs.posix.sys.TimeChange;
import org.junit.jupiter.api.Test;

@PosixSuite("ioctl_iflags(2), chattr(1)")
@Needs(Capability.INODE_FLAGS)
class InodeFlagsTest {
    private static final byte[] CONTENT = {1, 2, 3};

    /** A file or directory that has a flag until this is closed: nobody could remove it otherwise. */
    private static final class Flagged implements AutoCloseable {
        private final Descriptor descriptor;
        private final int flag;

        Flagged(final String path, final int flag) {
            this.descriptor = Descriptor.open(path, O_RDONLY);
            this.flag = flag;
            descriptor.setInodeFlags(descriptor.inodeFlags() | flag);
        }

        @Override
        public void close() {
            descriptor.setInodeFlags(descriptor.inodeFlags() & ~flag);
            descriptor.close();
        }
    }

    @Test
    void areKeptAndChangeTheInode(final TestDirectory directory) throws Throwable {
        final String file = directory.file("file");
        Expect.changesCtime(file, () -> {
            try (Flagged flagged = new Flagged(file, FS_APPEND_FL)) {
                assertEquals(FS_APPEND_FL, flagged.descriptor.inodeFlags() & (FS_APPEND_FL | FS_IMMUTABLE_FL));
            }
        });
        try (Descriptor opened = Descriptor.open(file, O_RDONLY)) {
            assertEquals(0, opened.inodeFlags() & (FS_APPEND_FL | FS_IMMUTABLE_FL));
        }
    }

    @Test
    void onlyThePrivilegedSetThem(final TestDirectory directory) throws Throwable {
        final String file = directory.file("file");
        Posix.chown(file, Users.ALICE.uid(), Users.ALICE.gid());
        try (Descriptor opened = Descriptor.open(file, O_RDONLY)) {
            Users.ALICE.run(() -> Expect.error(Errno.EPERM,
                () -> opened.setInodeFlags(opened.inodeFlags() | FS_IMMUTABLE_FL)));
        }
    }

    @Test
    void anImmutableFileDoesNotChange(final TestDirectory directory) throws Throwable {
        final String file = directory.file("file", CONTENT);
        try (Descriptor openBefore = Descriptor.open(file, O_WRONLY);
             Flagged flagged = new Flagged(file, FS_IMMUTABLE_FL)) {
            Expect.changesNoTime(file, () -> {
                Expect.error(Errno.EPERM, () -> openBefore.write(CONTENT));
                for (final int flags : new int[] {O_WRONLY, O_RDWR, O_WRONLY | O_APPEND, O_WRONLY | O_TRUNC}) {
                    Expect.error(Errno.EPERM, () -> Descriptor.open(file, flags).close());
                }
                Expect.error(Errno.EPERM, () -> Posix.truncate(file, 1));
                Expect.error(Errno.EPERM, () -> Posix.chmod(file, 0600));
                Expect.error(Errno.EPERM, () -> Posix.chown(file, 1, 1));
                Expect.error(Errno.EPERM, () -> Posix.setTimes(file, Instant.EPOCH, Instant.EPOCH));
                Expect.error(Errno.EPERM, () -> Posix.utimensat(file, TimeChange.NOW, TimeChange.NOW, 0));
                Expect.error(Errno.EPERM, () -> Posix.setxattr(file, "user.a", CONTENT, 0));
                Expect.error(Errno.EPERM, () -> Posix.link(file, directory.path("link")));
                Expect.error(Errno.EPERM, () -> Posix.rename(file, directory.path("moved")));
                Expect.error(Errno.EPERM, () -> Posix.rename(directory.file("other"), file));
                Expect.error(Errno.EPERM, () -> Posix.unlink(file));
            });
            try (Descriptor opened = Descriptor.open(file, O_RDONLY)) {
                assertArrayEquals(CONTENT, opened.read(10));
            }
        }
        Posix.unlink(file);
    }

    @Test
    void anAppendOnlyFileGrows(final TestDirectory directory) throws Throwable {
        final String file = directory.file("file", CONTENT);
        try (Flagged flagged = new Flagged(file, FS_APPEND_FL)) {
            for (final int flags : new int[] {O_WRONLY, O_RDWR, O_WRONLY | O_APPEND | O_TRUNC}) {
                Expect.error(Errno.EPERM, () -> Descriptor.open(file, flags).close());
            }
            try (Descriptor opened = Descriptor.open(file, O_WRONLY | O_APPEND)) {
                opened.write(CONTENT);
                Expect.error(Errno.EPERM, () -> opened.truncate(0));
            }
            assertEquals(2 * CONTENT.length, Posix.stat(file).size());
            Posix.utimensat(file, TimeChange.NOW, TimeChange.NOW, 0);
            Expect.error(Errno.EPERM, () -> Posix.setTimes(file, Instant.EPOCH, Instant.EPOCH));
            Expect.error(Errno.EPERM, () -> Posix.chmod(file, 0600));
            Expect.error(Errno.EPERM, () -> Posix.rename(file, directory.path("moved")));
            Expect.error(Errno.EPERM, () -> Posix.unlink(file));
        }
    }

    @Test
    void anImmutableDirectoryKeepsItsNames(final TestDirectory directory) throws Throwable {
        final String inside = directory.directory("directory", 0755);
        final String file = directory.file("directory/file");
        final String other = directory.file("other");
        try (Flagged flagged = new Flagged(inside, FS_IMMUTABLE_FL)) {
            Expect.error(Errno.EPERM, () -> directory.file("directory/new"));
            Expect.error(Errno.EPERM, () -> directory.directory("directory/new", 0755));
            Expect.error(Errno.EPERM, () -> Posix.symlink("target", inside + "/new"));
            Expect.error(Errno.EPERM, () -> Posix.link(other, inside + "/new"));
            Expect.error(Errno.EPERM, () -> Posix.rename(other, inside + "/new"));
            Expect.error(Errno.EPERM, () -> Posix.rename(file, directory.path("moved")));
            Expect.error(Errno.EPERM, () -> Posix.unlink(file));
            Expect.error(Errno.EPERM, () -> Posix.rename(inside, directory.path("moved")));
            try (Descriptor opened = Descriptor.open(file, O_WRONLY)) {
                opened.write(CONTENT);
            }
        }
    }

    @Test
    void anAppendOnlyDirectoryGetsMoreNames(final TestDirectory directory) throws Throwable {
        final String inside = directory.directory("directory", 0755);
        try (Flagged flagged = new Flagged(inside, FS_APPEND_FL)) {
            final String file = directory.file("directory/new");
            Posix.rename(directory.file("other"), inside + "/moved");
            Expect.error(Errno.EPERM, () -> Posix.unlink(file));
            Expect.error(Errno.EPERM, () -> Posix.rename(file, inside + "/renamed"));
            Expect.error(Errno.EPERM, () -> Posix.rmdir(inside));
        }
    }
}
