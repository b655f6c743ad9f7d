package org.dsmfs.posix;

import static org.dsmfs.posix.sys.Descriptor.FALLOC_COLLAPSE_RANGE;
import static org.dsmfs.posix.sys.Descriptor.FALLOC_INSERT_RANGE;
import static org.dsmfs.posix.sys.Descriptor.FALLOC_KEEP_SIZE;
import static org.dsmfs.posix.sys.Descriptor.FALLOC_PUNCH_HOLE;
import static org.dsmfs.posix.sys.Descriptor.FALLOC_ZERO_RANGE;
import static org.dsmfs.posix.sys.Descriptor.O_RDONLY;
import static org.dsmfs.posix.sys.Descriptor.O_RDWR;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.dsmfs.posix.support.Capability;
import org.dsmfs.posix.support.Expect;
import org.dsmfs.posix.support.FileType;
import org.dsmfs.posix.support.Needs;
import org.dsmfs.posix.support.PosixSuite;
import org.dsmfs.posix.support.TestDirectory;
import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.Errno;
import org.junit.jupiter.api.Test;

@PosixSuite("POSIX.1-2017 posix_fallocate(); fallocate(2)")
class AllocateTest {
    private static final int MIB = 1 << 20;

    private static Descriptor randomFile(final TestDirectory directory, final byte[] data) {
        new Random(data.length).nextBytes(data);
        final Descriptor file = Descriptor.create(directory.path("file"));
        file.write(data);
        return file;
    }

    @Test
    void posixFallocateGrowsAndKeepsTheData(final TestDirectory directory) throws Throwable {
        final String path = directory.path("file");
        try (Descriptor file = Descriptor.create(path)) {
            file.write(new byte[] {1, 2, 3});
            Expect.changesMtimeAndCtime(path, () -> file.posixAllocate(0, MIB));
            assertEquals(MIB, file.stat().size());
            assertArrayEquals(new byte[] {1, 2, 3, 0}, file.pread(0, 4));
            file.posixAllocate(0, 100);
            assertEquals(MIB, file.stat().size());
            Expect.error(Errno.EINVAL, () -> file.posixAllocate(0, 0));
            Expect.error(Errno.EINVAL, () -> file.posixAllocate(-1, 10));
        }
    }

    @Test
    void posixFallocateNeedsAWritableRegularFile(final TestDirectory directory) throws Throwable {
        final String path = directory.file("file");
        try (Descriptor file = Descriptor.open(path, O_RDONLY)) {
            Expect.error(Errno.EBADF, () -> file.posixAllocate(0, 10));
        }
        final String fifo = directory.make(FileType.FIFO, "fifo");
        try (Descriptor file = Descriptor.open(fifo, O_RDWR)) {
            Expect.error(Errno.ESPIPE, () -> file.posixAllocate(0, 10));
        }
    }

    @Test
    @Needs(Capability.FALLOCATE)
    void allocatedSpaceIsTakenAndReadsAsZeros(final TestDirectory directory) {
        try (Descriptor file = Descriptor.create(directory.path("file"))) {
            file.allocate(0, 0, 4L * MIB);
            assertEquals(4L * MIB, file.stat().size());
            assertTrue(file.stat().blocks() * 512 >= 4L * MIB);
            assertArrayEquals(new byte[MIB], file.pread(MIB, MIB));
        }
    }

    @Test
    @Needs(Capability.FALLOCATE)
    void keepingTheSizeTakesSpaceBeyondTheEnd(final TestDirectory directory) {
        try (Descriptor file = Descriptor.create(directory.path("file"))) {
            file.write(new byte[] {1});
            file.allocate(FALLOC_KEEP_SIZE, 0, 2L * MIB);
            assertEquals(1, file.stat().size());
            assertTrue(file.stat().blocks() * 512 >= 2L * MIB);
        }
    }

