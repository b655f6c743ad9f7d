package org.dsmfs.posix;

import static org.dsmfs.posix.sys.Descriptor.LOCK_EX;
import static org.dsmfs.posix.sys.Descriptor.LOCK_UN;
import static org.dsmfs.posix.sys.Descriptor.O_CREAT;
import static org.dsmfs.posix.sys.Descriptor.O_EXCL;
import static org.dsmfs.posix.sys.Descriptor.O_RDONLY;
import static org.dsmfs.posix.sys.Descriptor.O_RDWR;
import static org.dsmfs.posix.sys.Descriptor.O_WRONLY;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.dsmfs.posix.support.Background;
import org.dsmfs.posix.support.Capability;
import org.dsmfs.posix.support.FilesystemUnderTest;
import org.dsmfs.posix.support.Basis;
import org.dsmfs.posix.support.OneMount;
import org.dsmfs.posix.support.PosixSuite;
import org.dsmfs.posix.support.TestDirectory;
import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.DirectoryReader;
import org.dsmfs.posix.sys.Errno;
import org.dsmfs.posix.sys.Posix;
import org.dsmfs.posix.sys.PosixException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

@PosixSuite("POSIX.1-2017 rename(), link(), open() O_EXCL, 2.9.7: operations are atomic to other threads")
class AtomicityTest {
    private static final Duration DURATION = Duration.ofMillis(700);

    /** Repeats a step in a thread of its own until told to stop. */
    private static Background repeat(final AtomicBoolean stop, final Executable step) {
        return Background.start(() -> {
            while (!stop.get()) {
                step.execute();
            }
        });
    }

    private static void stopAfterAWhile(final AtomicBoolean stop, final Background... threads) throws Throwable {
        Thread.sleep(DURATION.toMillis());
        stop.set(true);
        for (final Background thread : threads) {
            thread.assertReturns();
        }
    }

    @Test
    void aReplacedNameIsNeverMissingAndNeverHalf(final TestDirectory directory) throws Throwable {
        final String target = directory.file("target", content(0));
        final AtomicBoolean stop = new AtomicBoolean();
        final AtomicInteger version = new AtomicInteger();
        final Background writer = repeat(stop, () ->
            Posix.rename(directory.file("new", content(version.incrementAndGet())), target));
        final Background reader = repeat(stop, () -> {
            try (Descriptor file = Descriptor.open(target, O_RDONLY)) {
                final byte[] read = file.read(100_000);
                assertArrayEquals(content(read[0]), read);
            } catch (final PosixException e) {
                if (!FilesystemUnderTest.lacking().contains(Capability.OPEN_DURING_REPLACE)) {
                    throw e;
                }
            }
        });
        stopAfterAWhile(stop, writer, reader);
        assertTrue(version.get() > 10);
    }

    private static byte[] content(final int version) {
        final byte[] content = new byte[5000];
        Arrays.fill(content, (byte) version);
        return content;
    }

    @Test
    void aNameMovedToAndFroIsAlwaysAtOneOfItsPlaces(final TestDirectory directory) throws Throwable {
        final String one = directory.directory("one", 0755);
        final String two = directory.directory("two", 0755);
        directory.file("one/file");
        final AtomicBoolean stop = new AtomicBoolean();
        final Background mover = repeat(stop, () -> {
            Posix.rename(one + "/file", two + "/file");
            Posix.rename(two + "/file", one + "/file");
        });
        final Background creator = repeat(stop, () -> {
            Posix.unlink(directory.file("one/other"));
            Posix.rmdir(directory.directory("two/other", 0755));
        });
        stopAfterAWhile(stop, mover, creator);
        assertEquals(List.of("file"), DirectoryReader.names(one));
        assertEquals(List.of(), DirectoryReader.names(two));
    }

    @Test
    void exclusiveCreationSucceedsOnceForEachName(final TestDirectory directory) throws Throwable {
        final int names = 300;
        final int threads = 4;
        final AtomicInteger successes = new AtomicInteger();
        final List<Background> creators = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            creators.add(Background.start(() -> {
                for (int name = 0; name < names; name++) {
                    try {
                        Descriptor.open(directory.path("n" + name), O_CREAT | O_EXCL | O_WRONLY, 0644).close();
                        successes.incrementAndGet();
                    } catch (final PosixException e) {
                        assertEquals(Errno.EEXIST, e.errno());
                    }
                }
            }));
        }
        for (final Background creator : creators) {
            creator.assertReturns();
        }
        assertEquals(names, successes.get());
        assertEquals(names, DirectoryReader.names(directory.path()).size());
    }

    @Test
    @OneMount("where another node has moved a directory, the kernel gives up while it moves one itself: ESTALE")
    void concurrentDirectoryMovesMakeNoCycle(final TestDirectory directory) throws Throwable {
        final String one = directory.directory("one", 0755);
        final String two = directory.directory("two", 0755);
        final AtomicBoolean stop = new AtomicBoolean();
        final Background into = repeat(stop, () -> moveThereAndBack(one, two + "/one"));
        final Background from = repeat(stop, () -> moveThereAndBack(two, one + "/two"));
        stopAfterAWhile(stop, into, from);
        assertEquals(Set.of("one", "two"), Set.copyOf(DirectoryReader.names(directory.path())));
    }

    private static void moveThereAndBack(final String path, final String below) {
        try {
            Posix.rename(path, below);
        } catch (final PosixException e) {
            assertTrue(e.errno() == Errno.ENOENT || e.errno() == Errno.EINVAL, e.getMessage());
            return;
        }
        Posix.rename(below, path);
    }

    @Test
    @Basis("flock(2)")
    void countersUnderALockLoseNothing(final TestDirectory directory) throws Throwable {
        final String path = directory.file("counter", new byte[4]);
        final int rounds = 300;
        final List<Background> threads = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            threads.add(Background.start(() -> {
                try (Descriptor file = Descriptor.open(path, O_RDWR)) {
                    for (int round = 0; round < rounds; round++) {
                        file.flock(LOCK_EX);
                        final int value = ByteBuffer.wrap(file.pread(0, 4)).getInt();
                        file.pwrite(0, ByteBuffer.allocate(4).putInt(value + 1).array());
                        file.flock(LOCK_UN);
                    }
                }
            }));
        }
        for (final Background thread : threads) {
            thread.assertReturns();
        }
        try (Descriptor file = Descriptor.open(path, O_RDONLY)) {
            assertEquals(3 * rounds, ByteBuffer.wrap(file.read(4)).getInt());
        }
    }
}
