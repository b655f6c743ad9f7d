package org.dsmfs.posix;

import static org.dsmfs.posix.support.Users.ALICE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.dsmfs.posix.support.Basis;
import org.dsmfs.posix.support.Capability;
import org.dsmfs.posix.support.Expect;
import org.dsmfs.posix.support.FileType;
import org.dsmfs.posix.support.Needs;
import org.dsmfs.posix.support.PosixSuite;
import org.dsmfs.posix.support.TestDirectory;
import org.dsmfs.posix.sys.Errno;
import org.dsmfs.posix.sys.Posix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@PosixSuite("setxattr(2), getxattr(2), listxattr(2), removexattr(2), xattr(7)")
@Needs(Capability.USER_XATTRS)
class XattrTest {
    private static final int XATTR_CREATE = 1;
    private static final int XATTR_REPLACE = 2;

    @Test
    void valuesAreKeptListedReplacedAndRemoved(final TestDirectory directory) throws Throwable {
        for (final FileType type : List.of(FileType.REGULAR, FileType.DIRECTORY)) {
            final String path = directory.make(type, type.name());
            final List<String> before = Posix.listxattr(path);
            Posix.setxattr(path, "user.one", new byte[] {1, 0, 2}, 0);
            Posix.setxattr(path, "user.two", new byte[0], 0);
            assertArrayEquals(new byte[] {1, 0, 2}, Posix.getxattr(path, "user.one"));
            assertArrayEquals(new byte[0], Posix.getxattr(path, "user.two"));
            assertEquals(before.size() + 2, Posix.listxattr(path).size());
            assertTrue(Posix.listxattr(path).containsAll(List.of("user.one", "user.two")));
            Posix.setxattr(path, "user.one", new byte[] {9}, 0);
            assertArrayEquals(new byte[] {9}, Posix.getxattr(path, "user.one"));
            Posix.removexattr(path, "user.one");
            Expect.error(Errno.ENODATA, () -> Posix.getxattr(path, "user.one"));
            Expect.error(Errno.ENODATA, () -> Posix.removexattr(path, "user.one"));
            assertFalse(Posix.listxattr(path).contains("user.one"));
        }
    }

    @Test
    void createAndReplaceAreHonoured(final TestDirectory directory) throws Throwable {
        final String path = directory.file("file");
        Expect.error(Errno.ENODATA, () -> Posix.setxattr(path, "user.a", new byte[1], XATTR_REPLACE));
        Posix.setxattr(path, "user.a", new byte[1], XATTR_CREATE);
        Expect.error(Errno.EEXIST, () -> Posix.setxattr(path, "user.a", new byte[2], XATTR_CREATE));
        Posix.setxattr(path, "user.a", new byte[3], XATTR_REPLACE);
        assertEquals(3, Posix.getxattr(path, "user.a").length);
        Expect.error(Errno.EINVAL, () -> Posix.setxattr(path, "user.a", new byte[1], 64));
    }

    @Test
    void aSmallBufferIsAnErrorAndNoneAsksForTheLength(final TestDirectory directory) throws Throwable {
        final String path = directory.file("file");
        Posix.setxattr(path, "user.a", new byte[100], 0);
        assertEquals(100, Posix.getxattr(path, "user.a", new byte[1], 0));
        Expect.error(Errno.ERANGE, () -> Posix.getxattr(path, "user.a", new byte[99], 99));
        assertTrue(Posix.listxattr(path, new byte[1], 0) >= "user.a".length() + 1);
        Expect.error(Errno.ERANGE, () -> Posix.listxattr(path, new byte[3], 3));
    }

    @Test
    void namesReach255BytesAndNoFurther(final TestDirectory directory) throws Throwable {
        final String path = directory.file("file");
        final String longest = "user." + "n".repeat(250);
        Posix.setxattr(path, longest, new byte[] {1}, 0);
        assertArrayEquals(new byte[] {1}, Posix.getxattr(path, longest));
        Expect.eitherError(Errno.ERANGE, Errno.ENAMETOOLONG, () -> Posix.setxattr(path, longest + "n", new byte[1], 0));
        Expect.eitherError(Errno.EINVAL, Errno.EOPNOTSUPP, () -> Posix.setxattr(path, "user.", new byte[1], 0));
        Expect.error(Errno.EOPNOTSUPP, () -> Posix.setxattr(path, "nonsense.name", new byte[1], 0));
    }

