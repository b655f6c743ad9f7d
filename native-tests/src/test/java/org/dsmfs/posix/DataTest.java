package org.dsmfs.posix;

import static org.dsmfs.posix.sys.Descriptor.O_CREAT;
import static org.dsmfs.posix.sys.Descriptor.O_DSYNC;
import static org.dsmfs.posix.sys.Descriptor.O_RDONLY;
import static org.dsmfs.posix.sys.Descriptor.O_RDWR;
import static org.dsmfs.posix.sys.Descriptor.O_SYNC;
import static org.dsmfs.posix.sys.Descriptor.O_WRONLY;
import static org.dsmfs.posix.sys.Descriptor.SEEK_CUR;
import static org.dsmfs.posix.sys.Descriptor.SEEK_END;
import static org.dsmfs.posix.sys.Descriptor.SEEK_SET;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import org.dsmfs.posix.support.Basis;
import org.dsmfs.posix.support.Capability;
import org.dsmfs.posix.support.Expect;
import org.dsmfs.posix.support.FileType;
import org.dsmfs.posix.support.Needs;
import org.dsmfs.posix.support.PosixSuite;
import org.dsmfs.posix.support.TestDirectory;
import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.DirectoryReader;
import org.dsmfs.posix.sys.Errno;
import org.dsmfs.posix.sys.Posix;
import org.dsmfs.posix.sys.TimeChange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@PosixSuite("POSIX.1-2017 read(), write(), lseek(), fsync(); read(2), write(2)")
class DataTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 4095, 4096, 4097, 65536, 131071, 131073, 1 << 20, (8 << 20) + 3})
    void whatIsWrittenIsReadAgain(final int length, final TestDirectory directory) {
        final byte[] data = new byte[length];
        new Random(length).nextBytes(data);
        final String path = directory.file("file", data);
        try (Descriptor file = Descriptor.open(path, O_RDONLY)) {
            assertArrayEquals(data, file.read(length + 100));
            assertEquals(0, file.read(1).length);
            assertEquals(0, file.pread(length, 10).length);
            assertEquals(0, file.pread(length + 10L, 10).length);
        }
        assertEquals(length, Posix.stat(path).size());
    }

    @Test
    void smallUnalignedPiecesMakeTheWhole(final TestDirectory directory) {
        final byte[] data = new byte[300_007];
        new Random(7).nextBytes(data);
        try (Descriptor file = Descriptor.create(directory.path("file"))) {
            for (int offset = 0; offset < data.length; offset += 1013) {
                file.write(Arrays.copyOfRange(data, offset, Math.min(offset + 1013, data.length)));
            }
            for (int offset = 0; offset < data.length; offset += 9973) {
                final int end = Math.min(offset + 9973, data.length);
                assertArrayEquals(Arrays.copyOfRange(data, offset, end), file.pread(offset, end - offset));
            }
        }
    }

    @Test
    void anOverwriteChangesOnlyItsRange(final TestDirectory directory) {
        final byte[] data = new byte[200_000];
        new Random(8).nextBytes(data);
        try (Descriptor file = Descriptor.create(directory.path("file"))) {
            file.write(data);
            for (final int offset : new int[] {0, 1, 4095, 65_530, 131_071, 199_990}) {
                final byte[] patch = new byte[10];
                Arrays.fill(patch, (byte) offset);
                file.pwrite(offset, patch);
                System.arraycopy(patch, 0, data, offset, patch.length);
            }
            assertArrayEquals(data, file.pread(0, data.length));
        }
    }

    @Test
    void aWriteSetsModificationAndChangeTimeAndAnEmptyOneNothing(final TestDirectory directory) throws Throwable {
        final String path = directory.file("file");
        try (Descriptor file = Descriptor.open(path, O_WRONLY)) {
            Expect.changesMtimeAndCtime(path, () -> file.write(new byte[] {1}));
            Expect.changesMtimeAndCtime(path, () -> file.pwrite(0, new byte[] {2}));
            Expect.changesNoTime(path, () -> file.write(new byte[0]));
        }
        assertEquals(1, Posix.stat(path).size());
    }

    @Test
    @Needs(Capability.ATIME)
    @Basis("POSIX.1-2017 read(): marks the access time; mount(8) relatime: at least when it is the oldest")
    void aReadSetsTheAccessTime(final TestDirectory directory) throws Throwable {
        final String path = directory.file("file", new byte[10]);
        Posix.setTimes(path, Instant.EPOCH, Instant.EPOCH.plusSeconds(1));
        try (Descriptor file = Descriptor.open(path, O_RDONLY)) {
            file.read(1);
        }
        assertTrue(Posix.stat(path).accessed().isAfter(Instant.EPOCH.plusSeconds(1)));
        assertEquals(Instant.EPOCH.plusSeconds(1), Posix.stat(path).modified());
    }

    @Test
    @Needs(Capability.ATIME)
    @Basis("POSIX.1-2017 readdir(), readlink(): mark the access time")
    void readingADirectoryOrALinkSetsItsAccessTime(final TestDirectory directory) throws Throwable {
        final String sub = directory.directory("sub", 0755);
        Posix.setTimes(sub, Instant.EPOCH, Instant.EPOCH.plusSeconds(1));
        DirectoryReader.names(sub);
        assertTrue(Posix.stat(sub).accessed().isAfter(Instant.EPOCH.plusSeconds(1)));
        final String link = directory.make(FileType.SYMLINK, "link");
        Posix.utimensat(link, TimeChange.to(Instant.EPOCH), TimeChange.to(Instant.EPOCH.plusSeconds(1)),
            Posix.AT_SYMLINK_NOFOLLOW);
        Posix.readlink(link);
        assertTrue(Posix.lstat(link).accessed().isAfter(Instant.EPOCH.plusSeconds(1)));
    }

    @Test
    void whatOneDescriptorWritesAnotherReadsAtOnce(final TestDirectory directory) {
        final String path = directory.file("file");
        try (Descriptor writer = Descriptor.open(path, O_WRONLY); Descriptor reader = Descriptor.open(path, O_RDONLY)) {
            for (int i = 0; i < 200; i++) {
                writer.write(new byte[] {(byte) i});
                assertEquals(i + 1, reader.stat().size());
                assertArrayEquals(new byte[] {(byte) i}, reader.read(10));
            }
        }
    }

    @Test
    void positionsMoveAsSeekSays(final TestDirectory directory) throws Throwable {
        try (Descriptor file = Descriptor.create(directory.path("file"))) {
            file.write(new byte[100]);
            assertEquals(90, file.seek(-10, SEEK_END));
            assertEquals(95, file.seek(5, SEEK_CUR));
            assertEquals(1000, file.seek(1000, SEEK_SET));
            assertEquals(0, file.read(1).length);
            assertEquals(100, file.stat().size());
            Expect.error(Errno.EINVAL, () -> file.seek(-1, SEEK_SET));
            Expect.error(Errno.EINVAL, () -> file.seek(-101, SEEK_END));
            Expect.error(Errno.EINVAL, () -> file.pread(-1, 1));
            Expect.error(Errno.EINVAL, () -> file.pwrite(-1, new byte[1]));
            Expect.error(Errno.EINVAL, () -> file.seek(0, 99));
            Expect.error(Errno.EFAULT, file::writeFromBadAddress);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {O_SYNC, O_DSYNC, 0})
    @Basis("POSIX.1-2017 fsync(), fdatasync(), open() O_SYNC and O_DSYNC")
    void synchronousWritesAndSyncsSucceed(final int flag, final TestDirectory directory) {
        try (Descriptor file = Descriptor.open(directory.path("file"), O_RDWR | O_CREAT | flag, 0644)) {
            file.write(new byte[5000]);
            file.syncData();
            file.sync();
            file.syncFilesystem();
            assertEquals(5000, file.stat().size());
        }
        try (Descriptor open = Descriptor.open(directory.path(), O_RDONLY)) {
            open.sync();
        }
    }
}
