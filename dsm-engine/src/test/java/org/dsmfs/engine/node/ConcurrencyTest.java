package org.dsmfs.engine.node;

import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.SpaceConfig;
import org.dsmfs.engine.SpaceStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Several threads over one space on a real disk, with the agent running and more data than memory. */
class ConcurrencyTest {
    private static final int THREADS = 4;
    private static final int OPERATIONS = 4000;
    private static final int SHARED_PAGES = 64;
    private static final int OWN_PAGES = 800;
    private static final int LARGE_PAGE_BYTES = 32 << 10;
    private static final long COUNTERS = Segment.of(1, 1);

    @TempDir
    private Path parent;

    /** What a thread did to the pages that it alone uses. */
    private final class Worker {
        private final int id;
        private final long segment;
        private final Random random;
        private final long[] values = new long[OWN_PAGES];
        private final UnsafeBuffer content = new UnsafeBuffer(new byte[LARGE_PAGE_BYTES]);

        private Worker(final int id) {
            this.id = id;
            this.segment = Segment.of(Segment.LARGE_PAGES | 2, 100 + id);
            this.random = new Random(id);
        }

        private void work(final LocalSpace space) {
            for (int number = 1; number <= OPERATIONS; number++) {
                final int page = random.nextInt(OWN_PAGES);
                final long value = (long) id << 32 | number;
                switch (random.nextInt(8)) {
                    case 0 -> free(space, page);
                    case 1, 2, 3 -> put(space, page, value);
                    case 4 -> check(space, page);
                    default -> write(space, page, value);
                }
                count(space, random.nextInt(SHARED_PAGES), random.nextInt(SHARED_PAGES));
                if (number % 200 == 0) {
                    space.sync();
                }
            }
        }

        private void free(final LocalSpace space, final int page) {
            values[page] = 0;
            space.execute(transaction -> {
                transaction.free(segment, page);
                return null;
            });
        }

        private void put(final LocalSpace space, final int page, final long value) {
            values[page] = value;
            content.putLong(0, value);
            content.putLong(LARGE_PAGE_BYTES - 8, value);
            space.execute(transaction -> {
                transaction.put(segment, page, 0, content, 0, LARGE_PAGE_BYTES);
                return null;
            });
        }

        private void write(final LocalSpace space, final int page, final long value) {
            values[page] = value;
            space.execute(transaction -> {
                transaction.write(segment, page).putLong(0, value);
                transaction.write(segment, page).putLong(LARGE_PAGE_BYTES - 8, value);
                return null;
            });
        }

        private void check(final LocalSpace space, final int page) {
            final long expected = values[page];
            space.execute(transaction -> {
                if (expected == 0) {
                    assertEquals(null, transaction.read(segment, page));
                } else {
                    assertEquals(expected, transaction.read(segment, page).getLong(0));
                    assertEquals(expected, transaction.read(segment, page).getLong(LARGE_PAGE_BYTES - 8));
                }
                return null;
            });
        }
    }

    /** Adds one to two counters in different pages, at once. */
    private static void count(final LocalSpace space, final int one, final int other) {
        space.execute(transaction -> {
            add(transaction.write(COUNTERS, one), 8);
            add(transaction.write(COUNTERS, other), 16);
            return null;
        });
    }

    private static void add(final MutableDirectBuffer page, final int index) {
        page.putLong(index, page.getLong(index) + 1);
    }

    private static long sum(final LocalSpace space, final int index) {
        return space.execute(transaction -> {
            transaction.want(COUNTERS, 0, SHARED_PAGES);
            long sum = 0;
            for (int page = 0; page < SHARED_PAGES; page++) {
                sum += transaction.read(COUNTERS, page) == null ? 0 : transaction.read(COUNTERS, page).getLong(index);
            }
            return sum;
        });
    }

    @Test
    @Timeout(120)
    void threadsSeeTheirOwnWritesAndLoseNoCount() throws Exception {
        final SpaceConfig config =
            new SpaceConfig(parent.resolve("store"), SpaceConfig.MIN_MEMORY_BYTES, 0, LARGE_PAGE_BYTES);
        final List<Worker> workers = new ArrayList<>();
        for (int id = 1; id <= THREADS; id++) {
            workers.add(new Worker(id));
        }
        final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try (LocalSpace space = LocalSpace.open(config)) {
            final List<Future<?>> results = new ArrayList<>();
            workers.forEach(worker -> results.add(threads.submit(() -> worker.work(space))));
            for (final Future<?> result : results) {
                result.get();
            }
            assertEquals((long) THREADS * OPERATIONS, sum(space, 8));
            assertEquals((long) THREADS * OPERATIONS, sum(space, 16));
            final SpaceStatus status = space.status();
            assertTrue(status.usedBytes() > status.memoryLimitBytes(), "more data than memory: " + status);
            assertTrue(status.memoryUsedBytes() <= status.memoryLimitBytes(), "within the limit: " + status);
            assertTrue(status.misses() > 1000, "pages were read again: " + status);
        } finally {
            threads.shutdownNow();
        }
        try (LocalSpace space = LocalSpace.open(config)) {
            for (final Worker worker : workers) {
                for (int page = 0; page < OWN_PAGES; page++) {
                    worker.check(space, page);
                }
            }
            assertEquals((long) THREADS * OPERATIONS, sum(space, 8));
            assertTrue(space.findDamagedPages().isEmpty());
        }
    }
}
