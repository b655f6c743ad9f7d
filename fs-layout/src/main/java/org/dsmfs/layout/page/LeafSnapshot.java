package org.dsmfs.layout.page;

import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.Segment;

/** A private copy of a leaf's entries in the order of their keys. Reusable. */
public final class LeafSnapshot {
    private static final int MAX_ENTRIES = Segment.SMALL_PAGE_SIZE / DirectoryLeaf.entryLength(1);

    private final UnsafeBuffer bytes = new UnsafeBuffer(new byte[Segment.SMALL_PAGE_SIZE]);
    private final long[] keys = new long[MAX_ENTRIES];
    private final int[] entries = new int[MAX_ENTRIES];
    private DirectoryLeaf copy;
    private int count;

    /**
     * Copies the leaf.
     *
     * @throws DamagedPageException if its entries contradict each other
     */
    public void take(final DirectoryLeaf leaf) {
        bytes.putBytes(0, leaf.buffer, leaf.base, leaf.length);
        copy = new DirectoryLeaf(new DirectoryNode.Region(bytes, bytes, 0, leaf.length, 0, 0));
        count = 0;
        for (int entry = leaf.first(); entry < leaf.end(); entry = leaf.next(entry)) {
            leaf.next(entry);
            if (leaf.key(entry) != DirectoryLeaf.DEAD_KEY) {
                if (leaf.nameLength(entry) == 0) {
                    throw leaf.damaged("directory entry at " + entry + " has no name");
                }
                insert(leaf.key(entry), entry);
            }
        }
        if (count != leaf.count()) {
            throw leaf.damaged("directory leaf has " + count + " entries but counts " + leaf.count());
        }
    }

    /** @return number of entries */
    public int count() {
        return count;
    }

    /** @return index of the first entry with at least this key; {@link #count} if there is none */
    public int indexFrom(final long key) {
        final int index = Arrays.binarySearch(keys, 0, count, key);
        return index < 0 ? -index - 1 : index;
    }

    public long key(final int index) {
        return keys[index];
    }

    public long ino(final int index) {
        return copy.ino(entries[index]);
    }

    /** @return S_IFMT bits */
    public int type(final int index) {
        return copy.type(entries[index]);
    }

    /** @return a new array */
    public byte[] name(final int index) {
        return copy.name(entries[index]);
    }

    /** @return bytes of the entry in a leaf */
    public int length(final int index) {
        return DirectoryLeaf.entryLength(copy.nameLength(entries[index]));
    }

    /** Fills an empty leaf with the entries from {@code from} to before {@code to}. */
    public void copyTo(final DirectoryLeaf leaf, final int from, final int to) {
        for (int i = from; i < to; i++) {
            leaf.append(bytes, entries[i], length(i));
        }
    }

    private void insert(final long key, final int entry) {
        int i = count++;
        while (i > 0 && keys[i - 1] > key) {
            keys[i] = keys[i - 1];
            entries[i] = entries[i - 1];
            i--;
        }
        keys[i] = key;
        entries[i] = entry;
    }
}
