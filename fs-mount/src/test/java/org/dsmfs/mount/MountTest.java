package org.dsmfs.mount;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.layout.AtimePolicy;
import org.dsmfs.layout.FileSystem;
import org.dsmfs.mount.jnrfuse.MountedFileSystem;
import org.dsmfs.mount.kernel.KernelMount;
import org.dsmfs.mount.os.Libc;
import org.dsmfs.mount.os.NativeMemory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A front end on a real mount, before a filesystem in memory. */
@Timeout(60)
@ParameterizedClass
@EnumSource
class MountTest {
    private enum FrontEnd {
        KERNEL {
            @Override
            Mount mount(final FileSystem fileSystem, final Path mountPoint,
                        final Map<String, Supplier<byte[]>> reports) {
                return new KernelMount(fileSystem, mountPoint, List.of("default_permissions", "subtype=dsm-test"),
                    AtimePolicy.RELATIME, false, reports);
            }
        },
        KERNEL_SHARED {
            @Override
            Mount mount(final FileSystem fileSystem, final Path mountPoint,
                        final Map<String, Supplier<byte[]>> reports) {
                return new KernelMount(fileSystem, mountPoint, List.of("default_permissions", "subtype=dsm-test"),
                    AtimePolicy.RELATIME, true, reports);
            }
        },
        JNR_FUSE {
            @Override
            Mount mount(final FileSystem fileSystem, final Path mountPoint,
                        final Map<String, Supplier<byte[]>> reports) {
                return new MountedFileSystem(fileSystem, mountPoint,
                    List.of("default_permissions", "use_ino", "big_writes", "attr_timeout=0", "subtype=dsm-test"),
                    AtimePolicy.RELATIME, reports);
            }
        };

        abstract Mount mount(FileSystem fileSystem, Path mountPoint, Map<String, Supplier<byte[]>> reports);
    }

    private static final int PAGE_BYTES = 4096;

    @Parameter
    private FrontEnd frontEnd;
    private final MemoryFileSystem fileSystem = new MemoryFileSystem();
    private Path mountPoint;
    private Mount mounted;

