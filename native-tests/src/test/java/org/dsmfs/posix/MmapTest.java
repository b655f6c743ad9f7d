package org.dsmfs.posix;

import static org.dsmfs.posix.sys.Descriptor.O_RDONLY;
import static org.dsmfs.posix.sys.Descriptor.O_RDWR;
import static org.dsmfs.posix.sys.Descriptor.O_WRONLY;
import static org.dsmfs.posix.sys.Mapping.MAP_PRIVATE;
import static org.dsmfs.posix.sys.Mapping.MAP_SHARED;
import static org.dsmfs.posix.sys.Mapping.PROT_READ;
import static org.dsmfs.posix.sys.Mapping.PROT_WRITE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.dsmfs.posix.support.Basis;
import org.dsmfs.posix.support.Capability;
import org.dsmfs.posix.support.Expect;
import org.dsmfs.posix.support.Needs;
import org.dsmfs.posix.support.Peer;
import org.dsmfs.posix.support.PosixSuite;
import org.dsmfs.posix.support.TestDirectory;
import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.Errno;
import org.dsmfs.posix.sys.Mapping;
import org.dsmfs.posix.sys.Posix;
import org.junit.jupiter.api.Test;

@PosixSuite("POSIX.1-2017 mmap(), msync(), munmap(); mmap(2)")
class MmapTest {
    private static final int PAGE_BYTES = 4096;
    private static final int SIGBUS = 7;

    @Test
    void aSharedMappingReadsTheFile(final TestDirectory directory) {
        final byte[] data = new byte[10 * PAGE_BYTES + 100];
        new Random(1).nextBytes(data);
        final String path = directory.file("file", data);
        try (Descriptor file = Descriptor.open(path, O_RDONLY);
             Mapping mapping = Mapping.of(file, 0, data.length, PROT_READ, MAP_SHARED)) {
            assertArrayEquals(data, mapping.get(0, data.length));
        }
    }

    @Test
    void aMappingStartsAtItsOffset(final TestDirectory directory) {
        final byte[] data = new byte[100 * PAGE_BYTES];
        new Random(2).nextBytes(data);
        final String path = directory.file("file", data);
        try (Descriptor file = Descriptor.open(path, O_RDONLY);
             Mapping mapping = Mapping.of(file, 70L * PAGE_BYTES, PAGE_BYTES, PROT_READ, MAP_PRIVATE)) {
            assertArrayEquals(Arrays.copyOfRange(data, 70 * PAGE_BYTES, 71 * PAGE_BYTES), mapping.get(0, PAGE_BYTES));
        }
    }

    @Test
    @Basis("Linux: read and write and shared mappings are coherent on a local filesystem")
    void aWriteShowsInAMappingAtOnce(final TestDirectory directory) {
        final String path = directory.file("file", new byte[3 * PAGE_BYTES]);
        try (Descriptor file = Descriptor.open(path, O_RDWR);
             Mapping mapping = Mapping.of(file, 0, 3 * PAGE_BYTES, PROT_READ, MAP_SHARED)) {
            for (int i = 1; i < 100; i++) {
                final byte[] value = {(byte) i};
                file.pwrite(i * 100L, value);
                assertArrayEquals(value, mapping.get(i * 100L, 1));
            }
        }
    }

    @Test
    @Needs(Capability.SHARED_WRITABLE_MAPPINGS)
    void aStoreIsInTheFileAfterMsync(final TestDirectory directory) {
        final String path = directory.file("file", new byte[20 * PAGE_BYTES]);
        final byte[] value = "stored".getBytes(StandardCharsets.UTF_8);
        try (Descriptor file = Descriptor.open(path, O_RDWR); Descriptor other = Descriptor.open(path, O_RDONLY);
             Mapping mapping = Mapping.of(file, 0, 20 * PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED)) {
            mapping.put(PAGE_BYTES - 3, value);
            mapping.put(19 * PAGE_BYTES, value);
            mapping.sync();
            assertArrayEquals(value, other.pread(PAGE_BYTES - 3, value.length));
            assertArrayEquals(value, other.pread(19 * PAGE_BYTES, value.length));
        }
    }

    @Test
    @Needs(Capability.SHARED_WRITABLE_MAPPINGS)
    void aStoreIsInTheFileAfterMunmapAndTheDescriptorMayBeClosedBefore(final TestDirectory directory) {
        final String path = directory.file("file", new byte[PAGE_BYTES]);
        final Descriptor file = Descriptor.open(path, O_RDWR);
        try (Mapping mapping = Mapping.of(file, 0, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED)) {
            file.close();
            mapping.put(10, new byte[] {1, 2, 3});
        }
        try (Descriptor again = Descriptor.open(path, O_RDONLY)) {
            assertArrayEquals(new byte[] {1, 2, 3}, again.pread(10, 3));
        }
    }

