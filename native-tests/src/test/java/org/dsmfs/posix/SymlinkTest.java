package org.dsmfs.posix;

import static org.dsmfs.posix.sys.FileStatus.S_IFLNK;
import static org.dsmfs.posix.sys.FileStatus.S_IFREG;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dsmfs.posix.support.Expect;
import org.dsmfs.posix.support.PosixSuite;
import org.dsmfs.posix.support.TestDirectory;
import org.dsmfs.posix.sys.Errno;
import org.dsmfs.posix.sys.Posix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@PosixSuite("POSIX.1-2017 symlink(), readlink(); symlink(2), symlink(7)")
class SymlinkTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 59, 60, 61, 100, 255, 1000, 4000, 4095})
    void aTargetOfAnyLengthIsKept(final int length, final TestDirectory directory) {
        final String target = "t".repeat(length);
        Posix.symlink(target, directory.path("link"));
        assertEquals(target, Posix.readlink(directory.path("link")));
        assertEquals(length, Posix.lstat(directory.path("link")).size());
        assertEquals(S_IFLNK | 0777, Posix.lstat(directory.path("link")).mode());
    }

    @Test
    void anEmptyTargetOrOneOf4096BytesIsRefused(final TestDirectory directory) throws Throwable {
        Expect.error(Errno.ENOENT, () -> Posix.symlink("", directory.path("empty")));
        Expect.error(Errno.ENAMETOOLONG, () -> Posix.symlink("t".repeat(4096), directory.path("long")));
    }

    @Test
    void leadsWhereItSaysOnceThatIsThere(final TestDirectory directory) throws Throwable {
        Posix.symlink("target", directory.path("link"));
        Expect.error(Errno.ENOENT, () -> Posix.stat(directory.path("link")));
        directory.directory("target", 0755);
        directory.file("target/file");
        assertEquals(S_IFREG, Posix.lstat(directory.path("link/file")).type());
        Posix.unlink(directory.path("link"));
        Posix.lstat(directory.path("target/file"));
    }

    @Test
    void onlyALinkHasATarget(final TestDirectory directory) throws Throwable {
        final String file = directory.file("file");
        Expect.error(Errno.EINVAL, () -> Posix.readlink(file));
        Expect.error(Errno.EINVAL, () -> Posix.readlink(directory.path()));
    }

    @Test
    void anyBytesAreATarget(final TestDirectory directory) {
        final StringBuilder target = new StringBuilder();
        for (char c = 1; c <= 255; c++) {
            target.append(c);
        }
        Posix.symlink(target.toString(), directory.path("link"));
        assertEquals(target.toString(), Posix.readlink(directory.path("link")));
    }
}
