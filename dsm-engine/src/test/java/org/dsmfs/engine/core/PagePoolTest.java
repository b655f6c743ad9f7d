package org.dsmfs.engine.core;

import org.agrona.UnsafeApi;
import org.dsmfs.engine.SpaceClosedException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class PagePoolTest {
    private static final int SMALL = 4096;

    private record Block(long address, int size, long content) {
        static Block of(final PagePool pool, final int size, final long content) {
            final Block block = new Block(pool.allocate(size), size, content);
            for (int at = 0; at < size; at += Long.BYTES) {
                UnsafeApi.putLong(block.address + at, content);
            }
            return block;
        }

        void check() {
            for (int at = 0; at < size; at += Long.BYTES) {
                assertEquals(content, UnsafeApi.getLong(address + at), "byte " + at + " of " + size);
            }
        }
    }

    private final List<Block> blocks = new ArrayList<>();
    private PagePool pool;

    @AfterEach
    void giveBack() {
        blocks.forEach(block -> pool.free(block.address, block.size));
        pool.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {4 << 10, 8 << 10, 32 << 10, 128 << 10})
    void pagesDoNotOverlapWhateverComesAndGoes(final int large) {
        pool = new PagePool(10L * large, large);
        final Random random = new Random(large);
        for (int i = 0; i < 5_000; i++) {
            if (random.nextInt(100) < (i / 500 % 2 == 0 ? 60 : 40)) {
                blocks.add(Block.of(pool, random.nextBoolean() ? large : SMALL, i));
            } else if (!blocks.isEmpty()) {
                final Block block = blocks.remove(random.nextInt(blocks.size()));
                block.check();
                pool.free(block.address, block.size);
            }
        }
        blocks.forEach(Block::check);
    }

    @Test
    void theRoomOfSmallPagesServesLargeOnesAndBack() {
        pool = new PagePool(4 * 8 * SMALL, 8 * SMALL);
        final long first = pool.allocate(SMALL);
        final long end = first + 4 * 8 * SMALL;
        pool.free(first, SMALL);
        for (int round = 0; round < 3; round++) {
            fill(32, SMALL, first, end);
            fill(4, 8 * SMALL, first, end);
        }
    }

    private void fill(final int count, final int size, final long start, final long end) {
        for (int i = 0; i < count; i++) {
            blocks.add(Block.of(pool, size, i));
        }
        blocks.forEach(block -> assertTrue(block.address >= start && block.address < end, "outside of the region"));
        blocks.forEach(block -> pool.free(block.address, block.size));
        blocks.clear();
    }

    @Test
    void memoryLivesUntilTheLastPageIsGivenBack() {
        pool = new PagePool(64 << 10, 32 << 10);
        final Block block = Block.of(pool, SMALL, 7);
        pool.close();
        assertThrows(SpaceClosedException.class, () -> pool.allocate(SMALL));
        block.check();
        pool.free(block.address, SMALL);
    }
}
