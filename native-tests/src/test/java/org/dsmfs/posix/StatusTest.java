package org.dsmfs.posix;

import static org.dsmfs.posix.sys.Descriptor.O_RDONLY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import org.dsmfs.posix.support.FileType;
import org.dsmfs.posix.support.OneMount;
import org.dsmfs.posix.support.PosixSuite;
import org.dsmfs.posix.support.TestDirectory;
import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.FilesystemStatus;
import org.dsmfs.posix.sys.Posix;
import org.junit.jupiter.api.Test;

@PosixSuite("POSIX.1-2017 stat(), fstat(), statvfs(), sys/stat.h; statx(2), statvfs(3)")
class StatusTest {
    @Test
    void inodeNumbersAreUniqueAndStay(final TestDirectory directory) {
        final Map<Long, String> names = new HashMap<>();
        for (int i = 0; i < 1000; i++) {
            final String path = directory.file("file-" + i);
            final String other = names.put(Posix.stat(path).inode(), path);
            assertNull(other, "two files with one inode number");
        }
        names.forEach((inode, path) -> assertEquals(inode, Posix.stat(path).inode()));
        final String moved = directory.path("moved");
        Posix.rename(directory.path("file-0"), moved);
        assertEquals(directory.path("file-0"), names.get(Posix.stat(moved).inode()));
    }

    @Test
    @OneMount("a device number is a mount's own")
    void allNamesOfADirectoryAreOnOneDevice(final TestDirectory directory) {
        final long device = Posix.stat(directory.path()).device();
        for (final FileType type : FileType.values()) {
            assertEquals(device, Posix.lstat(directory.make(type, type.name())).device());
        }
    }

    @Test
    @OneMount("a device number is a mount's own")
    void anOpenFileTellsTheSameAsItsName(final TestDirectory directory) {
        final String path = directory.file("file", new byte[12345]);
        try (Descriptor file = Descriptor.open(path, O_RDONLY)) {
            assertEquals(Posix.stat(path), file.stat());
        }
    }

    @Test
    void theFilesystemTellsPlausibleNumbers(final TestDirectory directory) {
        final FilesystemStatus status = Posix.statvfs(directory.path());
        assertTrue(status.blocks() > 0 && status.fragmentSize() >= 512);
        assertTrue(status.freeBlocks() <= status.blocks());
        assertTrue(status.availableBlocks() <= status.freeBlocks());
        assertTrue(status.freeFiles() <= status.files());
        assertEquals(255, status.longestName());
        final int blockSize = Posix.stat(directory.path()).blockSize();
        assertTrue(Integer.bitCount(blockSize) == 1 && blockSize >= 512, () -> "block size " + blockSize);
    }

    @Test
    @OneMount("free space is that of a node's own disk")
    void writingTakesFreeSpaceOfTheFilesystem(final TestDirectory directory) {
        final int length = 64 << 20;
        final long before = Posix.statvfs(directory.path()).usedBytes();
        try (Descriptor file = Descriptor.create(directory.path("file"))) {
            file.write(new byte[length]);
            file.sync();
            final long used = Posix.statvfs(directory.path()).usedBytes() - before;
            assertTrue(used >= length / 2, () -> "64 MiB take " + used);
        }
    }
}
