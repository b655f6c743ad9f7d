package org.dsmfs.posix;

import static org.dsmfs.posix.support.Users.ALICE;
import static org.dsmfs.posix.sys.Descriptor.O_CREAT;
import static org.dsmfs.posix.sys.Descriptor.O_RDONLY;
import static org.dsmfs.posix.sys.Descriptor.O_RDWR;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.function.BiConsumer;
import org.dsmfs.posix.support.Basis;
import org.dsmfs.posix.support.Expect;
import org.dsmfs.posix.support.PosixSuite;
import org.dsmfs.posix.support.TestDirectory;
import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.Errno;
import org.dsmfs.posix.sys.Posix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Errors of path resolution, the same for each operation that takes a path. */
@PosixSuite("POSIX.1-2017 4.13 pathname resolution, and the ERRORS section of each operation; path_resolution(7)")
class PathErrorsTest {
    private static final int NAME_MAX = 255;
    private static final int PATH_MAX = 4096;

    /** Whether the operation needs the last component to be there or makes it. */
    private enum Last { EXISTS, IS_MADE }

    /** The operations; {@code spare} is the path of an existing empty file for those that need a second one. */
    private enum Operation {
        STAT(Last.EXISTS, (path, spare) -> Posix.stat(path)),
        LSTAT(Last.EXISTS, (path, spare) -> Posix.lstat(path)),
        STATVFS(Last.EXISTS, (path, spare) -> Posix.statvfs(path)),
        ACCESS(Last.EXISTS, (path, spare) -> Posix.eaccess(path, Posix.R_OK)),
        OPEN(Last.EXISTS, (path, spare) -> Descriptor.open(path, O_RDONLY).close()),
        CREATE(Last.IS_MADE, (path, spare) -> Descriptor.open(path, O_RDWR | O_CREAT, 0644).close()),
        CHMOD(Last.EXISTS, (path, spare) -> Posix.chmod(path, 0600)),
        CHOWN(Last.EXISTS, (path, spare) -> Posix.chown(path, Posix.UNCHANGED, Posix.UNCHANGED)),
        LCHOWN(Last.EXISTS, (path, spare) -> Posix.lchown(path, Posix.UNCHANGED, Posix.UNCHANGED)),
        TRUNCATE(Last.EXISTS, (path, spare) -> Posix.truncate(path, 1)),
        UTIMENSAT(Last.EXISTS, (path, spare) -> Posix.setTimes(path, Instant.EPOCH, Instant.EPOCH)),
        MKDIR(Last.IS_MADE, (path, spare) -> Posix.mkdir(path, 0755)),
        RMDIR(Last.EXISTS, (path, spare) -> Posix.rmdir(path)),
        MKFIFO(Last.IS_MADE, (path, spare) -> Posix.mkfifo(path, 0644)),
        MKNOD(Last.IS_MADE, (path, spare) -> Posix.mknod(path, 0010644, 0, 0)),
        LINK_FROM(Last.EXISTS, (path, spare) -> Posix.link(path, spare + ".new")),
        LINK_TO(Last.IS_MADE, (path, spare) -> Posix.link(spare, path)),
        SYMLINK(Last.IS_MADE, (path, spare) -> Posix.symlink("target", path)),
        READLINK(Last.EXISTS, (path, spare) -> Posix.readlink(path)),
        UNLINK(Last.EXISTS, (path, spare) -> Posix.unlink(path)),
        RENAME_FROM(Last.EXISTS, (path, spare) -> Posix.rename(path, spare + ".new")),
        RENAME_TO(Last.IS_MADE, (path, spare) -> Posix.rename(spare, path)),
        LISTXATTR(Last.EXISTS, (path, spare) -> Posix.listxattr(path)),
        GETXATTR(Last.EXISTS, (path, spare) -> Posix.getxattr(path, "user.any"));

        private final Last last;
        private final BiConsumer<String, String> call;

        Operation(final Last last, final BiConsumer<String, String> call) {
            this.last = last;
            this.call = call;
        }

