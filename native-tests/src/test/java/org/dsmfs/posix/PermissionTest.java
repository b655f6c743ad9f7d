package org.dsmfs.posix;

import static org.dsmfs.posix.support.Users.ALICE;
import static org.dsmfs.posix.support.Users.BOB;
import static org.dsmfs.posix.support.Users.BOB_IN_SHARED_GROUP;
import static org.dsmfs.posix.support.Users.SHARED_GROUP;
import static org.dsmfs.posix.sys.Descriptor.O_NONBLOCK;
import static org.dsmfs.posix.sys.Descriptor.O_RDONLY;
import static org.dsmfs.posix.sys.Descriptor.O_RDWR;
import static org.dsmfs.posix.sys.Descriptor.O_TRUNC;
import static org.dsmfs.posix.sys.Descriptor.O_WRONLY;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

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
import org.dsmfs.posix.sys.Posix;
import org.dsmfs.posix.sys.User;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@PosixSuite("POSIX.1-2017 4.5 file access permissions; path_resolution(7), credentials(7)")
class PermissionTest {
    /** Each class of user, the shift of its permission bits, and somebody in it. */
    private enum Role {
        OWNER(6, ALICE), GROUP(3, new User(BOB.uid(), SHARED_GROUP)), SUPPLEMENTARY_GROUP(3, BOB_IN_SHARED_GROUP),
        OTHER(0, BOB);

        private final int shift;
        private final User user;

        Role(final int shift, final User user) {
            this.shift = shift;
            this.user = user;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFileOpensAsTheBitsOfTheUsersClassSay(final Role role, final TestDirectory directory) throws Throwable {
        for (final FileType type : List.of(FileType.REGULAR, FileType.FIFO)) {
            final String path = directory.make(type, type.name());
            Posix.chown(path, ALICE.uid(), SHARED_GROUP);
            for (int bits = 0; bits <= 7; bits++) {
                final int others = 07 & ~bits;
                Posix.chmod(path, others << 6 | others << 3 | others);
                Posix.chmod(path, Posix.stat(path).permissions() & ~(7 << role.shift) | bits << role.shift);
                final boolean readable = (bits & 4) != 0;
                final boolean writable = (bits & 2) != 0;
                role.user.run(() -> {
                    check(readable, () -> Descriptor.open(path, O_RDONLY | O_NONBLOCK).close());
                    check(readable && writable, () -> Descriptor.open(path, O_RDWR | O_NONBLOCK).close());
                    check(readable, () -> Posix.eaccess(path, Posix.R_OK));
                    check(writable, () -> Posix.eaccess(path, Posix.W_OK));
                });
                if (type == FileType.REGULAR) {
                    role.user.run(() -> {
                        check(writable, () -> Descriptor.open(path, O_WRONLY).close());
                        check(writable, () -> Posix.truncate(path, 0));
                        check(readable && writable, () -> Descriptor.open(path, O_RDONLY | O_TRUNC).close());
                    });
                }
            }
        }
    }

    private static void check(final boolean allowed, final Executable call) throws Throwable {
        if (allowed) {
            call.execute();
        } else {
            Expect.error(Errno.EACCES, call);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDirectoryIsReadSearchedAndWrittenAsTheBitsSay(final Role role, final TestDirectory directory)
        throws Throwable {
        final String sub = directory.directory("sub", 0755);
        Posix.chown(sub, ALICE.uid(), SHARED_GROUP);
        for (int bits = 0; bits <= 7; bits++) {
            final boolean readable = (bits & 4) != 0;
            final boolean writable = (bits & 2) != 0;
            final boolean searchable = (bits & 1) != 0;
            directory.file("sub/file", 0666);
            directory.file("sub/doomed", 0666);
            Posix.chmod(sub, bits << role.shift);
            role.user.run(() -> {
                check(readable, () -> DirectoryReader.names(sub));
                check(searchable, () -> Posix.stat(sub + "/file"));
                check(searchable && writable, () -> Descriptor.create(sub + "/new").close());
                check(searchable && writable, () -> Posix.link(sub + "/file", sub + "/linked"));
                check(searchable && writable, () -> Posix.rename(sub + "/file", sub + "/moved"));
                check(searchable && writable, () -> Posix.unlink(sub + "/doomed"));
            });
            for (final String name : DirectoryReader.names(sub)) {
                Posix.unlink(sub + "/" + name);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aProgramRunsAsTheBitsSay(final Role role, final TestDirectory directory) throws Throwable {
        final String script = directory.file("script", "#!/bin/sh\nexit 7\n".getBytes(StandardCharsets.UTF_8));
        Posix.chown(script, ALICE.uid(), SHARED_GROUP);
        Posix.chmod(script, 5 << role.shift);
        role.user.run(() -> Posix.eaccess(script, Posix.X_OK));
        Posix.chmod(script, 4 << role.shift);
        role.user.run(() -> Expect.error(Errno.EACCES, () -> Posix.eaccess(script, Posix.X_OK)));
    }

    @Test
    @Basis("POSIX.1-2017 4.5: a privileged user may do everything, but execute only what somebody may")
    void rootMayReadAndWriteEverything(final TestDirectory directory) throws Throwable {
        final String file = directory.file("file", 0);
        Posix.chown(file, ALICE.uid(), ALICE.gid());
        Descriptor.open(file, O_RDWR).close();
        Expect.error(Errno.EACCES, () -> Posix.eaccess(file, Posix.X_OK));
        Posix.chmod(file, 0001);
        Posix.eaccess(file, Posix.X_OK);
    }

    @Test
    @Basis("POSIX.1-2017 open(): permissions are checked when a file is opened")
    void anOpenFileStaysOpenWhenPermissionsGo(final TestDirectory directory) throws Throwable {
        final String file = directory.file("file", 0666);
        final Descriptor[] opened = new Descriptor[1];
        ALICE.run(() -> opened[0] = Descriptor.open(file, O_RDWR));
        try (Descriptor open = opened[0]) {
            Posix.chmod(file, 0);
            ALICE.run(() -> {
                open.pwrite(0, new byte[] {2});
                assertArrayEquals(new byte[] {2}, open.pread(0, 1));
                Expect.error(Errno.EACCES, () -> Descriptor.open(file, O_RDONLY).close());
            });
        }
    }
}