    @Test
    @Needs(Capability.SHARED_WRITABLE_MAPPINGS)
    @Basis("POSIX.1-2017 mmap(): a store into a shared mapping marks the times by msync() at the latest")
    void aStoreSetsTheModificationTime(final TestDirectory directory) throws Throwable {
        final String path = directory.file("file", new byte[PAGE_BYTES]);
        try (Descriptor file = Descriptor.open(path, O_RDWR);
             Mapping mapping = Mapping.of(file, 0, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED)) {
            Expect.changesMtimeAndCtime(path, () -> {
                mapping.put(0, new byte[] {1});
                mapping.sync();
            });
        }
    }

    @Test
    void aStoreIntoAPrivateMappingStaysThere(final TestDirectory directory) {
        final String path = directory.file("file", new byte[PAGE_BYTES]);
        try (Descriptor file = Descriptor.open(path, O_RDWR);
             Mapping mapping = Mapping.of(file, 0, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE)) {
            mapping.put(0, new byte[] {1});
            mapping.sync();
            assertArrayEquals(new byte[] {1}, mapping.get(0, 1));
            assertArrayEquals(new byte[] {0}, file.pread(0, 1));
        }
    }

    @Test
    void accessIsThatOfTheDescriptor(final TestDirectory directory) throws Throwable {
        final String path = directory.file("file", new byte[PAGE_BYTES]);
        try (Descriptor reader = Descriptor.open(path, O_RDONLY); Descriptor writer = Descriptor.open(path, O_WRONLY)) {
            Expect.error(Errno.EACCES,
                () -> Mapping.of(reader, 0, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED).close());
            Expect.error(Errno.EACCES, () -> Mapping.of(writer, 0, PAGE_BYTES, PROT_READ, MAP_SHARED).close());
        }
        try (Descriptor sub = Descriptor.open(directory.path(), O_RDONLY)) {
            Expect.error(Errno.ENODEV, () -> Mapping.of(sub, 0, PAGE_BYTES, PROT_READ, MAP_SHARED).close());
        }
    }

    @Test
    void theLastPageIsFilledWithZerosAndBeyondItIsABusError(final TestDirectory directory) {
        final String path = directory.file("file", new byte[] {5, 6, 7});
        try (Peer peer = Peer.start()) {
            assertEquals("ok 7", peer.call("map", path, 2 * PAGE_BYTES, 2));
            assertEquals("ok 0", peer.call("map", path, 2 * PAGE_BYTES, PAGE_BYTES - 1));
            assertEquals("dead", peer.call("map", path, 2 * PAGE_BYTES, PAGE_BYTES));
            assertEquals(128 + SIGBUS, peer.exitCode());
        }
    }

    @Test
    void aTruncatedPageIsABusErrorToo(final TestDirectory directory) {
        final String path = directory.file("file", new byte[4 * PAGE_BYTES]);
        try (Peer peer = Peer.start()) {
            assertEquals("ok 0", peer.call("map", path, 4 * PAGE_BYTES, 3 * PAGE_BYTES));
            Posix.truncate(path, 100);
            assertEquals("ok 0", peer.call("map", path, 4 * PAGE_BYTES, 200));
            assertEquals("dead", peer.call("map", path, 4 * PAGE_BYTES, 3 * PAGE_BYTES));
            assertEquals(128 + SIGBUS, peer.exitCode());
        }
    }

    @Test
    @Needs(Capability.SHARED_WRITABLE_MAPPINGS)
    void aHoleCanBeMappedAndStoredInto(final TestDirectory directory) {
        final long offset = 64L << 20;
        try (Descriptor file = Descriptor.create(directory.path("file"))) {
            file.truncate(2 * offset);
            try (Mapping mapping = Mapping.of(file, offset, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED)) {
                assertArrayEquals(new byte[PAGE_BYTES], mapping.get(0, PAGE_BYTES));
                mapping.put(0, new byte[] {8});
                mapping.sync();
            }
            assertArrayEquals(new byte[] {0, 8, 0}, file.pread(offset - 1, 3));
            assertTrue(file.stat().blocks() * 512 < offset);
        }
    }

    @Test
    void aMappingOutlivesTheName(final TestDirectory directory) {
        final String path = directory.file("file", new byte[] {1, 2, 3});
        final Descriptor file = Descriptor.open(path, O_RDONLY);
        try (Mapping mapping = Mapping.of(file, 0, PAGE_BYTES, PROT_READ, MAP_SHARED)) {
            file.close();
            Posix.unlink(path);
            assertArrayEquals(new byte[] {1, 2, 3}, mapping.get(0, 3));
        }
    }
}
