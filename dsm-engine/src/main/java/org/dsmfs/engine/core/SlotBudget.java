package org.dsmfs.engine.core;

import org.dsmfs.engine.SpaceFullException;

import java.util.BitSet;

/**
 * Who may use a slab's free slots. Each page that exists and rests nowhere yet has one coming; a part is reserved for
 * removal, and for writing dirty pages when the space is full.
 */
public final class SlotBudget {
    /** Part that only removal may use, and that lets dirty pages be written when the space is full. */
    private static final int RESERVED_BYTES = 2 << 20;
    /** Fewest slots in that part. */
    private static final int MIN_RESERVED_SLOTS = 64;
    /** Part of the reserved slots that not even removal may use for new pages. */
    private static final int CLEANING_PART = 4;

    private final SlotAllocator slots;
    private final Abandoned growth;
    private final int reserved;
    /** Pages that exist but rest nowhere on disk yet; each will need a slot. */
    private int unplaced;
    private boolean canGrow = true;

    /** @param growth what to throw so that the slab is made to grow */
    SlotBudget(final int pageSize, final Abandoned growth) {
        this.slots = new SlotAllocator(pageSize);
        this.growth = growth;
        this.reserved = Math.max(MIN_RESERVED_SLOTS, RESERVED_BYTES / pageSize);
    }

    SlotAllocator slots() {
        return slots;
    }

    /** @param change pages that rest nowhere yet, more than before */
    void countUnplaced(final int change) {
        unplaced += change;
    }

    /** @param making pages that the run makes */
    void checkRoom(final int making, final boolean useReserve) {
        final int kept = useReserve ? reserved / CLEANING_PART : reserved;
        if (slots.free() - unplaced - making < kept) {
            throw full(slots.free() + slots.retired() - unplaced - making >= kept);
        }
    }

    /** @return a fresh slot for a page's content */
    int takeSlot() {
        if (slots.free() <= reserved / CLEANING_PART) {
            throw full(slots.retired() > 0);
        }
        return slots.allocate();
    }

    /**
     * @param retiredHelp whether there is room once retired slots are free
     * @return what to do about too few free slots
     */
    private RuntimeException full(final boolean retiredHelp) {
        if (canGrow) {
            return growth;
        }
        return retiredHelp ? Abandoned.CHECKPOINT : SpaceFullException.INSTANCE;
    }

    /** The slab has now this many slots. */
    public void grown(final int newSlots) {
        slots.grow(newSlots);
    }

    /** @param can whether the slab could grow if asked; false makes operations fail that need it to */
    public void canGrow(final boolean can) {
        canGrow = can;
    }

    /**
     * Takes free slots whose blocks go back to the disk.
     *
     * @param bytes     as many as are needed elsewhere
     * @param keptBytes what stays for new pages, besides the reserve
     * @return slots that nobody can use from now on
     */
    public BitSet giveBlocksBack(final long bytes, final long keptBytes) {
        final long possible = Math.max(0, spareBytes() - reservedBytes() - keptBytes);
        final long most = Math.min(possible, bytes + slots.pageSize() - 1) / slots.pageSize();
        return slots.giveBlocksBack((int) Math.min(most, Integer.MAX_VALUE));
    }

    /** At the start: the slot table says that this slot has no blocks. */
    public void loadWithoutBlocks(final int slot) {
        slots.takeWithoutBlocks(slot);
    }

    /** @return slots without blocks, at most so many */
    public BitSet withoutBlocks(final int count) {
        return slots.withoutBlocks(count);
    }

    /** The slots have blocks again, and can be used. */
    public void blocksTakenAgain(final BitSet slotsWithBlocks) {
        slots.blocksTakenAgain(slotsWithBlocks);
    }

    /** @return bytes of slots that are neither taken nor spoken for; below 0 if more are spoken for than are free */
    public long spareBytes() {
        return (long) (slots.free() - unplaced) * slots.pageSize();
    }

    /** @return bytes of slots that hold nothing current, and become free with the next checkpoint */
    public long retiredBytes() {
        return (long) slots.retired() * slots.pageSize();
    }

    /**
     * @return bytes of slots that hold nothing current and are not spoken for; some may become free with the next
     *     checkpoint
     */
    public long unusedBytes() {
        return Math.max(0, spareBytes() + retiredBytes());
    }

    /** @return bytes of free slots that only removal may use */
    public long reservedBytes() {
        return (long) reserved * slots.pageSize();
    }
}
