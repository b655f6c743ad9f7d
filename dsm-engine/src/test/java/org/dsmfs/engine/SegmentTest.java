package org.dsmfs.engine;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SegmentTest {
    @Test
    void keepsKindAndNumber() {
        for (final int kind : new int[] {0, 1, 0x3f, 0x80, 0xff}) {
            for (final long number : new long[] {0, 1, Segment.MAX_NUMBER}) {
                final long segment = Segment.of(kind, number);
                assertEquals(kind, Segment.kind(segment));
                assertEquals(number, Segment.number(segment));
            }
        }
    }

    @Test
    void refusesWhatDoesNotFit() {
        assertThrows(IllegalArgumentException.class, () -> Segment.of(256, 0));
        assertThrows(IllegalArgumentException.class, () -> Segment.of(-1, 0));
        assertThrows(IllegalArgumentException.class, () -> Segment.of(0, -1));
        assertThrows(IllegalArgumentException.class, () -> Segment.of(0, Segment.MAX_NUMBER + 1));
    }

    @Test
    void kindBitsSayHowPagesAreTreated() {
        assertTrue(Segment.isLarge(Segment.of(Segment.LARGE_PAGES | 1, 5)));
        assertFalse(Segment.isLarge(Segment.of(Segment.VOLATILE | 1, 5)));
        assertTrue(Segment.isVolatile(Segment.of(Segment.VOLATILE | 1, 5)));
        assertFalse(Segment.isVolatile(Segment.of(0x3f, 5)));
    }

    @Test
    void isDescribedInHexadecimal() {
        assertEquals("81:1f/a", Segment.describe(Segment.of(0x81, 31), 10));
    }
}
