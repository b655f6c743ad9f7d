package org.dsmfs.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import org.dsmfs.posix.support.Capability;
import org.dsmfs.posix.support.Expect;
import org.dsmfs.posix.support.Needs;
import org.dsmfs.posix.support.PosixSuite;
import org.dsmfs.posix.support.TestDirectory;
import org.dsmfs.posix.sys.DirectoryReader;
import org.dsmfs.posix.sys.Errno;
import org.dsmfs.posix.sys.Posix;
import org.junit.jupiter.api.Test;

@PosixSuite("rename(2), renameat2")
class RenameFlagsTest {
    @Test
    @Needs(Capability.RENAME_NOREPLACE)
    void noReplaceRefusesAnExistingName(final TestDirectory directory) throws Throwable {
        final String one = directory.file("one");
        final String two = directory.file("two");
        Expect.error(Errno.EEXIST, () -> Posix.renameat2(one, two, Posix.RENAME_NOREPLACE));
        Posix.renameat2(one, directory.path("three"), Posix.RENAME_NOREPLACE);
        assertEquals(Set.of("two", "three"), Set.copyOf(DirectoryReader.names(directory.path())));
    }

    @Test
    @Needs(Capability.RENAME_EXCHANGE)
    void exchangeSwapsFilesOfAnyTypes(final TestDirectory directory) {
        final String file = directory.file("file");
        final String sub = directory.directory("sub", 0755);
        directory.directory("sub/inner", 0755);
        final long fileInode = Posix.stat(file).inode();
        final long subInode = Posix.stat(sub).inode();
        Posix.renameat2(file, sub, Posix.RENAME_EXCHANGE);
        assertEquals(subInode, Posix.stat(file).inode());
        assertEquals(fileInode, Posix.stat(sub).inode());
        assertEquals(List.of("inner"), DirectoryReader.names(file));
    }

    @Test
    @Needs(Capability.RENAME_EXCHANGE)
    void exchangeBetweenDirectoriesMovesParentsAndLinkCounts(final TestDirectory directory) throws Throwable {
        final String one = directory.directory("one", 0755);
        final String two = directory.directory("two", 0755);
        directory.directory("one/sub", 0755);
        directory.file("two/file");
        Posix.renameat2(one + "/sub", two + "/file", Posix.RENAME_EXCHANGE);
        assertEquals(2, Posix.stat(one).links());
        assertEquals(3, Posix.stat(two).links());
        assertEquals(Posix.stat(two).inode(), Posix.stat(two + "/file/..").inode());
        Expect.error(Errno.EINVAL, () -> Posix.renameat2(two, two + "/file", Posix.RENAME_EXCHANGE));
    }

    @Test
    @Needs(Capability.RENAME_EXCHANGE)
    void exchangeNeedsBothNames(final TestDirectory directory) throws Throwable {
        final String file = directory.file("file");
        Expect.error(Errno.ENOENT, () -> Posix.renameat2(file, directory.path("none"), Posix.RENAME_EXCHANGE));
        Expect.error(Errno.EINVAL,
            () -> Posix.renameat2(file, file, Posix.RENAME_EXCHANGE | Posix.RENAME_NOREPLACE));
    }
}
