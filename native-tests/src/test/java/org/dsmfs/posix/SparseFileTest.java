package org.dsmfs.posix;

import static org.dsmfs.posix.sys.Descriptor.SEEK_DATA;
import static org.dsmfs.posix.sys.Descriptor.SEEK_END;
import static org.dsmfs.posix.sys.Descriptor.SEEK_HOLE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.dsmfs.posix.support.Basis;
import org.dsmfs.posix.support.Capability;
import org.dsmfs.posix.support.Expect;
import org.dsmfs.posix.support.Needs;
import org.dsmfs.posix.support.PosixSuite;
import org.dsmfs.posix.support.TestDirectory;
import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.Errno;
import org.dsmfs.posix.sys.Posix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@PosixSuite("POSIX.1-2017 lseek(), write(); lseek(2) SEEK_HOLE, SEEK_DATA; stat(2) st_blocks")
class SparseFileTest {
    private static final int MIB = 1 << 20;

    @Test
    void aGapReadsAsZerosAndTakesNoSpace(final TestDirectory directory) {
        try (Descriptor file = Descriptor.create(directory.path("file"))) {
            file.pwrite(1L << 40, new byte[] {1});
            file.pwrite(0, new byte[] {2});
            assertEquals((1L << 40) + 1, file.stat().size());
            assertArrayEquals(new byte[100_000], file.pread(1L << 39, 100_000));
            assertArrayEquals(new byte[] {0, 1}, file.pread((1L << 40) - 1, 10));
            file.sync();
            assertTrue(file.stat().blocks() * 512 <= 2 * MIB, () -> "blocks " + file.stat().blocks());
        }
    }

    @Test
    void dataTakesSpace(final TestDirectory directory) {
        try (Descriptor file = Descriptor.create(directory.path("file"))) {
            assertEquals(0, file.stat().blocks());
            file.write(new byte[MIB]);
            file.sync();
            final long bytes = file.stat().blocks() * 512;
            assertTrue(bytes >= MIB && bytes <= 2 * MIB, () -> "1 MiB takes " + bytes);
            file.truncate(0);
            assertEquals(0, file.stat().blocks());
        }
    }

    @Test
    void growingByTruncateTakesNoSpace(final TestDirectory directory) {
        try (Descriptor file = Descriptor.create(directory.path("file"))) {
            file.truncate(1L << 40);
            assertEquals(0, file.stat().blocks());
            assertArrayEquals(new byte[10], file.pread((1L << 40) - 10, 20));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {(1L << 31) - 5, (1L << 32) - 5, (1L << 40) + 1, (1L << 44) - 8192})
    void offsetsBeyondThirtyTwoBitsWork(final long offset, final TestDirectory directory) {
        assertWorksAt(offset, directory);
    }

    @ParameterizedTest
    @ValueSource(longs = {(1L << 44) + 1, 1L << 52, 1L << 60, 1L << 62, Long.MAX_VALUE - 8192})
    @Needs(Capability.HUGE_FILES)
    void offsetsUpToEightExbibytesWork(final long offset, final TestDirectory directory) {
        assertWorksAt(offset, directory);
    }

    private static void assertWorksAt(final long offset, final TestDirectory directory) {
        final byte[] data = "0123456789".getBytes(StandardCharsets.UTF_8);
        final String path = directory.path("file");
        try (Descriptor file = Descriptor.create(path)) {
            file.pwrite(offset, data);
            assertArrayEquals(data, file.pread(offset, 20));
            assertEquals(offset + 10, Posix.stat(path).size());
            assertEquals(offset + 10, file.seek(0, SEEK_END));
            file.truncate(offset + 5);
            assertArrayEquals(Arrays.copyOf(data, 5), file.pread(offset, 20));
            assertArrayEquals(new byte[5], file.pread(offset / 2, 5));
        }
    }

    @Test
    void aWriteBeyondTheLargestOffsetIsTooBig(final TestDirectory directory) throws Throwable {
        try (Descriptor file = Descriptor.create(directory.path("file"))) {
            Expect.eitherError(Errno.EFBIG, Errno.EINVAL, () -> file.pwrite(Long.MAX_VALUE, new byte[10]));
            assertEquals(0, file.stat().size());
        }
    }

    @Test
    @Needs(Capability.SEEK_HOLE)
    void holesAndDataAreFound(final TestDirectory directory) throws Throwable {
        try (Descriptor file = Descriptor.create(directory.path("file"))) {
            file.pwrite(4L * MIB, new byte[MIB]);
            file.pwrite(8L * MIB, new byte[MIB]);
            file.truncate(16L * MIB);
            assertEquals(0, file.seek(0, SEEK_HOLE));
            assertEquals(4L * MIB, file.seek(0, SEEK_DATA));
            assertEquals(4L * MIB + 5, file.seek(4L * MIB + 5, SEEK_DATA));
            assertEquals(5L * MIB, file.seek(4L * MIB, SEEK_HOLE));
            assertEquals(8L * MIB, file.seek(5L * MIB, SEEK_DATA));
            assertEquals(9L * MIB, file.seek(8L * MIB, SEEK_HOLE));
            assertEquals(10L * MIB, file.seek(10L * MIB, SEEK_HOLE));
            Expect.error(Errno.ENXIO, () -> file.seek(9L * MIB, SEEK_DATA));
            Expect.error(Errno.ENXIO, () -> file.seek(16L * MIB, SEEK_DATA));
            Expect.error(Errno.ENXIO, () -> file.seek(16L * MIB, SEEK_HOLE));
        }
    }

    @Test
    @Basis("lseek(2): without holes the end is one; a filesystem that knows none is all data")
    void theEndOfAFullFileIsAHole(final TestDirectory directory) {
        try (Descriptor file = Descriptor.create(directory.path("file"))) {
            file.write(new byte[MIB]);
            assertEquals(0, file.seek(0, SEEK_DATA));
            assertEquals(MIB, file.seek(0, SEEK_HOLE));
        }
    }
}