        private void on(final String path, final String spare) {
            call.accept(path, spare);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFileIsNoDirectoryToLookIn(final Operation operation, final TestDirectory directory) throws Throwable {
        final String spare = directory.file("spare");
        directory.file("file");
        Expect.error(Errno.ENOTDIR, () -> operation.on(directory.path("file/name"), spare));
    }

    @ParameterizedTest
    @EnumSource
    void aNameOf255BytesIsFineAndOneOf256IsTooLong(final Operation operation, final TestDirectory directory)
        throws Throwable {
        final String spare = directory.file("spare");
        final String longest = directory.path("n".repeat(NAME_MAX));
        if (operation.last == Last.IS_MADE) {
            operation.on(longest, spare);
            Posix.lstat(longest);
        } else {
            Expect.error(Errno.ENOENT, () -> operation.on(longest, spare));
        }
        Expect.error(Errno.ENAMETOOLONG, () -> operation.on(longest + "n", directory.path()));
        Expect.error(Errno.ENAMETOOLONG, () -> operation.on(longest + "n/name", directory.path()));
    }

    @ParameterizedTest
    @EnumSource
    void aPathOf4095BytesIsFineAndOneOf4096IsTooLong(final Operation operation, final TestDirectory directory)
        throws Throwable {
        final String spare = directory.file("spare");
        final String deep = makeDeepDirectory(directory, PATH_MAX - 1 - 2);
        final String longest = deep + "/n";
        assertEquals(PATH_MAX - 1, longest.length());
        if (operation.last == Last.IS_MADE) {
            operation.on(longest, spare);
            Posix.lstat(longest);
        } else {
            Expect.error(Errno.ENOENT, () -> operation.on(longest, spare));
        }
        Expect.error(Errno.ENAMETOOLONG, () -> operation.on(longest + "n", directory.path()));
    }

    /** Makes directories below each other until the path has the length. */
    private static String makeDeepDirectory(final TestDirectory directory, final int pathLength) {
        final StringBuilder path = new StringBuilder(directory.path());
        while (path.length() < pathLength) {
            final int left = pathLength - path.length() - 1;
            final int name = left > NAME_MAX + 1 ? Math.min(NAME_MAX, left - 2) : Math.min(left, NAME_MAX);
            path.append('/').append("d".repeat(name));
            Posix.mkdir(path.toString(), 0755);
        }
        return path.toString();
    }

    @ParameterizedTest
    @EnumSource
    void anEmptyPathOrAMissingComponentIsNoEntry(final Operation operation, final TestDirectory directory)
        throws Throwable {
        final String spare = directory.file("spare");
        Expect.error(Errno.ENOENT, () -> operation.on(directory.path("missing/name"), spare));
        Expect.error(Errno.ENOENT, () -> operation.on("", spare));
        if (operation.last == Last.EXISTS) {
            Expect.error(Errno.ENOENT, () -> operation.on(directory.path("missing"), spare));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDanglingLinkOnTheWayIsNoEntry(final Operation operation, final TestDirectory directory) throws Throwable {
        final String spare = directory.file("spare");
        Posix.symlink("missing", directory.path("dangling"));
        Expect.error(Errno.ENOENT, () -> operation.on(directory.path("dangling/name"), spare));
    }

    @ParameterizedTest
    @EnumSource
    void linksInACircleAreALoop(final Operation operation, final TestDirectory directory) throws Throwable {
        final String spare = directory.file("spare");
        Posix.symlink("two", directory.path("one"));
        Posix.symlink("one", directory.path("two"));
        Posix.symlink("self", directory.path("self"));
        Expect.error(Errno.ELOOP, () -> operation.on(directory.path("one/name"), spare));
        Expect.error(Errno.ELOOP, () -> operation.on(directory.path("self/name"), spare));
    }

    @ParameterizedTest
    @EnumSource
    void withoutSearchPermissionNothingIsFound(final Operation operation, final TestDirectory directory)
        throws Throwable {
        final String open = directory.directory("open", 0777);
        final String closed = directory.directory("closed", 0777);
        Posix.chown(closed, ALICE.uid(), ALICE.gid());
        ALICE.run(() -> {
            Descriptor.create(open + "/spare").close();
            Descriptor.create(closed + "/there").close();
            final String path = closed + (operation.last == Last.EXISTS ? "/there" : "/new");
            Posix.chmod(closed, 0666);
            Expect.error(Errno.EACCES, () -> operation.on(path, open + "/spare"));
            Expect.error(Errno.EACCES, () -> operation.on(closed + "/missing", open + "/spare"));
            Posix.chmod(closed, 0777);
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"STAT", "OPEN", "CHMOD", "CHOWN", "TRUNCATE", "UTIMENSAT", "CREATE", "ACCESS", "STATVFS"})
    @Basis("POSIX.1-2017 4.13: a symbolic link as the last component is followed")
    void aLoopAsTheLastComponentIsFollowedInto(final Operation operation, final TestDirectory directory)
        throws Throwable {
        Posix.symlink("self", directory.path("self"));
        Expect.error(Errno.ELOOP, () -> operation.on(directory.path("self"), directory.path()));
    }

    @Test
    @Basis("path_resolution(7): at most 40 links are followed")
    void fortyLinksAreFollowedAndFortyOneAreALoop(final TestDirectory directory) throws Throwable {
        directory.file("0");
        for (int i = 1; i <= 41; i++) {
            Posix.symlink(Integer.toString(i - 1), directory.path(Integer.toString(i)));
        }
        Posix.stat(directory.path("40"));
        Expect.error(Errno.ELOOP, () -> Posix.stat(directory.path("41")));
    }

    @Test
    @Basis("POSIX.1-2017 2.3: EFAULT; here the system call checks the address")
    void aBadAddressIsAFault(final TestDirectory directory) throws Throwable {
        for (final Runnable call : Posix.callsWithBadAddress(directory.file("file"))) {
            Expect.error(Errno.EFAULT, call::run);
        }
    }

    @Test
    @Basis("POSIX.1-2017 4.13: a trailing slash demands a directory")
    void aTrailingSlashDemandsADirectory(final TestDirectory directory) throws Throwable {
        final String file = directory.file("file");
        final String sub = directory.directory("sub", 0755);
        Posix.symlink("sub", directory.path("link"));
        Expect.error(Errno.ENOTDIR, () -> Posix.lstat(file + "/"));
        Expect.error(Errno.ENOTDIR, () -> Posix.unlink(file + "/"));
        Expect.error(Errno.ENOTDIR, () -> Posix.rename(file, directory.path("new/")));
        Expect.error(Errno.ENOENT, () -> Posix.link(file, directory.path("new/")));
        Expect.error(Errno.EISDIR, () -> Descriptor.create(directory.path("new/")).close());
        assertEquals(Posix.stat(sub).inode(), Posix.lstat(directory.path("link/")).inode());
        Posix.mkdir(directory.path("made/"), 0755);
        Posix.rename(directory.path("made/"), directory.path("moved/"));
        Posix.rmdir(directory.path("moved/"));
    }
}
