package org.dsmfs.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ReadAheadTest {
    private static final long INO = 7;
    private static final int LENGTH = 128 << 10;
    private static final long SIZE = 1L << 30;

    private final ReadAhead readAhead = new ReadAhead();

    /** @return bytes that are asked for */
    private long read(final long ino, final long offset, final int length, final long size) {
        final ReadAhead.Range range = readAhead.reading(ino, offset, length, size);
        if (range == null) {
            return 0;
        }
        assertTrue(range.end() <= size, "nothing behind the end");
        readAhead.asked(ino, range);
        return range.end() - range.from();
    }

    private long read(final long offset) {
        return read(INO, offset, LENGTH, SIZE);
    }

    @Test
    void whoReadsOnIsKeptAheadOfByAWindowThatGrows() {
        assertEquals(0, read(0));
        long asked = LENGTH;
        for (int i = 1; i < 100; i++) {
            asked += read((long) i * LENGTH);
            final long ahead = asked - (i + 1L) * LENGTH;
            assertTrue(ahead > 0 && ahead <= ReadAhead.MAX_WINDOW_BYTES, "ahead by " + ahead);
            assertTrue(i < 50 || ahead >= ReadAhead.MAX_WINDOW_BYTES / 2 - LENGTH, "ahead by " + ahead);
        }
    }

    @Test
    void eachByteIsAskedForOnce() {
        long end = 0;
        for (int i = 0; i < 100; i++) {
            final ReadAhead.Range range = readAhead.reading(INO, (long) i * LENGTH, LENGTH, SIZE);
            if (range != null) {
                assertTrue(range.from() >= end);
                end = range.end();
                readAhead.asked(INO, range);
            }
        }
    }

    @Test
    void requestsThatOvertakeEachOtherAreOneReader() {
        long asked = 0;
        for (int i = 0; i < 100; i++) {
            asked += read((long) (i ^ 1) * LENGTH);
        }
        assertTrue(asked >= 95L * LENGTH, "asked for " + asked);
    }

    @Test
    void nothingIsAskedForBehindTheEnd() {
        assertEquals(0, read(INO, 0, LENGTH, LENGTH + 10));
        assertEquals(0, read(INO, LENGTH, LENGTH, LENGTH + 10));
        assertEquals(0, read(INO + 1, 0, LENGTH, 2 * LENGTH + 10));
        assertEquals(10, read(INO + 1, LENGTH, LENGTH, 2 * LENGTH + 10));
        assertEquals(0, read(INO + 1, 2 * LENGTH, LENGTH, 2 * LENGTH + 10));
    }

    @Test
    void whoJumpsGetsNothing() {
        final Random random = new Random(1);
        long asked = 0;
        for (int i = 0; i < 10_000; i++) {
            asked += read(INO, (long) random.nextInt((int) (SIZE / 4096)) * 4096, 4096, SIZE);
        }
        assertTrue(asked < 10_000L * 4096 / 10, "asked for " + asked);
    }

    @Test
    void manyReadersOfOneFileAreKeptApart() {
        long asked = 0;
        for (int i = 0; i < 20; i++) {
            for (int reader = 0; reader < 16; reader++) {
                asked += read(reader * (SIZE / 16) + (long) i * LENGTH);
            }
        }
        assertTrue(asked >= 16L * 18 * LENGTH, "asked for " + asked);
    }

    @Test
    void aReadThatIsRepeatedAsksForTheSame() {
        read(0);
        final ReadAhead.Range first = readAhead.reading(INO, LENGTH, LENGTH, SIZE);
        assertEquals(first, readAhead.reading(INO, LENGTH, LENGTH, SIZE));
        readAhead.asked(INO, first);
        assertNull(readAhead.reading(INO, LENGTH, LENGTH, SIZE));
    }
}
