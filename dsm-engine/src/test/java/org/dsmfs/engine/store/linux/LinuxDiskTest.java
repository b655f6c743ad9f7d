package org.dsmfs.engine.store.linux;

import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.store.Disk.DiskFile;
import org.dsmfs.engine.store.DiskException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LinuxDiskTest {
    private static final int EBADF = 9;

    @TempDir
    private Path parent;
    private Path directory;
    private LinuxDisk disk;
    private final UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(1 << 20));

    @BeforeEach
    void openDisk() {
        directory = parent.resolve("store");
        disk = LinuxDisk.open(directory);
    }

    @AfterEach
    void closeDisk() {
        disk.close();
    }

    @Test
    void directoryAndFilesAreForTheirOwnerOnly() throws IOException {
        disk.open("file").close();
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)));
        assertEquals("rw-------",
            PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("file"))));
    }

    @Test
    void whatIsWrittenIsReadAtItsPosition() throws IOException {
        final byte[] content = new byte[300_000];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (i * 31 >> 3);
        }
        buffer.putBytes(0, content);
        try (DiskFile file = disk.open("file")) {
            file.write(5000, buffer.addressOffset(), content.length);
            file.sync();
            disk.syncDirectory();
            assertEquals(305_000, file.size());

            buffer.setMemory(0, content.length, (byte) 0);
            file.read(5000, buffer.addressOffset(), content.length);
        }
        final byte[] back = new byte[content.length];
        buffer.getBytes(0, back);
        assertArrayEquals(content, back);
        assertEquals(content[77], Files.readAllBytes(directory.resolve("file"))[5077]);
    }

    @Test
    void anotherOpenFindsTheFileAndItsContent() {
        assertFalse(disk.exists("file"));
        buffer.putLong(0, 0x0123456789abcdefL);
        try (DiskFile file = disk.open("file")) {
            file.write(0, buffer.addressOffset(), Long.BYTES);
        }
        assertTrue(disk.exists("file"));
        try (DiskFile file = disk.open("file")) {
            file.read(0, buffer.addressOffset() + 64, Long.BYTES);
        }
        assertEquals(0x0123456789abcdefL, buffer.getLong(64));
    }

    @Test
    void readingPastTheEndIsAnError() {
        try (DiskFile file = disk.open("file")) {
            file.truncate(100);
            file.read(0, buffer.addressOffset(), 100);
            final DiskException end = failure(Errno.EIO, () -> file.read(50, buffer.addressOffset(), 51));
            assertTrue(end.getMessage().contains("ends at 100"), end.getMessage());
        }
    }

    @Test
    void deallocatedRangeIsZerosWithoutBlocks() throws IOException {
        final int length = 1 << 20;
        try (DiskFile file = disk.open("file")) {
            buffer.setMemory(0, length, (byte) 7);
            file.write(0, buffer.addressOffset(), length);
            file.sync();
            final long blocks = blocks("file");
            file.deallocate(4096, length - 8192);
            assertEquals(length, file.size());
            file.read(0, buffer.addressOffset(), length);
            assertTrue(blocks("file") < blocks / 2, blocks("file") + " of " + blocks + " blocks");
        }
        assertEquals(7, buffer.getByte(4095));
        assertEquals(0, buffer.getByte(4096));
        assertEquals(7, buffer.getByte(length - 1));
    }

    /** @return blocks of 512 bytes that the file takes */
    private long blocks(final String name) throws IOException {
        final Process stat = new ProcessBuilder("stat", "-c", "%b", directory.resolve(name).toString()).start();
        return Long.parseLong(new String(stat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip());
    }

    @Test
    void allocateExtendsWithZerosAndKeepsWhatIsThere() {
        buffer.putByte(0, (byte) 7);
        try (DiskFile file = disk.open("file")) {
            file.write(10, buffer.addressOffset(), 1);
            file.allocate(0, 1 << 20);
            assertEquals(1 << 20, file.size());
            file.read(0, buffer.addressOffset(), 1 << 20);
        }
        assertEquals(7, buffer.getByte(10));
        buffer.putByte(10, (byte) 0);
        for (int i = 0; i < 1 << 20; i++) {
            assertEquals(0, buffer.getByte(i));
        }
    }

    @Test
    void truncateCutsAndExtends() {
        try (DiskFile file = disk.open("file")) {
            file.truncate(1L << 40);
            assertEquals(1L << 40, file.size());
            file.truncate(3);
            assertEquals(3, file.size());
        }
    }

    @Test
    void closedFileIsRefusedAndCloseIsIdempotent() {
        final DiskFile file = disk.open("file");
        file.close();
        file.close();
        failure(EBADF, () -> file.write(0, buffer.addressOffset(), 1));
    }

    @Test
    void fullDiskIsNoSpaceWithRemedy() {
        try (LinuxDisk devices = LinuxDisk.open(Path.of("/dev")); DiskFile full = devices.open("full")) {
            final DiskException failure = failure(Errno.ENOSPC, () -> full.write(0, buffer.addressOffset(), 4096));
            assertEquals("cannot write /dev/full: No space left on device; make room on that disk, or choose another "
                + "with --store", failure.getMessage());
        }
    }

    @Test
    void freeBytesAreThoseOfTheFilesystem() throws IOException {
        final long expected = Files.getFileStore(directory).getUsableSpace();
        final long slack = Math.max(1L << 30, expected / 10);
        assertEquals(expected, disk.freeBytes(), slack);
    }

    @Test
    void renamedFileHasItsNewNameOnlyAndDeletedOnesNone() {
        disk.open("old").close();
        try (DiskFile replaced = disk.open("new")) {
            replaced.truncate(5);
        }
        disk.rename("old", "new");
        assertFalse(disk.exists("old"));
        try (DiskFile file = disk.open("new")) {
            assertEquals(0, file.size());
        }
        assertTrue(disk.delete("new"));
        assertFalse(disk.delete("new"));
        assertFalse(disk.exists("new"));
        failure(Errno.ENOENT, () -> disk.rename("missing", "new"));
    }

    @Test
    void lockIsExclusiveUntilClosed() {
        try (LinuxDisk other = LinuxDisk.open(directory)) {
            assertTrue(disk.lock("lock"));
            assertFalse(other.lock("lock"));
            disk.close();
            assertTrue(other.lock("lock"));
        }
    }

    @Test
    void readersShareTheLockAndExcludeAWriter() {
        disk.open("lock").close();
        try (LinuxDisk reader = LinuxDisk.openReadOnly(directory);
             LinuxDisk otherReader = LinuxDisk.openReadOnly(directory)) {
            assertTrue(reader.lock("lock"));
            assertTrue(otherReader.lock("lock"));
            assertFalse(disk.lock("lock"));
        }
        assertTrue(disk.lock("lock"));
    }

    @Test
    void readOnlyDiskNeitherCreatesNorWrites() {
        disk.open("file").close();
        try (LinuxDisk reader = LinuxDisk.openReadOnly(directory)) {
            failure(Errno.ENOENT, () -> reader.open("missing"));
            assertFalse(reader.exists("missing"));
            try (DiskFile file = reader.open("file")) {
                failure(EBADF, () -> file.write(0, buffer.addressOffset(), 1));
            }
        }
    }

    @Test
    void missingParentIsNamedWithRemedy() {
        final Path orphan = parent.resolve("missing/store");
        final DiskException failure = failure(Errno.ENOENT, () -> LinuxDisk.open(orphan));
        assertEquals("cannot create directory " + orphan + ": No such file or directory; create the directory that "
            + "should hold it, or choose another with --store", failure.getMessage());
        failure(Errno.ENOENT, () -> LinuxDisk.openReadOnly(orphan));
    }

    @Test
    void fileInPlaceOfDirectoryIsRefused() throws IOException {
        final Path file = Files.createFile(parent.resolve("plain"));
        final DiskException failure = failure(Errno.ENOTDIR, () -> LinuxDisk.open(file));
        assertTrue(failure.getMessage().endsWith("choose a directory with --store"), failure.getMessage());
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EACCES, Errno.EROFS, Errno.ENOSPC, Errno.ENOTDIR, Errno.ENOENT})
    void messageOfWhatAUserCanMendIsOneLineWithRemedy(final int errno) {
        final DiskException failure = Errno.exception("open", directory, errno);
        assertEquals(1, failure.getMessage().lines().count());
        assertTrue(failure.getMessage().startsWith("cannot open " + directory + ": "), failure.getMessage());
        assertTrue(failure.getMessage().contains("--store"), failure.getMessage());
    }

    private static DiskException failure(final int errno, final Executable call) {
        final DiskException failure = assertThrows(DiskException.class, call);
        assertEquals(errno, failure.errno(), failure.getMessage());
        return failure;
    }
}