    @ParameterizedTest
    @ValueSource(ints = {4000, 4097, 20_000, 65_535, 65_536})
    @Needs(Capability.LARGE_XATTRS)
    void largeValuesAreKept(final int length, final TestDirectory directory) {
        final byte[] value = new byte[length];
        new Random(length).nextBytes(value);
        final String path = directory.file("file");
        Posix.setxattr(path, "user.large", value, 0);
        Posix.setxattr(path, "user.small", new byte[] {1}, 0);
        assertArrayEquals(value, Posix.getxattr(path, "user.large"));
        Posix.setxattr(path, "user.large", new byte[] {2}, 0);
        assertArrayEquals(new byte[] {2}, Posix.getxattr(path, "user.large"));
    }

    @Test
    void aValueBeyond64KibIsTooBig(final TestDirectory directory) throws Throwable {
        final String path = directory.file("file");
        Expect.eitherError(Errno.E2BIG, Errno.ENOSPC, () -> Posix.setxattr(path, "user.a", new byte[65_537], 0));
    }

    @Test
    void manySmallOnesAreKept(final TestDirectory directory) {
        final String path = directory.file("file");
        for (int i = 0; i < 40; i++) {
            Posix.setxattr(path, "user." + i, new byte[] {(byte) i}, 0);
        }
        for (int i = 0; i < 40; i++) {
            assertArrayEquals(new byte[] {(byte) i}, Posix.getxattr(path, "user." + i));
        }
        assertTrue(Posix.listxattr(path).size() >= 40);
    }

    @Test
    void settingAndRemovingSetTheChangeTimeOnly(final TestDirectory directory) throws Throwable {
        final String path = directory.file("file");
        Expect.changesCtime(path, () -> Posix.setxattr(path, "user.a", new byte[] {1}, 0));
        Expect.changesCtime(path, () -> Posix.removexattr(path, "user.a"));
    }

    @Test
    @Basis("xattr(7): user attributes are for regular files and directories only")
    void otherTypesHaveNoUserAttributes(final TestDirectory directory) throws Throwable {
        for (final FileType type : List.of(FileType.FIFO, FileType.SYMLINK, FileType.SOCKET)) {
            final String path = directory.make(type, type.name());
            Expect.eitherError(Errno.EPERM, Errno.EOPNOTSUPP,
                () -> Posix.setxattr(path, "user.a", new byte[] {1}, 0));
        }
    }

    @Test
    @Basis("xattr(7): user attributes are protected by the permission bits")
    void userAttributesNeedPermission(final TestDirectory directory) throws Throwable {
        final String path = directory.file("file", 0644);
        Posix.setxattr(path, "user.a", new byte[] {1}, 0);
        ALICE.run(() -> {
            assertArrayEquals(new byte[] {1}, Posix.getxattr(path, "user.a"));
            Expect.error(Errno.EACCES, () -> Posix.setxattr(path, "user.a", new byte[] {2}, 0));
            Expect.error(Errno.EACCES, () -> Posix.removexattr(path, "user.a"));
        });
        Posix.chmod(path, 0600);
        ALICE.run(() -> Expect.error(Errno.EACCES, () -> Posix.getxattr(path, "user.a")));
    }

    @Test
    @Needs(Capability.TRUSTED_XATTRS)
    @Basis("xattr(7): trusted attributes are for root, of all types")
    void trustedAttributesAreRoots(final TestDirectory directory) throws Throwable {
        final String path = directory.file("file", 0666);
        Posix.setxattr(path, "trusted.a", new byte[] {1}, 0);
        assertArrayEquals(new byte[] {1}, Posix.getxattr(path, "trusted.a"));
        ALICE.run(() -> {
            Expect.error(Errno.ENODATA, () -> Posix.getxattr(path, "trusted.a"));
            Expect.error(Errno.EPERM, () -> Posix.setxattr(path, "trusted.a", new byte[] {2}, 0));
            assertFalse(Posix.listxattr(path).contains("trusted.a"));
        });
        final String link = directory.make(FileType.SYMLINK, "link");
        Posix.setxattr(link, "trusted.a", new byte[] {3}, 0);
        assertArrayEquals(new byte[] {3}, Posix.getxattr(link, "trusted.a"));
    }

    @Test
    void attributesFollowTheFileNotTheName(final TestDirectory directory) {
        final String path = directory.file("file");
        Posix.setxattr(path, "user.a", new byte[] {1}, 0);
        Posix.link(path, directory.path("link"));
        Posix.rename(path, directory.path("renamed"));
        assertArrayEquals(new byte[] {1}, Posix.getxattr(directory.path("renamed"), "user.a"));
        assertArrayEquals(new byte[] {1}, Posix.getxattr(directory.path("link"), "user.a"));
        directory.file("file");
        assertFalse(Posix.listxattr(path).contains("user.a"));
    }
}
