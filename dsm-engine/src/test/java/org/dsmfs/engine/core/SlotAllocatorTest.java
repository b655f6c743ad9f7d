package org.dsmfs.engine.core;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SlotAllocatorTest {
    private final SlotAllocator slots = new SlotAllocator(4096);

    @Test
    void givesNeighboursUntilNoneIsFree() {
        assertEquals(-1, slots.allocate());
        slots.grow(3);
        assertEquals(0, slots.allocate());
        assertEquals(1, slots.allocate());
        assertEquals(2, slots.allocate());
        assertEquals(-1, slots.allocate());
        assertEquals(0, slots.free());
    }

    @Test
    void beginsAgainAtTheStartOfTheSlab() {
        slots.grow(3);
        slots.take(1);
        assertEquals(0, slots.allocate());
        assertEquals(2, slots.allocate());
        slots.release(1);
        assertEquals(1, slots.allocate());
    }

    @Test
    void growthAddsFreeSlots() {
        slots.grow(2);
        slots.allocate();
        slots.grow(5);
        assertEquals(4, slots.free());
        assertEquals(5, slots.slots());
        assertThrows(IllegalStateException.class, () -> slots.grow(4));
    }

    @Test
    void retiredSlotIsFreeOnlyAfterACheckpoint() {
        slots.grow(1);
        final int slot = slots.allocate();
        slots.retire();
        assertEquals(1, slots.retired());
        assertEquals(0, slots.free());
        assertEquals(-1, slots.allocate());
        slots.releaseRetired(slot);
        assertEquals(0, slots.retired());
        assertEquals(1, slots.free());
        assertFalse(slots.isTaken(slot));
    }

    @Test
    void refusesWhatCannotBe() {
        slots.grow(2);
        slots.take(1);
        assertTrue(slots.isTaken(1));
        assertThrows(IllegalStateException.class, () -> slots.take(1));
        assertThrows(IllegalStateException.class, () -> slots.take(2));
        assertThrows(IllegalStateException.class, () -> slots.release(0));
    }
}
