package org.dsmfs.mount.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dsmfs.engine.node.ThreadedNodes;
import org.dsmfs.layout.AtimePolicy;
import org.dsmfs.layout.Caller;
import org.dsmfs.layout.DsmFileSystem;
import org.dsmfs.layout.FileSystem;
import org.dsmfs.layout.WallClock;
import org.dsmfs.mount.FuseAvailable;
import org.dsmfs.mount.os.Libc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two nodes, each with a real mount: what one's kernel has cached must not outlive a change through the other. */
@Timeout(120)
class SharedMountsTest {
    private static final int NODES = 2;
    private static final int ROUNDS = 50;
    private static final long MEMORY_BYTES = 64 << 20;

    private final List<Path> mountPoints = new ArrayList<>();
    private final List<KernelMount> mounts = new ArrayList<>();
    private final List<DsmFileSystem> fileSystems = new ArrayList<>();
    /** Begun and ended, so that it is odd while there is one. */
    private final AtomicLong[] calls = {new AtomicLong(), new AtomicLong()};
    private ThreadedNodes nodes;
    private Path here;
    private Path there;

    @BeforeEach
    void mount() throws IOException {
        FuseAvailable.require();
        nodes = new ThreadedNodes(NODES, MEMORY_BYTES);
        for (int node = 0; node < NODES; node++) {
            final DsmFileSystem fileSystem =
                DsmFileSystem.open(nodes.space(node), WallClock.SYSTEM, AtimePolicy.RELATIME, Caller.ROOT);
            fileSystems.add(fileSystem);
            final Path mountPoint = Files.createTempDirectory("dsm-shared-test");
            mountPoints.add(mountPoint);
            mounts.add(new KernelMount(counted(fileSystem, calls[node]), mountPoint,
                List.of("default_permissions", "subtype=dsm-test"), AtimePolicy.RELATIME, true, Map.of()));
        }
        here = mountPoints.get(0);
        there = mountPoints.get(1);
    }

    private static FileSystem counted(final FileSystem fileSystem, final AtomicLong calls) {
        return (FileSystem) Proxy.newProxyInstance(FileSystem.class.getClassLoader(), new Class<?>[] {FileSystem.class},
            (proxy, method, arguments) -> {
                calls.incrementAndGet();
                try {
                    return method.invoke(fileSystem, arguments);
                } catch (final InvocationTargetException e) {
                    throw e.getCause();
                } finally {
                    calls.incrementAndGet();
                }
            });
    }

    @AfterEach
    void unmount() throws Exception {
        for (int node = 0; node < mounts.size(); node++) {
            Libc.INSTANCE.umount2(mountPoints.get(node).toString(), Libc.MNT_DETACH);
            // A mapping keeps the mount in use until it is collected.
            mounts.get(node).cutOff();
            mounts.get(node).awaitEnd();
            mounts.get(node).close();
        }
        fileSystems.forEach(DsmFileSystem::close);
        if (nodes != null) {
            nodes.close();
        }
        for (final Path mountPoint : mountPoints) {
            Files.delete(mountPoint);
        }
    }

    private static byte[] content(final int length, final int value) {
        final byte[] content = new byte[length];
        Arrays.fill(content, (byte) value);
        return content;
    }

