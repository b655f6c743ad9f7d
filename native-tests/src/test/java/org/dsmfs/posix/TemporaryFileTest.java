package org.dsmfs.posix;

import static org.dsmfs.posix.sys.Descriptor.O_EXCL;
import static org.dsmfs.posix.sys.Descriptor.O_RDONLY;
import static org.dsmfs.posix.sys.Descriptor.O_RDWR;
import static org.dsmfs.posix.sys.Descriptor.O_TMPFILE;
import static org.dsmfs.posix.sys.FileStatus.S_IFREG;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.dsmfs.posix.support.Capability;
import org.dsmfs.posix.support.Expect;
import org.dsmfs.posix.support.Needs;
import org.dsmfs.posix.support.OneMount;
import org.dsmfs.posix.support.PosixSuite;
import org.dsmfs.posix.support.TestDirectory;
import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.DirectoryReader;
import org.dsmfs.posix.sys.Errno;
import org.dsmfs.posix.sys.Posix;
import org.junit.jupiter.api.Test;

@PosixSuite("open(2) O_TMPFILE")
@Needs(Capability.O_TMPFILE)
class TemporaryFileTest {
    @Test
    @OneMount("link(2) does not cross mounts")
    void hasNoNameUntilItIsLinked(final TestDirectory directory) {
        try (Descriptor file = Descriptor.open(directory.path(), O_TMPFILE | O_RDWR, 0640)) {
            assertEquals(List.of(), DirectoryReader.names(directory.path()));
            assertEquals(0, file.stat().links());
            assertEquals(S_IFREG | 0640, file.stat().mode());
            file.write(new byte[] {1, 2, 3});
            Posix.linkat(file.procPath(), directory.path("named"), Posix.AT_SYMLINK_FOLLOW);
            assertEquals(1, file.stat().links());
        }
        try (Descriptor file = Descriptor.open(directory.path("named"), O_RDONLY)) {
            assertArrayEquals(new byte[] {1, 2, 3}, file.read(10));
        }
    }

    @Test
    @OneMount("link(2) does not cross mounts")
    void anExclusiveOneCannotBeLinked(final TestDirectory directory) throws Throwable {
        try (Descriptor file = Descriptor.open(directory.path(), O_TMPFILE | O_EXCL | O_RDWR, 0600)) {
            Expect.error(Errno.ENOENT,
                () -> Posix.linkat(file.procPath(), directory.path("named"), Posix.AT_SYMLINK_FOLLOW));
        }
    }

    @Test
    void mustBeWritable(final TestDirectory directory) throws Throwable {
        Expect.error(Errno.EINVAL, () -> Descriptor.open(directory.path(), O_TMPFILE | O_RDONLY, 0600).close());
    }
}
