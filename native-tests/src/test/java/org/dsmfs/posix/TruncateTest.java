package org.dsmfs.posix;

import static org.dsmfs.posix.support.Users.ALICE;
import static org.dsmfs.posix.sys.Descriptor.O_RDONLY;
import static org.dsmfs.posix.sys.Descriptor.O_RDWR;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.dsmfs.posix.support.Basis;
import org.dsmfs.posix.support.Expect;
import org.dsmfs.posix.support.FileType;
import org.dsmfs.posix.support.PosixSuite;
import org.dsmfs.posix.support.TestDirectory;
import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.Errno;
import org.dsmfs.posix.sys.Posix;
import org.dsmfs.posix.sys.PosixException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@PosixSuite("POSIX.1-2017 truncate(), ftruncate(); truncate(2)")
class TruncateTest {
    /** The two calls. */
    private enum Call {
        TRUNCATE {
            @Override
            void run(final String path, final long length) {
                Posix.truncate(path, length);
            }
        },
        FTRUNCATE {
            @Override
            void run(final String path, final long length) {
                try (Descriptor file = Descriptor.open(path, O_RDWR)) {
                    file.truncate(length);
                }
            }
        };

        abstract void run(String path, long length);
    }

    @ParameterizedTest
    @EnumSource
    void keepsTheStartAndGrowsWithZeros(final Call call, final TestDirectory directory) {
        final byte[] data = new byte[300_000];
        new Random(1).nextBytes(data);
        final String file = directory.file("file", data);
        for (final int length : new int[] {300_000, 299_999, 262_144, 200_001, 4097, 4096, 4095, 1, 0}) {
            call.run(file, length);
            assertEquals(length, Posix.stat(file).size());
            call.run(file, 400_000);
            assertEquals(400_000, Posix.stat(file).size());
            try (Descriptor open = Descriptor.open(file, O_RDONLY)) {
                assertArrayEquals(Arrays.copyOf(Arrays.copyOf(data, length), 400_000), open.read(500_000));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void setsModificationAndChangeTime(final Call call, final TestDirectory directory) throws Throwable {
        final String file = directory.file("file", new byte[100]);
        Expect.changesMtimeAndCtime(file, () -> call.run(file, 50));
        Expect.changesMtimeAndCtime(file, () -> call.run(file, 500));
        Expect.changesMtimeAndCtime(file, () -> call.run(file, 0));
    }

    @Test
    @Basis("POSIX.1-2017 ftruncate(): on success, also with the same size, the times are marked for update")
    void ftruncateToTheSameSizeSetsTheTimes(final TestDirectory directory) throws Throwable {
        final String file = directory.file("file", new byte[100]);
        Expect.changesMtimeAndCtime(file, () -> Call.FTRUNCATE.run(file, 100));
    }

    @ParameterizedTest
    @EnumSource
    void aNegativeLengthIsInvalidAndChangesNothing(final Call call, final TestDirectory directory) throws Throwable {
        final String file = directory.file("file", new byte[100]);
        Expect.changesNoTime(file, () -> Expect.error(Errno.EINVAL, () -> call.run(file, -1)));
        Expect.changesNoTime(file, () -> Expect.error(Errno.EINVAL, () -> call.run(file, Long.MIN_VALUE)));
        assertEquals(100, Posix.stat(file).size());
    }

    @ParameterizedTest
    @EnumSource
    void aLengthBeyondTheLargestIsTooBigOrWorks(final Call call, final TestDirectory directory) throws Throwable {
        final String file = directory.file("file");
        try {
            call.run(file, Long.MAX_VALUE);
            assertEquals(Long.MAX_VALUE, Posix.stat(file).size());
        } catch (final PosixException e) {
            assertTrue(e.errno() == Errno.EFBIG || e.errno() == Errno.EINVAL, e.getMessage());
            assertEquals(0, Posix.stat(file).size());
        }
    }

    @Test
    void truncateNeedsAWritableFile(final TestDirectory directory) throws Throwable {
        final String file = directory.file("file", 0644);
        ALICE.run(() -> Expect.error(Errno.EACCES, () -> Posix.truncate(file, 0)));
        Posix.chmod(file, 0646);
        ALICE.run(() -> Posix.truncate(file, 0));
    }

    @Test
    void onlyRegularFilesHaveALength(final TestDirectory directory) throws Throwable {
        Expect.error(Errno.EISDIR, () -> Posix.truncate(directory.path(), 0));
        final String fifo = directory.make(FileType.FIFO, "fifo");
        Expect.error(Errno.EINVAL, () -> Posix.truncate(fifo, 0));
        final String socket = directory.make(FileType.SOCKET, "socket");
        Expect.error(Errno.EINVAL, () -> Posix.truncate(socket, 0));
    }

    @Test
    void followsASymbolicLink(final TestDirectory directory) {
        final String file = directory.file("file", new byte[100]);
        Posix.symlink("file", directory.path("link"));
        Posix.truncate(directory.path("link"), 40);
        assertEquals(40, Posix.stat(file).size());
    }
}