    @Test
    @Needs(Capability.PUNCH_HOLE)
    void aPunchedHoleReadsAsZerosAndFreesSpace(final TestDirectory directory) {
        final byte[] data = new byte[8 * MIB];
        try (Descriptor file = randomFile(directory, data)) {
            file.allocate(FALLOC_PUNCH_HOLE | FALLOC_KEEP_SIZE, MIB + 100, 4L * MIB);
            Arrays.fill(data, MIB + 100, 5 * MIB + 100, (byte) 0);
            assertArrayEquals(data, file.pread(0, data.length));
            assertEquals(data.length, file.stat().size());
            file.sync();
            assertTrue(file.stat().blocks() * 512 <= 6L * MIB, () -> "blocks " + file.stat().blocks());
            file.allocate(FALLOC_PUNCH_HOLE | FALLOC_KEEP_SIZE, 7L * MIB, 4L * MIB);
            assertEquals(data.length, file.stat().size());
        }
    }

    @Test
    @Needs(Capability.PUNCH_HOLE)
    void aHoleWithoutKeepingTheSizeIsRefused(final TestDirectory directory) throws Throwable {
        try (Descriptor file = randomFile(directory, new byte[100])) {
            Expect.eitherError(Errno.EOPNOTSUPP, Errno.EINVAL, () -> file.allocate(FALLOC_PUNCH_HOLE, 0, 10));
        }
    }

    @Test
    @Needs(Capability.ZERO_RANGE)
    void aZeroedRangeReadsAsZerosAndMayGrowTheFile(final TestDirectory directory) {
        final byte[] data = new byte[MIB];
        try (Descriptor file = randomFile(directory, data)) {
            file.allocate(FALLOC_ZERO_RANGE, 1000, 500_000);
            Arrays.fill(data, 1000, 501_000, (byte) 0);
            assertArrayEquals(data, file.pread(0, data.length));
            file.allocate(FALLOC_ZERO_RANGE | FALLOC_KEEP_SIZE, MIB - 10, MIB);
            assertEquals(MIB, file.stat().size());
            file.allocate(FALLOC_ZERO_RANGE, MIB - 10, MIB);
            assertEquals(2L * MIB - 10, file.stat().size());
        }
    }

    @Test
    @Needs(Capability.COLLAPSE_RANGE)
    void aCollapsedRangeIsGone(final TestDirectory directory) throws Throwable {
        final byte[] data = new byte[4 * MIB + 77];
        try (Descriptor file = randomFile(directory, data)) {
            file.allocate(FALLOC_COLLAPSE_RANGE, MIB, MIB);
            assertEquals(data.length - MIB, file.stat().size());
            assertArrayEquals(Arrays.copyOfRange(data, 0, MIB), file.pread(0, MIB));
            assertArrayEquals(Arrays.copyOfRange(data, 2 * MIB, data.length), file.pread(MIB, data.length));
            Expect.error(Errno.EINVAL, () -> file.allocate(FALLOC_COLLAPSE_RANGE, 1, MIB));
            Expect.error(Errno.EINVAL, () -> file.allocate(FALLOC_COLLAPSE_RANGE, MIB, 4L * MIB));
        }
    }

    @Test
    @Needs(Capability.INSERT_RANGE)
    void anInsertedRangeMovesWhatFollows(final TestDirectory directory) throws Throwable {
        final byte[] data = new byte[3 * MIB + 77];
        try (Descriptor file = randomFile(directory, data)) {
            file.allocate(FALLOC_INSERT_RANGE, MIB, MIB);
            assertEquals(data.length + MIB, file.stat().size());
            assertArrayEquals(Arrays.copyOfRange(data, 0, MIB), file.pread(0, MIB));
            assertArrayEquals(new byte[MIB], file.pread(MIB, MIB));
            assertArrayEquals(Arrays.copyOfRange(data, MIB, data.length), file.pread(2L * MIB, data.length));
            Expect.error(Errno.EINVAL, () -> file.allocate(FALLOC_INSERT_RANGE, 8L * MIB, MIB));
        }
    }
}
