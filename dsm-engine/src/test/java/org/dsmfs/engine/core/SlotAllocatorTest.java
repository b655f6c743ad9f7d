package org.dsmfs.engine.core;

import org.junit.jupiter.api.Test;

import java.util.BitSet;

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
    void slotsWithoutBlocksAreNotFree() {
        slots.grow(5);
        slots.take(4);
        final BitSet given = slots.giveBlocksBack(2);
        assertEquals(BitSet.valueOf(new long[] {0b1100}), given);
        assertEquals(2, slots.free());
        assertEquals(0, slots.allocate());
        assertEquals(1, slots.allocate());
        assertEquals(-1, slots.allocate());
        assertEquals(new BitSet(), slots.giveBlocksBack(1));
        assertEquals(BitSet.valueOf(new long[] {0b0100}), slots.withoutBlocks(1));
        slots.blocksTakenAgain(slots.withoutBlocks(1));
        assertEquals(2, slots.allocate());
        assertEquals(BitSet.valueOf(new long[] {0b1000}), slots.withoutBlocks(7));
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
