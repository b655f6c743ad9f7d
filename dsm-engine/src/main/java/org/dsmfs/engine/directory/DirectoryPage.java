package org.dsmfs.engine.directory;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.membership.View;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

/**
 * A <em>directory page</em>: slots {address, value}, sorted by address. In a leaf the value is the partition of what
 * begins there; in a branch it is the child page, and the first slot takes everything below the second one's address,
 * whatever its own says. Offsets are frozen; docs/DIRECTORY.md.
 */
final class DirectoryPage {
    /** Slots of a page. */
    static final int CAPACITY = 169;
    /** Highest level there can be: more than all addresses take. */
    static final int MAX_LEVEL = 7;

    /** "\1dsmdirp", not in the root page: there the address generator has a long of its own here, and one more. */
    private static final long MAGIC = 0x70726964_6d736401L;
    private static final int MAGIC_OFFSET = 0;
    /** Root page only: index of the next page to make, 0 before the first. */
    private static final int NEXT_PAGE_OFFSET = 16;
    private static final int LEVEL_OFFSET = 24;
    private static final int COUNT_OFFSET = 28;
    private static final int SLOTS_OFFSET = 32;
    private static final int NUMBER = 0;
    private static final int PAGE = 8;
    private static final int VALUE = 16;
    private static final int SLOT_BYTES = 24;

    private final long index;
    private final DirectBuffer bytes;

    private DirectoryPage(final long index, final DirectBuffer bytes) {
        this.index = index;
        this.bytes = bytes;
    }

    /** @throws EngineException if the bytes are not a root page's */
    static DirectoryPage root(final DirectBuffer bytes) {
        final DirectoryPage page = new DirectoryPage(Directory.ROOT_PAGE, bytes);
        if (page.level() < 0 || page.level() > MAX_LEVEL) {
            throw page.invalid("has level " + page.level());
        }
        page.checkCount(page.level() == 0 ? 0 : 1);
        return page;
    }

    /** @throws EngineException if the bytes, which may be null, are not those of a page of this level below the root */
    static DirectoryPage child(final long index, final DirectBuffer bytes, final int level) {
        final DirectoryPage page = new DirectoryPage(index, bytes);
        if (bytes == null) {
            throw page.invalid("is missing");
        }
        if (bytes.getLong(MAGIC_OFFSET, LITTLE_ENDIAN) != MAGIC || page.level() != level) {
            throw page.invalid("is none of level " + level);
        }
        page.checkCount(1);
        return page;
    }

    private void checkCount(final int least) {
        if (count() < least || count() > CAPACITY) {
            throw invalid("has " + count() + " slots");
        }
    }

    /** @return a new page below the root, without slots */
    static Editor create(final long index, final MutableDirectBuffer bytes, final int level) {
        bytes.setMemory(0, Segment.SMALL_PAGE_SIZE, (byte) 0);
        bytes.putLong(MAGIC_OFFSET, MAGIC, LITTLE_ENDIAN);
        bytes.putInt(LEVEL_OFFSET, level, LITTLE_ENDIAN);
        return new Editor(new DirectoryPage(index, bytes), bytes);
    }

    /** @return the way to change this page, whose bytes these must be */
    Editor edit(final MutableDirectBuffer same) {
        return new Editor(this, same);
    }

    private EngineException invalid(final String how) {
        return new EngineException("page " + index + " of the directory is not valid: it " + how);
    }

    /** @return 0 for a leaf, 1 if the children are leaves, more above */
    int level() {
        return bytes.getInt(LEVEL_OFFSET, LITTLE_ENDIAN);
    }

    int count() {
        return bytes.getInt(COUNT_OFFSET, LITTLE_ENDIAN);
    }

    boolean isFull() {
        return count() == CAPACITY;
    }

    /** @return segment number of a slot's address */
    long number(final int slot) {
        return bytes.getLong(offset(slot) + NUMBER, LITTLE_ENDIAN);
    }

    /** @return page index of a slot's address */
    long page(final int slot) {
        return bytes.getLong(offset(slot) + PAGE, LITTLE_ENDIAN);
    }

    /** @return partition of a leaf's slot */
    int partition(final int slot) {
        final long partition = value(slot);
        if (partition < 0 || partition >= View.PARTITIONS) {
            throw invalid("has partition " + partition);
        }
        return (int) partition;
    }

    /** @return page of a branch's child */
    long child(final int slot) {
        final long child = value(slot);
        if (child < 1) {
            throw invalid("has child " + child);
        }
        return child;
    }

    private long value(final int slot) {
        return bytes.getLong(offset(slot) + VALUE, LITTLE_ENDIAN);
    }

    /** @return the slot of a branch that leads to the address */
    int slotFor(final long number, final long page) {
        return floor(number, page, 0);
    }

    /** @return the last slot of a leaf that is not behind the address, -1 if there is none */
    int floor(final long number, final long page) {
        return floor(number, page, -1);
    }

    private int floor(final long number, final long page, final int least) {
        int low = least;
        int high = count() - 1;
        while (low < high) {
            final int middle = low + high + 1 >> 1;
            if (Range.compare(number(middle), page(middle), number, page) <= 0) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private static int offset(final int slot) {
        return SLOTS_OFFSET + slot * SLOT_BYTES;
    }

    /** Changes a page. */
    static final class Editor {
        private final DirectoryPage page;
        private final MutableDirectBuffer bytes;

        private Editor(final DirectoryPage page, final MutableDirectBuffer bytes) {
            this.page = page;
            this.bytes = bytes;
        }

        DirectoryPage page() {
            return page;
        }

        /** Takes the index of a page to be made. This must be the root page. */
        long takeNextPage() {
            final long next = Math.max(Directory.ROOT_PAGE + 1, bytes.getLong(NEXT_PAGE_OFFSET, LITTLE_ENDIAN));
            bytes.putLong(NEXT_PAGE_OFFSET, next + 1, LITTLE_ENDIAN);
            return next;
        }

        void level(final int level) {
            bytes.putInt(LEVEL_OFFSET, level, LITTLE_ENDIAN);
        }

        /** Adds a slot before this one; there must be room. */
        void insert(final int slot, final long number, final long pageIndex, final long value) {
            bytes.putBytes(offset(slot + 1), bytes, offset(slot), (page.count() - slot) * SLOT_BYTES);
            bytes.putLong(offset(slot) + NUMBER, number, LITTLE_ENDIAN);
            bytes.putLong(offset(slot) + PAGE, pageIndex, LITTLE_ENDIAN);
            bytes.putLong(offset(slot) + VALUE, value, LITTLE_ENDIAN);
            count(page.count() + 1);
        }

        void remove(final int slot) {
            bytes.putBytes(offset(slot), bytes, offset(slot + 1), (page.count() - slot - 1) * SLOT_BYTES);
            truncate(page.count() - 1);
        }

        /** Moves the slots from this one on to an empty page. */
        void moveTail(final int slot, final Editor target) {
            target.bytes.putBytes(SLOTS_OFFSET, bytes, offset(slot), (page.count() - slot) * SLOT_BYTES);
            target.count(page.count() - slot);
            truncate(slot);
        }

        /** Keeps the slots before this one; the others become zeros. */
        private void truncate(final int slot) {
            bytes.setMemory(offset(slot), (page.count() - slot) * SLOT_BYTES, (byte) 0);
            count(slot);
        }

        private void count(final int count) {
            bytes.putInt(COUNT_OFFSET, count, LITTLE_ENDIAN);
        }
    }
}
