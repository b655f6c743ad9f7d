package org.dsmfs.layout.page;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

/**
 * An inner node of a directory's tree: slots of (lowest key, page of the child), sorted by key. The first slot takes
 * everything below the second one's key, whatever its own says.
 */
public final class DirectoryBranch extends DirectoryNode {
    private static final int SLOT_LENGTH = 16;
    private static final int KEY = 0;
    private static final int CHILD = 8;

    private final int level;

    /** @throws DamagedPageException if the region does not hold an inner node */
    public DirectoryBranch(final Region region) {
        super(region);
        level = region.level();
        if (level == 0 || count() == 0 || count() > capacity()) {
            throw damaged("is not a directory branch, or has a count out of range");
        }
    }

    /** Makes the region an inner node with one child. */
    public static DirectoryBranch create(final Region region, final int level, final long key, final long child) {
        region.initialise(level, 1);
        final DirectoryBranch branch = new DirectoryBranch(region);
        branch.slot(0, key, child);
        return branch;
    }

    /** @return 1 if the children are leaves, more above */
    public int level() {
        return level;
    }

    /** @return whether no child can be added */
    public boolean isFull() {
        return count() == capacity();
    }

    /** @return lowest key of the child, except the first's */
    public long key(final int slot) {
        return buffer.getLong(base + offset(slot) + KEY, LITTLE_ENDIAN);
    }

    /** @return page of the child */
    public long child(final int slot) {
        final long child = buffer.getLong(base + offset(slot) + CHILD, LITTLE_ENDIAN);
        if (child < 1) {
            throw damaged("directory branch has a child out of range");
        }
        return child;
    }

    /** @return slot of the child that the key belongs to */
    public int slotFor(final long key) {
        int low = 0;
        int high = count() - 1;
        while (low < high) {
            final int middle = (low + high + 1) >>> 1;
            if (key(middle) <= key) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** Adds a child; there must be room. */
    public void insert(final int slot, final long key, final long child) {
        final int moved = (count() - slot) * SLOT_LENGTH;
        editable.putBytes(base + offset(slot + 1), editable, base + offset(slot), moved);
        slot(slot, key, child);
        count(count() + 1);
    }

    /** Removes a child; not the only one. */
    public void remove(final int slot) {
        final int moved = (count() - slot - 1) * SLOT_LENGTH;
        editable.putBytes(base + offset(slot), editable, base + offset(slot + 1), moved);
        count(count() - 1);
    }

    /** Moves the slots from this one on into an empty region, which becomes a node of the same level. */
    public void moveTail(final int slot, final Region target) {
        final DirectoryBranch other = create(target, level, key(slot), child(slot));
        for (int i = slot + 1; i < count(); i++) {
            other.insert(i - slot, key(i), child(i));
        }
        if (slot > 0) {
            count(slot);
        }
    }

    private int capacity() {
        return (length - HEADER_LENGTH) / SLOT_LENGTH;
    }

    private static int offset(final int slot) {
        return HEADER_LENGTH + slot * SLOT_LENGTH;
    }

    private void slot(final int slot, final long key, final long child) {
        editable.putLong(base + offset(slot) + KEY, key, LITTLE_ENDIAN);
        editable.putLong(base + offset(slot) + CHILD, child, LITTLE_ENDIAN);
    }
}
