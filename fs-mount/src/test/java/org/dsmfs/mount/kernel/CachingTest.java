package org.dsmfs.mount.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.dsmfs.layout.AtimePolicy;
import org.dsmfs.layout.FileSystem;
import org.dsmfs.mount.FuseAvailable;
import org.dsmfs.mount.MemoryFileSystem;
import org.dsmfs.mount.os.Libc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the kernel answers by itself, seen by the calls that reach the filesystem behind a real mount. */
@Timeout(60)
class CachingTest {
    private static final int REPEATS = 100;

    private final MemoryFileSystem fileSystem = new MemoryFileSystem();
    private final AtomicLong calls = new AtomicLong();
    private Path mountPoint;
    private KernelMount mount;

    @BeforeEach
    void mount() throws IOException {
        FuseAvailable.require();
        mountPoint = Files.createTempDirectory("dsm-caching-test");
        final FileSystem counted = (FileSystem) Proxy.newProxyInstance(FileSystem.class.getClassLoader(),
            new Class<?>[] {FileSystem.class}, (proxy, method, arguments) -> {
                calls.incrementAndGet();
                try {
                    return method.invoke(fileSystem, arguments);
                } catch (final InvocationTargetException e) {
                    throw e.getCause();
                }
            });
        mount = new KernelMount(counted, mountPoint, List.of("default_permissions", "subtype=dsm-test"),
            AtimePolicy.NOATIME, false, Map.of());
    }

    @AfterEach
    void unmount() throws Exception {
        if (mount != null) {
            Libc.INSTANCE.umount2(mountPoint.toString(), Libc.MNT_DETACH);
            mount.awaitEnd();
            mount.close();
        }
        if (mountPoint != null) {
            Files.delete(mountPoint);
        }
    }

    @Test
    void statOfAKnownFileMakesNoRequest() throws IOException {
        final Path file = Files.writeString(mountPoint.resolve("f"), "content");
        assertEquals(7, Files.size(file));
        final long before = calls.get();
        for (int i = 0; i < REPEATS; i++) {
            assertEquals(7, Files.size(file));
        }
        assertEquals(before, calls.get());
    }

    @Test
    void lookUpOfAMissingNameMakesNoRequest() throws IOException {
        final Path missing = mountPoint.resolve("missing");
        assertFalse(Files.exists(missing));
        final long before = calls.get();
        for (int i = 0; i < REPEATS; i++) {
            assertFalse(Files.exists(missing));
        }
        assertEquals(before, calls.get());
        Files.createFile(missing);
        assertTrue(Files.exists(missing));
    }

    @Test
    void readOfKnownContentMakesNoRequest() throws IOException {
        final byte[] content = new byte[64 << 10];
        Arrays.fill(content, (byte) 7);
        Files.write(mountPoint.resolve("f"), content);
        try (RandomAccessFile file = new RandomAccessFile(mountPoint.resolve("f").toFile(), "r")) {
            final byte[] read = new byte[4096];
            file.readFully(read);
            final long before = calls.get();
            for (int i = 0; i < REPEATS; i++) {
                file.seek(i % 15 * 4096);
                file.readFully(read);
                assertArrayEquals(Arrays.copyOf(content, 4096), read);
            }
            assertEquals(before, calls.get());
        }
    }

    @Test
    void targetOfAKnownSymbolicLinkMakesNoRequest() throws IOException {
        final Path link = Files.createSymbolicLink(mountPoint.resolve("l"), Path.of("to/where"));
        Files.readSymbolicLink(link);
        final long before = calls.get();
        for (int i = 0; i < REPEATS; i++) {
            assertEquals(Path.of("to/where"), Files.readSymbolicLink(link));
        }
        assertEquals(before, calls.get());
    }

    @Test
    void contentSurvivesAnOwnWriteInTheCache() throws IOException {
        final Path path = Files.write(mountPoint.resolve("f"), new byte[64 << 10]);
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.readFully(new byte[64 << 10]);
            file.seek(8192);
            file.write(1);
            Files.size(path);
            final long before = calls.get();
            file.seek(0);
            file.readFully(new byte[32 << 10]);
            assertEquals(before, calls.get());
        }
    }
}
