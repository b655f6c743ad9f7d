package org.dsmfs.engine.core;

import java.util.BitSet;

/**
 * Which slots of a slab are free. A page is never overwritten where it rests: a new version goes to a fresh slot, and
 * the old one is <em>retired</em>, to be free again once a checkpoint has made the new one known to the disk.
 */
final class SlotAllocator {
    private final BitSet taken = new BitSet();
    /** Those of the taken slots whose blocks were given back to the disk. */
    private final BitSet withoutBlocks = new BitSet();
    private final int pageSize;
    private int slots;
    private int free;
    private int next;
    private int retired;

    SlotAllocator(final int pageSize) {
        this.pageSize = pageSize;
    }

    int pageSize() {
        return pageSize;
    }

    /** The slab has now this many slots. */
    void grow(final int newSlots) {
        if (newSlots < slots) {
            throw new IllegalStateException("slab shrinks from " + slots + " to " + newSlots);
        }
        free += newSlots - slots;
        slots = newSlots;
    }

    /** @return a slot, next to the one before if possible; -1 if none is free */
    int allocate() {
        if (free == 0) {
            return -1;
        }
        int slot = taken.nextClearBit(next);
        if (slot >= slots) {
            slot = taken.nextClearBit(0);
        }
        take(slot);
        next = slot + 1;
        return slot;
    }

    /** Marks a slot as taken that the disk says is. */
    void take(final int slot) {
        if (slot >= slots || taken.get(slot)) {
            throw new IllegalStateException("slot " + slot + " of " + slots + " taken twice or beyond the end");
        }
        taken.set(slot);
        free--;
    }

    boolean isTaken(final int slot) {
        return taken.get(slot);
    }

    /** Gives back a slot that neither the disk nor the log knows, or whose retirement is over. */
    void release(final int slot) {
        if (!taken.get(slot)) {
            throw new IllegalStateException("slot " + slot + " released twice");
        }
        taken.clear(slot);
        free++;
    }

    /** A taken slot is no longer current. */
    void retire() {
        retired++;
    }

    /** A checkpoint ends the retirement of the slot. */
    void releaseRetired(final int slot) {
        retired--;
        release(slot);
    }

    /** Takes free slots, the last ones first, whose blocks go back to the disk. @return at most so many */
    BitSet giveBlocksBack(final int count) {
        final BitSet given = new BitSet();
        int slot = taken.previousClearBit(slots - 1);
        for (int i = 0; i < count && slot >= 0; i++) {
            given.set(slot);
            slot = taken.previousClearBit(slot - 1);
        }
        given.stream().forEach(this::takeWithoutBlocks);
        return given;
    }

    /** Marks a free slot as one without blocks, which nobody can use. */
    void takeWithoutBlocks(final int slot) {
        take(slot);
        withoutBlocks.set(slot);
    }

    /** @return slots without blocks, the first ones first, at most so many */
    BitSet withoutBlocks(final int count) {
        final BitSet found = new BitSet();
        int slot = withoutBlocks.nextSetBit(0);
        for (int i = 0; i < count && slot >= 0; i++) {
            found.set(slot);
            slot = withoutBlocks.nextSetBit(slot + 1);
        }
        return found;
    }

    /** The slots have blocks again. */
    void blocksTakenAgain(final BitSet slotsWithBlocks) {
        withoutBlocks.andNot(slotsWithBlocks);
        slotsWithBlocks.stream().forEach(this::release);
    }

    int slots() {
        return slots;
    }

    int free() {
        return free;
    }

    int retired() {
        return retired;
    }
}