    private static Set<String> names(final Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    @Test
    void attributesAreSeenAtFirstLook() throws IOException {
        final Path file = Files.writeString(here.resolve("f"), "");
        for (int round = 0; round < ROUNDS; round++) {
            final Path changer = (round % 2 == 0 ? here : there).resolve("f");
            final Path looker = (round % 2 == 0 ? there : here).resolve("f");
            Files.getLastModifiedTime(looker);
            final String permissions = round % 3 == 0 ? "rw-r--r--" : "rwx------";
            Files.setPosixFilePermissions(changer, PosixFilePermissions.fromString(permissions));
            assertEquals(permissions, PosixFilePermissions.toString(Files.getPosixFilePermissions(looker)));
            Files.setLastModifiedTime(changer, FileTime.fromMillis(1000L * round));
            assertEquals(1000L * round, Files.getLastModifiedTime(looker).toMillis());
            Files.write(changer, content(round * 100, 1));
            assertEquals(round * 100L, Files.size(looker));
        }
        assertTrue(Files.exists(file));
    }

    @Test
    void contentIsSeenAtFirstLook() throws IOException {
        for (final int length : new int[] {100, 100_000}) {
            Files.write(here.resolve("f"), content(length, 0));
            for (int round = 1; round < ROUNDS; round++) {
                final Path changer = (round % 2 == 0 ? here : there).resolve("f");
                final Path looker = (round % 2 == 0 ? there : here).resolve("f");
                assertArrayEquals(content(length, round - 1), Files.readAllBytes(looker));
                Files.write(changer, content(length, round), StandardOpenOption.WRITE);
                assertArrayEquals(content(length, round), Files.readAllBytes(looker));
            }
        }
    }

    @Test
    void aReaderInSmallStepsMakesFewRequests() throws IOException {
        assumeTrue(Files.isWritable(Path.of("/sys/class/bdi")), "sysfs is read-only");
        final int length = 8 << 20;
        Files.write(here.resolve("f"), content(length, 1));
        try (InputStream file = Files.newInputStream(there.resolve("f"))) {
            final long before = calls[1].get();
            final byte[] step = new byte[4096];
            for (int read = file.read(step); read > 0; read = file.read(step)) {
                assertArrayEquals(content(read, 1), step);
            }
            // A read is two calls, for content and access time, and each is counted twice.
            final long reads = (calls[1].get() - before) / 4;
            assertTrue(reads < 3 * length / Negotiation.DATA_MAX_BYTES, reads + " reads");
        }
    }

    @Test
    void openFileAndMappingSeeWhatWasWrittenElsewhere() throws IOException {
        Files.write(here.resolve("f"), content(20_000, 0));
        try (RandomAccessFile looker = new RandomAccessFile(there.resolve("f").toFile(), "r");
             RandomAccessFile changer = new RandomAccessFile(here.resolve("f").toFile(), "rw")) {
            final MappedByteBuffer mapping = looker.getChannel().map(FileChannel.MapMode.READ_ONLY, 0, 20_000);
            for (int round = 1; round < ROUNDS; round++) {
                changer.seek(10_000);
                changer.write(round);
                looker.seek(10_000);
                assertEquals(round, looker.read());
                assertEquals(round, mapping.get(10_000));
            }
            changer.setLength(10);
            assertEquals(10, looker.length());
            looker.seek(0);
            assertEquals(10, looker.read(new byte[4096]));
            looker.seek(100);
            assertEquals(-1, looker.read());
        }
    }

    @Test
    void shrunkFileHasNoBytesBehindItsEnd() throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            Files.write(here.resolve("f"), content(8192, 7));
            try (FileChannel looker = FileChannel.open(there.resolve("f"))) {
                looker.read(ByteBuffer.allocate(8192), 0);
                try (FileChannel changer = FileChannel.open(here.resolve("f"), StandardOpenOption.WRITE)) {
                    changer.truncate(100);
                }
                assertEquals(100, looker.read(ByteBuffer.allocate(8192), 0));
            }
        }
    }

    @Test
    void namesAreSeenAtFirstLook() throws IOException {
        Files.createDirectory(here.resolve("d"));
        for (int round = 0; round < ROUNDS; round++) {
            final Path changer = (round % 2 == 0 ? here : there).resolve("d");
            final Path looker = (round % 2 == 0 ? there : here).resolve("d");
            assertFalse(Files.exists(looker.resolve("a")));
            assertEquals(Set.of(), names(looker));
            Files.createFile(changer.resolve("a"));
            assertTrue(Files.exists(looker.resolve("a")));
            assertEquals(Set.of("a"), names(looker));
            Files.move(changer.resolve("a"), changer.resolve("b"));
            assertFalse(Files.exists(looker.resolve("a")));
            assertTrue(Files.exists(looker.resolve("b")));
            Files.createSymbolicLink(changer.resolve("l"), Path.of("target" + round));
            assertEquals(Path.of("target" + round), Files.readSymbolicLink(looker.resolve("l")));
            Files.createLink(changer.resolve("a"), changer.resolve("b"));
            assertEquals(2, Files.getAttribute(looker.resolve("b"), "unix:nlink"));
            Files.delete(changer.resolve("l"));
            Files.createSymbolicLink(changer.resolve("l"), Path.of("other" + round));
            assertEquals(Path.of("other" + round), Files.readSymbolicLink(looker.resolve("l")));
            for (final String name : List.of("a", "b", "l")) {
                Files.delete(changer.resolve(name));
                assertFalse(Files.exists(looker.resolve(name)));
            }
        }
    }

    @Test
    void extendedAttributesAndAccessAreSeenAtFirstLook() throws IOException {
        Files.createFile(here.resolve("f"));
        for (int round = 0; round < ROUNDS; round++) {
            Files.getFileAttributeView((round % 2 == 0 ? here : there).resolve("f"), UserDefinedFileAttributeView.class)
                .write("a", ByteBuffer.wrap(content(8, round)));
            final ByteBuffer value = ByteBuffer.allocate(8);
            Files.getFileAttributeView((round % 2 == 0 ? there : here).resolve("f"), UserDefinedFileAttributeView.class)
                .read("a", value);
            assertArrayEquals(content(8, round), value.array());
        }
    }

    @Test
    void whatIsCachedMakesNoRequest() throws Exception {
        Files.createDirectory(here.resolve("d"));
        Files.write(here.resolve("d/f"), content(64 << 10, 7));
        final Path file = there.resolve("d/f");
        try (RandomAccessFile reader = new RandomAccessFile(file.toFile(), "r")) {
            awaitCached(file, reader);
            final long before = calls[1].get();
            for (int i = 0; i < ROUNDS; i++) {
                look(file, reader);
            }
            assertEquals(before, calls[1].get());
        }
    }

    /** After the first read the access time changes, and with it the attributes. */
    private void awaitCached(final Path file, final RandomAccessFile reader) throws Exception {
        long before = -1;
        while (before != calls[1].get() || before % 2 != 0) {
            before = calls[1].get();
            look(file, reader);
            Thread.sleep(20);
        }
    }

    private void look(final Path file, final RandomAccessFile reader) throws IOException {
        final byte[] page = new byte[4096];
        for (int i = 0; i < 16; i++) {
            reader.seek(i * page.length);
            reader.readFully(page);
            assertEquals(64 << 10, Files.size(file));
            assertFalse(Files.exists(there.resolve("d/missing")));
        }
    }

    /** Readers that fill the caches again and again while they are revoked. */
    @Test
    void readersNeverGoBackWhileAnotherNodeWrites() throws Exception {
        final Path changer = here.resolve("f");
        Files.write(changer, content(16_384, 0));
        final AtomicBoolean stopping = new AtomicBoolean();
        final AtomicLong acknowledged = new AtomicLong();
        final AtomicReference<String> fault = new AtomicReference<>();
        final List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            final long offset = i * 4096L;
            readers.add(new Thread(() -> {
                try (RandomAccessFile file = new RandomAccessFile(there.resolve("f").toFile(), "r")) {
                    final ByteBuffer read = ByteBuffer.allocate(Long.BYTES);
                    while (!stopping.get()) {
                        final long least = acknowledged.get();
                        file.getChannel().read(read.clear(), offset);
                        final long seen = read.getLong(0);
                        if (seen < least) {
                            fault.compareAndSet(null, "read " + seen + " after " + least + " was written");
                        }
                    }
                } catch (final IOException e) {
                    fault.compareAndSet(null, e.toString());
                }
            }));
        }
        readers.forEach(Thread::start);
        final long endNs = System.nanoTime() + 5_000_000_000L;
        long written = 0;
        try (FileChannel file = FileChannel.open(changer, StandardOpenOption.WRITE)) {
            while (System.nanoTime() < endNs && fault.get() == null) {
                written++;
                final ByteBuffer buffer = ByteBuffer.allocate(16_384);
                for (int page = 0; page < 4; page++) {
                    buffer.putLong(page * 4096, written);
                }
                file.write(buffer, 0);
                acknowledged.set(written);
                Thread.sleep(1);
            }
        } finally {
            stopping.set(true);
        }
        for (final Thread reader : readers) {
            reader.join();
        }
        assertEquals(null, fault.get());
        assertTrue(written > 10, written + " writes");
    }
}