    @BeforeEach
    void mount() throws IOException {
        FuseAvailable.require();
        mountPoint = Files.createTempDirectory("dsm-mount-test");
        mounted = frontEnd.mount(fileSystem, mountPoint,
            Map.of("dsm.test", () -> "report".getBytes(StandardCharsets.US_ASCII)));
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted != null) {
            Libc.INSTANCE.umount2(mountPoint.toString(), Libc.MNT_DETACH);
            mounted.awaitEnd();
            mounted.close();
        }
        if (mountPoint != null) {
            Files.delete(mountPoint);
        }
    }

    @Test
    void ordinaryUseOfFiles() throws IOException {
        final Path directory = Files.createDirectory(mountPoint.resolve("directory"));
        final Path file = Files.writeString(directory.resolve("file"), "hello");
        Files.writeString(file, " world", StandardOpenOption.APPEND);
        assertEquals("hello world", Files.readString(file));
        final Path moved = Files.move(file, mountPoint.resolve("moved"), StandardCopyOption.ATOMIC_MOVE);
        Files.createLink(mountPoint.resolve("link"), moved);
        assertEquals(2, Files.getAttribute(moved, "unix:nlink"));
        assertEquals(Files.getAttribute(moved, "unix:ino"), Files.getAttribute(mountPoint.resolve("link"), "unix:ino"));
        final Path symlink = Files.createSymbolicLink(mountPoint.resolve("symlink"), Path.of("moved"));
        assertEquals(Path.of("moved"), Files.readSymbolicLink(symlink));
        Files.setPosixFilePermissions(moved, PosixFilePermissions.fromString("rw-r-----"));
        assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(moved)));
        final FileTime time = FileTime.from(Instant.ofEpochSecond(1_000_000_000, 123_456_000));
        Files.setLastModifiedTime(moved, time);
        assertEquals(time, Files.getLastModifiedTime(moved));
        Files.delete(directory);
        assertEquals(Set.of("moved", "link", "symlink"), names(mountPoint));
        assertEquals(4096 * 1000L, Files.getFileStore(mountPoint).getTotalSpace());
    }

    private static Set<String> names(final Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    @Test
    void errorsKeepTheirNumber() throws IOException {
        final Path directory = Files.createDirectory(mountPoint.resolve("d"));
        Files.createFile(directory.resolve("f"));
        assertThrows(NoSuchFileException.class, () -> Files.readString(mountPoint.resolve("none")));
        assertThrows(DirectoryNotEmptyException.class, () -> Files.delete(directory));
        assertThrows(FileAlreadyExistsException.class, () -> Files.createDirectory(directory));
    }

    @Test
    void aMebibyteIsOneWrite() throws IOException {
        final byte[] content = new byte[1 << 20];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (i * 31 >> 8);
        }
        // The kernel takes so many pages at once, and bytes that begin within a page take one more.
        final ByteBuffer aligned = ByteBuffer.allocateDirect(content.length + PAGE_BYTES).alignedSlice(PAGE_BYTES);
        aligned.put(content).flip();
        final Path file = Files.write(mountPoint.resolve("file"), new byte[0]);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(aligned);
        }
        assertEquals(content.length, fileSystem.longestWrite);
        assertArrayEquals(content, Files.readAllBytes(file));
    }

    @Test
    void largeDirectoryIsListedCompletely() throws IOException {
        final Set<String> expected = IntStream.range(0, 2000).mapToObj(i -> "a-somewhat-longer-name-" + i)
            .collect(Collectors.toCollection(TreeSet::new));
        for (final String name : expected) {
            Files.createFile(mountPoint.resolve(name));
        }
        assertEquals(expected, names(mountPoint));
    }

    @Test
    void largeContentArrivesWhole() throws IOException {
        final byte[] content = new byte[3 << 20];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (i * 31 + (i >> 12));
        }
        final Path file = Files.write(mountPoint.resolve("large"), content);
        assertArrayEquals(content, Files.readAllBytes(file));
    }

    @Test
    void openFileLivesOnWithoutItsName() throws IOException {
        final Path directory = Files.createDirectory(mountPoint.resolve("d"));
        final Path file = directory.resolve("f");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            Files.delete(file);
            assertEquals(Set.of(), names(directory));
            Files.delete(directory);
            channel.write(ByteBuffer.wrap(new byte[] {4}), 3);
            assertEquals(4, channel.size());
            final ByteBuffer read = ByteBuffer.allocate(10);
            assertEquals(4, channel.read(read, 0));
            channel.truncate(1);
            assertEquals(1, channel.size());
            assertTrue(fileSystem.inodes() >= 2);
        }
        awaitInodes(1);
    }

    @Test
    void openFileLivesOnWhenItsNameGoesToAnother() throws IOException {
        final Path file = Files.writeString(mountPoint.resolve("f"), "old");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            Files.move(Files.writeString(mountPoint.resolve("g"), "newer"), file, StandardCopyOption.ATOMIC_MOVE);
            assertEquals(3, channel.size());
            assertEquals("newer", Files.readString(file));
            assertEquals(Set.of("f"), names(mountPoint));
        }
        awaitInodes(2);
    }

    @Test
    void changeUnderOneNameIsSeenUnderTheOthers() throws IOException {
        final Path first = Files.writeString(mountPoint.resolve("first"), "1");
        assertEquals(1, Files.getAttribute(first, "unix:nlink"));
        final Path second = Files.createLink(mountPoint.resolve("second"), first);
        assertEquals(2, Files.getAttribute(first, "unix:nlink"));
        assertEquals(2, Files.getAttribute(second, "unix:nlink"));
        Files.writeString(second, "longer");
        assertEquals(6, Files.size(first));
        assertEquals("longer", Files.readString(first));
        Files.setPosixFilePermissions(first, PosixFilePermissions.fromString("r--------"));
        assertEquals("r--------", PosixFilePermissions.toString(Files.getPosixFilePermissions(second)));
        try (FileChannel channel = FileChannel.open(second, StandardOpenOption.READ)) {
            Files.delete(second);
            assertEquals(1, Files.getAttribute(first, "unix:nlink"));
            Files.writeString(first, "longer still");
            assertEquals(12, channel.size());
        }
    }

    @Test
    void contentWrittenUnderOneNameIsReadUnderTheOtherWhileBothAreOpen() throws IOException {
        final Path first = Files.writeString(mountPoint.resolve("first"), "old");
        final Path second = Files.createLink(mountPoint.resolve("second"), first);
        try (FileChannel reader = FileChannel.open(first, StandardOpenOption.READ);
             FileChannel writer = FileChannel.open(second, StandardOpenOption.WRITE)) {
            for (final String text : List.of("old", "new", "odd", "two")) {
                writer.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), 0);
                final ByteBuffer read = ByteBuffer.allocate(3);
                reader.read(read, 0);
                assertEquals(text, new String(read.array(), StandardCharsets.US_ASCII));
            }
            writer.truncate(1);
            assertEquals(1, reader.read(ByteBuffer.allocate(3), 0));
        }
    }

    /** The kernel tells of the last close when it gets to it. */
    private void awaitInodes(final int count) {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (fileSystem.inodes() != count && System.nanoTime() - deadlineNs < 0) {
            Thread.onSpinWait();
        }
        assertEquals(count, fileSystem.inodes());
    }

    @Test
    void crashOfOneRequestIsEioAndNothingElse() throws IOException {
        fileSystem.nextFsyncFailure = new IllegalStateException("made up by the test");
        try (FileChannel channel = FileChannel.open(mountPoint.resolve("f"), StandardOpenOption.CREATE,
            StandardOpenOption.WRITE)) {
            final IOException failure = assertThrows(IOException.class, () -> channel.force(true));
            assertTrue(failure.getMessage().contains("Input/output error"), failure.getMessage());
            channel.force(true);
        }
        assertEquals(2, fileSystem.fsyncs);
    }

    /** Neither front end has FUSE_POLL, which the kernel asks for once. */
    @Test
    void operationThatIsNotThereIsRefusedAndNothingElse() throws IOException {
        final Path file = Files.writeString(mountPoint.resolve("f"), "content");
        final int descriptor = Libc.INSTANCE.open(file.toString(), Libc.O_RDONLY);
        final UnsafeBuffer pollSet = NativeMemory.allocate(Long.BYTES);
        pollSet.putInt(0, descriptor);
        pollSet.putShort(Integer.BYTES, Libc.POLLIN);
        try {
            assertEquals(1, Libc.INSTANCE.poll(pollSet.addressOffset(), 1, 0));
            assertEquals(Libc.POLLIN, pollSet.getShort(Integer.BYTES + Short.BYTES));
        } finally {
            Libc.INSTANCE.close(descriptor);
            Reference.reachabilityFence(pollSet);
        }
        assertEquals("content", Files.readString(file));
    }

    @Test
    void synchronousWriteIsDurableWhenItReturns() throws IOException {
        try (FileChannel channel = FileChannel.open(mountPoint.resolve("f"), StandardOpenOption.CREATE,
            StandardOpenOption.WRITE, StandardOpenOption.DSYNC)) {
            channel.write(ByteBuffer.wrap(new byte[] {1}));
            assertTrue(fileSystem.fsyncs > 0);
        }
    }

    @Test
    void makerAndUmaskAreTheCallers() throws IOException {
        Files.createDirectory(mountPoint.resolve("d"));
        assertEquals(0, fileSystem.lastMaker.uid());
        assertEquals(umask(), fileSystem.lastMaker.umask());
    }

    private static int umask() throws IOException {
        final String line = Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(l -> l.startsWith("Umask:")).findFirst().orElseThrow();
        return Integer.parseInt(line.split("\\s+")[1], 8);
    }

    @Test
    void extendedAttributesAndReports() throws IOException {
        final Path file = Files.createFile(mountPoint.resolve("f"));
        final UserDefinedFileAttributeView attributes =
            Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
        final byte[] value = new byte[50_000];
        value[49_999] = 7;
        attributes.write("key", ByteBuffer.wrap(value));
        assertEquals(List.of("key"), attributes.list());
        final ByteBuffer read = ByteBuffer.allocate(attributes.size("key"));
        attributes.read("key", read);
        assertArrayEquals(value, read.array());
        attributes.delete("key");
        assertThrows(FileSystemException.class, () -> attributes.size("key"));
        final byte[] report = new byte[6];
        assertEquals(6, Libc.INSTANCE.getxattr(mountPoint.toString(), "dsm.test", report, report.length));
        assertEquals("report", new String(report, StandardCharsets.US_ASCII));
    }
}
