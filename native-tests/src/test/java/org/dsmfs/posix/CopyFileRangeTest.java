package org.dsmfs.posix;

import static org.dsmfs.posix.sys.Descriptor.O_RDONLY;
import static org.dsmfs.posix.sys.Descriptor.O_RDWR;
import static org.dsmfs.posix.sys.Descriptor.SEEK_CUR;
import static org.dsmfs.posix.sys.Descriptor.SEEK_SET;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.dsmfs.posix.support.Expect;
import org.dsmfs.posix.support.OneMount;
import org.dsmfs.posix.support.PosixSuite;
import org.dsmfs.posix.support.TestDirectory;
import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.Errno;
import org.junit.jupiter.api.Test;

@PosixSuite("copy_file_range(2)")
class CopyFileRangeTest {
    @Test
    void copiesFromPositionToPosition(final TestDirectory directory) {
        final byte[] data = new byte[500_000];
        new Random(3).nextBytes(data);
        final String path = directory.file("source", data);
        try (Descriptor source = Descriptor.open(path, O_RDONLY);
             Descriptor target = Descriptor.create(directory.path("target"))) {
            source.seek(1000, SEEK_SET);
            target.seek(77, SEEK_SET);
            long copied = 0;
            while (copied < 300_000) {
                final long more = source.copyRangeTo(target, 300_000 - copied);
                assertTrue(more > 0);
                copied += more;
            }
            assertEquals(301_000, source.seek(0, SEEK_CUR));
            assertEquals(300_077, target.seek(0, SEEK_CUR));
            assertArrayEquals(new byte[77], target.pread(0, 77));
            assertArrayEquals(Arrays.copyOfRange(data, 1000, 301_000), target.pread(77, 400_000));
        }
    }

    @Test
    void copiesNothingAtTheEnd(final TestDirectory directory) {
        final String path = directory.file("source", new byte[10]);
        try (Descriptor source = Descriptor.open(path, O_RDONLY);
             Descriptor target = Descriptor.create(directory.path("target"))) {
            source.seek(10, SEEK_SET);
            assertEquals(0, source.copyRangeTo(target, 100));
            assertEquals(0, target.stat().size());
        }
    }

    @Test
    @OneMount("the kernel finds an overlap by its own inode, one a mount")
    void refusesAnOverlapADirectoryAndAnUnwritableTarget(final TestDirectory directory) throws Throwable {
        final String path = directory.file("file", new byte[100]);
        try (Descriptor one = Descriptor.open(path, O_RDWR); Descriptor two = Descriptor.open(path, O_RDWR);
             Descriptor reader = Descriptor.open(path, O_RDONLY);
             Descriptor sub = Descriptor.open(directory.path(), O_RDONLY)) {
            two.seek(10, SEEK_SET);
            Expect.error(Errno.EINVAL, () -> one.copyRangeTo(two, 50));
            Expect.error(Errno.EBADF, () -> one.copyRangeTo(reader, 50));
            Expect.error(Errno.EISDIR, () -> sub.copyRangeTo(one, 50));
        }
    }
}
