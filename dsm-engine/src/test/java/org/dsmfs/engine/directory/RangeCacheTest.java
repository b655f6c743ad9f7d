package org.dsmfs.engine.directory;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertEquals;

class RangeCacheTest {
    private final RangeCache cache = new RangeCache();

    @Test
    void knowsTheDirectoryItself() {
        assertEquals(0, cache.partition(0, Long.MAX_VALUE));
        assertEquals(-1, cache.partition(1, 0));
        cache.add(new Range(1, 0, 5, 0, 7));
        assertEquals(7, cache.partition(4, Long.MAX_VALUE));
        cache.clear();
        assertEquals(-1, cache.partition(4, 0));
        assertEquals(0, cache.partition(0, 0));
    }

    @Test
    void newerRangesCutOlderOnes() {
        final long seed = Long.getLong("directory.seed", 1);
        final Random random = new Random(seed);
        final int numbers = 60;
        final int pages = 4;
        final int[] model = new int[numbers * pages];
        for (int run = 0; run < 20_000; run++) {
            if (run % 200 == 0) {
                cache.clear();
                Arrays.fill(model, -1);
                Arrays.fill(model, 0, pages, 0);
            }
            final int first = random.nextInt(numbers * pages - 1);
            final int end = Math.min(numbers * pages - 1, first + 1 + random.nextInt(20));
            final int partition = random.nextInt(1024);
            cache.add(new Range(first / pages, first % pages, end / pages, end % pages, partition));
            Arrays.fill(model, first, end, partition);
            for (int i = 0; i < model.length; i++) {
                assertEquals(model[i], cache.partition(i / pages, i % pages), "seed " + seed + ", run " + run);
            }
        }
    }
}
