package org.dsmfs.engine.memory;

import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.Space;
import org.dsmfs.engine.SpaceConfig;
import org.dsmfs.engine.node.LocalSpace;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class SharedMemoryTest {
    private static final int PAGE_BYTES = 4096;

    @TempDir
    private Path parent;
    private Space space;
    private SharedMemory memory;

    @BeforeEach
    void open() {
        space = LocalSpace.open(
            new SpaceConfig(parent.resolve("store"), SpaceConfig.MIN_MEMORY_BYTES, 0, PAGE_BYTES));
        memory = new SharedMemory(space);
    }

    @AfterEach
    void close() {
        space.close();
    }

    @Test
    void randomAccessesAreAsOnAnArray() {
        final Random random = new Random(1);
        final byte[] model = new byte[50 * PAGE_BYTES + 123];
        final Region region = memory.allocate(model.length);
        for (int i = 0; i < 2000; i++) {
            final int offset = random.nextInt(model.length);
            final int length = random.nextInt(Math.min(model.length - offset, 5 * PAGE_BYTES) + 1);
            switch (random.nextInt(5)) {
                case 0 -> {
                    region.free(offset, length);
                    java.util.Arrays.fill(model, offset, offset + length, (byte) 0);
                }
                case 1, 2 -> {
                    final byte[] bytes = new byte[length];
                    random.nextBytes(bytes);
                    region.write(offset, new UnsafeBuffer(bytes), 0, length);
                    System.arraycopy(bytes, 0, model, offset, length);
                }
                default -> assertArrayEquals(java.util.Arrays.copyOfRange(model, offset, offset + length),
                    read(region, offset, length));
            }
        }
        assertArrayEquals(model, read(region, 0, model.length));
    }

    @Test
    void regionIsFoundAgainAfterARestart() {
        final Region region = memory.allocate(SharedMemory.MAX_REGION_BYTES);
        region.write(SharedMemory.MAX_REGION_BYTES - 3, new UnsafeBuffer(new byte[] {1, 2, 3}), 0, 3);
        close();
        open();
        final Region again = memory.open(region.id());
        assertEquals(SharedMemory.MAX_REGION_BYTES, again.sizeBytes());
        assertArrayEquals(new byte[] {0, 1, 2, 3}, read(again, SharedMemory.MAX_REGION_BYTES - 4, 4));
    }

    @Test
    void freeGivesTheRoomBack() {
        final Region kept = memory.allocate(100);
        final long before = space.status().usedBytes();
        final Region region = memory.allocate(1L << 40);
        for (int i = 0; i < 3000; i++) {
            region.write((long) i * PAGE_BYTES * 1000, new UnsafeBuffer(new byte[] {1}), 0, 1);
        }
        assertEquals(before + 3001L * PAGE_BYTES, space.status().usedBytes());
        region.free(0, 1000L * PAGE_BYTES * 1000);
        assertEquals(before + 2001L * PAGE_BYTES, space.status().usedBytes());
        region.free();
        assertEquals(before, space.status().usedBytes());
        assertThrows(EngineException.class, () -> read(region, 0, 1));
        assertThrows(EngineException.class, () -> memory.open(region.id()));
        assertThrows(EngineException.class, region::free);
        assertEquals(100, memory.open(kept.id()).sizeBytes());
    }

    @Test
    void wrongRangesAreRefused() {
        final Region region = memory.allocate(10);
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[20]);
        assertThrows(IllegalArgumentException.class, () -> memory.allocate(0));
        assertThrows(IllegalArgumentException.class, () -> memory.allocate(SharedMemory.MAX_REGION_BYTES + 1));
        assertThrows(IndexOutOfBoundsException.class, () -> region.write(5, buffer, 0, 6));
        assertThrows(IndexOutOfBoundsException.class, () -> region.read(-1, buffer, 0, 1));
        assertThrows(IndexOutOfBoundsException.class, () -> region.read(0, buffer, 15, 6));
        assertThrows(IndexOutOfBoundsException.class, () -> region.free(9, Long.MAX_VALUE));
        assertThrows(IndexOutOfBoundsException.class, () -> region.lock(10, 1));
        assertThrows(IllegalArgumentException.class, () -> region.tryLock(10, 0));
        final Region large = memory.allocate(1 << 30);
        final UnsafeBuffer tooMuch = new UnsafeBuffer(new byte[SharedMemory.MAX_ACCESS_BYTES + 1]);
        assertThrows(IllegalArgumentException.class, () -> large.write(0, tooMuch, 0, tooMuch.capacity()));
        large.write(0, tooMuch, 0, SharedMemory.MAX_ACCESS_BYTES);
    }

    @Test
    void accessesAreAtomic() throws Exception {
        final int length = 64 * PAGE_BYTES;
        final Region region = memory.allocate(length + PAGE_BYTES);
        final AtomicBoolean stop = new AtomicBoolean();
        final Thread writer = new Thread(() -> {
            final UnsafeBuffer bytes = new UnsafeBuffer(new byte[length]);
            for (byte value = 0; !stop.get(); value++) {
                bytes.setMemory(0, length, value);
                region.write(77, bytes, 0, length);
            }
        });
        writer.start();
        try {
            for (int i = 0; i < 300; i++) {
                final byte[] seen = read(region, 77, length);
                for (final byte value : seen) {
                    assertEquals(seen[0], value);
                }
            }
        } finally {
            stop.set(true);
            writer.join();
        }
    }

    @Test
    void lockExcludesOverlappingRangesOfOtherThreads() throws Exception {
        final Region region = memory.allocate(100);
        final Region other = memory.allocate(100);
        region.lock(10, 10);
        assertFalse(inOtherThread(() -> region.tryLock(19, 1)));
        assertFalse(inOtherThread(() -> memory.open(region.id()).tryLock(0, 11)));
        assertTrue(inOtherThread(() -> region.tryLock(20, 1)));
        assertTrue(inOtherThread(() -> other.tryLock(10, 10)));
        assertThrows(IllegalStateException.class, () -> region.lock(15, 20));
        assertThrows(IllegalStateException.class, () -> region.unlock(10, 9));
        region.unlock(10, 10);
        assertThrows(IllegalStateException.class, () -> region.unlock(10, 10));
        assertTrue(inOtherThread(() -> region.tryLock(19, 1)));
    }

    @Test
    void waitersAreServedInOrderAndCanBeInterrupted() throws Exception {
        final Region region = memory.allocate(100);
        region.lock(0, 50);
        final CountDownLatch interrupted = new CountDownLatch(1);
        final Thread first = new Thread(() -> {
            try {
                region.lock(40, 20);
            } catch (final InterruptedException e) {
                interrupted.countDown();
            }
        });
        first.start();
        awaitWaiting(first);
        assertFalse(inOtherThread(() -> region.tryLock(55, 1)), "the first waiter comes first");
        final AtomicBoolean served = new AtomicBoolean();
        final Thread second = new Thread(() -> {
            try {
                region.lock(55, 1);
                served.set(true);
            } catch (final InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        second.start();
        awaitWaiting(second);
        first.interrupt();
        interrupted.await();
        second.join();
        assertTrue(served.get());
        region.unlock(0, 50);
    }

    @Test
    void countingUnderALockLosesNothing() throws Exception {
        final Region region = memory.allocate(8);
        final Thread[] threads = new Thread[4];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = new Thread(() -> count(region));
            threads[i].start();
        }
        for (final Thread thread : threads) {
            thread.join();
        }
        assertEquals(2000, new UnsafeBuffer(read(region, 0, 8)).getLong(0));
    }

    private static void count(final Region region) {
        final UnsafeBuffer counter = new UnsafeBuffer(new byte[8]);
        for (int i = 0; i < 500; i++) {
            try {
                region.lock(0, 8);
            } catch (final InterruptedException e) {
                throw new AssertionError(e);
            }
            region.read(0, counter, 0, 8);
            counter.putLong(0, counter.getLong(0) + 1);
            region.write(0, counter, 0, 8);
            region.unlock(0, 8);
        }
    }

    private static void awaitWaiting(final Thread thread) throws InterruptedException {
        while (thread.getState() != Thread.State.WAITING) {
            Thread.sleep(1);
        }
    }

    private static boolean inOtherThread(final java.util.function.BooleanSupplier action) throws InterruptedException {
        final AtomicReference<Boolean> result = new AtomicReference<>();
        final Thread thread = new Thread(() -> result.set(action.getAsBoolean()));
        thread.start();
        thread.join();
        return result.get();
    }

    private static byte[] read(final Region region, final long offset, final int length) {
        final byte[] bytes = new byte[length];
        for (int done = 0; done < length; done += SharedMemory.MAX_ACCESS_BYTES) {
            region.read(offset + done, new UnsafeBuffer(bytes), done,
                Math.min(length - done, SharedMemory.MAX_ACCESS_BYTES));
        }
        return bytes;
    }
}
