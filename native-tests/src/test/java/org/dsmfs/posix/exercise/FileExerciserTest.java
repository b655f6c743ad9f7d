package org.dsmfs.posix.exercise;

import static org.dsmfs.posix.sys.Descriptor.O_WRONLY;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.dsmfs.posix.support.Basis;
import org.dsmfs.posix.support.FilesystemUnderTest;
import org.dsmfs.posix.support.PosixSuite;
import org.dsmfs.posix.support.TestDirectory;
import org.dsmfs.posix.sys.Descriptor;
import org.junit.jupiter.api.Test;

/**
 * One file under random operations. POSIX_SEED repeats a run that failed; POSIX_OPERATIONS is their number, 20000 by
 * default; a million is the thorough run.
 */
@PosixSuite("POSIX.1-2017 read(), write(), ftruncate(), mmap(); fallocate(2), copy_file_range(2)")
class FileExerciserTest {
    private static final String DEFAULT_OPERATIONS = "20000";

    @Test
    void fileAndShadowStayTheSame(final TestDirectory directory) {
        final long seed = Long.parseLong(settingOr("POSIX_SEED", Long.toString(System.nanoTime())));
        final int operations = Integer.parseInt(settingOr("POSIX_OPERATIONS", DEFAULT_OPERATIONS));
        System.out.println("POSIX_SEED=" + seed + " POSIX_OPERATIONS=" + operations);
        try (FileExerciser exerciser =
                 new FileExerciser(directory.path("file"), seed, FilesystemUnderTest.lacking())) {
            exerciser.run(operations);
        }
    }

    private static String settingOr(final String name, final String otherwise) {
        final String value = FilesystemUnderTest.setting(name);
        return value.isEmpty() ? otherwise : value;
    }

    @Test
    @Basis("a check of the exerciser itself: it must be able to fail")
    void aForeignByteIsFound(final TestDirectory directory) {
        final String path = directory.path("file");
        try (FileExerciser exerciser = new FileExerciser(path, 1, FilesystemUnderTest.lacking())) {
            exerciser.run(50);
            try (Descriptor file = Descriptor.open(path, O_WRONLY)) {
                file.pwrite(0, new byte[] {(byte) 1, (byte) 2, (byte) 3, (byte) 4, (byte) 5});
            }
            assertThrows(AssertionError.class, () -> exerciser.run(1));
        }
    }
}
