package org.dsmfs.layout.page;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;

/**
 * A leaf of a directory's tree: entries one behind the other in the order they came, so that adding one changes few
 * bytes; removing one only zeroes its key, and the room comes back when the leaf is rewritten.
 *
 * <p>Entry: key (8), inode number (8), type as S_IFMT / 4096 (1), name length (1), name. Offsets of entries are
 * relative to the node.
 */
public final class DirectoryLeaf extends DirectoryNode {
    /** Key of an entry that was removed. */
    public static final long DEAD_KEY = 0;

    private static final int USED_OFFSET = 6;
    private static final int DEAD_OFFSET = 8;
    private static final int KEY = 0;
    private static final int INO = 8;
    private static final int TYPE = 16;
    private static final int NAME_LENGTH = 17;
    private static final int NAME = 18;

    /** @throws DamagedPageException if the region does not hold a leaf */
    public DirectoryLeaf(final Region region) {
        super(region);
        if (region.level() != 0) {
            throw damaged("is not a directory leaf");
        }
        if (used() < HEADER_LENGTH || used() > length || dead() > used() - HEADER_LENGTH) {
            throw damaged("directory leaf has lengths out of range");
        }
    }

    /** Makes the region an empty leaf. */
    public static DirectoryLeaf create(final Region region) {
        region.initialise(0, 0);
        region.editable().putShort(region.base() + USED_OFFSET, (short) HEADER_LENGTH, LITTLE_ENDIAN);
        return new DirectoryLeaf(region);
    }

    /** @return bytes that an entry with such a name takes */
    public static int entryLength(final int nameLength) {
        return NAME + nameLength;
    }

    /** @return offset of the first entry, dead or not; {@link #end} if there is none */
    public int first() {
        return HEADER_LENGTH;
    }

    /** @return offset behind the last entry */
    public int end() {
        return used();
    }

    /** @return offset of the next entry, dead or not; {@link #end} if there is none */
    public int next(final int entry) {
        if (entry + NAME > used() || entry + entryLength(nameLength(entry)) > used()) {
            throw damaged("directory entry at " + entry + " reaches beyond the leaf's end");
        }
        return entry + entryLength(nameLength(entry));
    }

    /** @return the entry's key; {@link #DEAD_KEY} if it was removed */
    public long key(final int entry) {
        return buffer.getLong(base + entry + KEY, LITTLE_ENDIAN);
    }

    /** @return the entry's inode number */
    public long ino(final int entry) {
        return buffer.getLong(base + entry + INO, LITTLE_ENDIAN);
    }

    /** @return the entry's type, S_IFMT bits */
    public int type(final int entry) {
        return (buffer.getByte(base + entry + TYPE) & 0xf) << 12;
    }

    /** @return whether the entry has this name */
    public boolean isNamed(final int entry, final byte[] name) {
        if (nameLength(entry) != name.length) {
            return false;
        }
        for (int i = 0; i < name.length; i++) {
            if (buffer.getByte(base + entry + NAME + i) != name[i]) {
                return false;
            }
        }
        return true;
    }

    /** @return a copy of the entry's name */
    public byte[] name(final int entry) {
        final byte[] name = new byte[nameLength(entry)];
        buffer.getBytes(base + entry + NAME, name);
        return name;
    }

    /** @return whether an entry with such a name fits behind the last one */
    public boolean hasRoom(final int nameLength) {
        return used() + entryLength(nameLength) <= length;
    }

    /** @return whether rewriting the leaf gains a good part of it, enough for any entry */
    public boolean isWorthCompacting() {
        return dead() >= length / 4;
    }

    /** Adds an entry; there must be room. */
    public void append(final long key, final long ino, final int type, final byte[] name) {
        final int entry = used();
        editable.putLong(base + entry + KEY, key, LITTLE_ENDIAN);
        editable.putByte(base + entry + NAME_LENGTH, (byte) name.length);
        editable.putBytes(base + entry + NAME, name);
        refer(entry, ino, type);
        added(entryLength(name.length));
    }

    /** Adds a copy of an entry of another leaf. */
    void append(final DirectBuffer source, final int sourceIndex, final int entryLength) {
        editable.putBytes(base + used(), source, sourceIndex, entryLength);
        added(entryLength);
    }

    /** Makes the entry name another inode. */
    public void refer(final int entry, final long ino, final int type) {
        editable.putLong(base + entry + INO, ino, LITTLE_ENDIAN);
        editable.putByte(base + entry + TYPE, (byte) (type >> 12));
    }

    /** Removes an entry; its bytes stay behind until the leaf is rewritten or empty. */
    public void remove(final int entry) {
        count(count() - 1);
        if (count() == 0) {
            clear();
        } else {
            editable.putLong(base + entry + KEY, DEAD_KEY, LITTLE_ENDIAN);
            editable.putShort(base + DEAD_OFFSET, (short) (dead() + entryLength(nameLength(entry))), LITTLE_ENDIAN);
        }
    }

    /** Removes all entries. */
    public void clear() {
        count(0);
        editable.putShort(base + USED_OFFSET, (short) HEADER_LENGTH, LITTLE_ENDIAN);
        editable.putShort(base + DEAD_OFFSET, (short) 0, LITTLE_ENDIAN);
    }

    int nameLength(final int entry) {
        return buffer.getByte(base + entry + NAME_LENGTH) & 0xff;
    }

    private void added(final int entryLength) {
        editable.putShort(base + USED_OFFSET, (short) (used() + entryLength), LITTLE_ENDIAN);
        count(count() + 1);
    }

    private int used() {
        return buffer.getShort(base + USED_OFFSET, LITTLE_ENDIAN) & 0xffff;
    }

    private int dead() {
        return buffer.getShort(base + DEAD_OFFSET, LITTLE_ENDIAN) & 0xffff;
    }
}
