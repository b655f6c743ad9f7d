package org.dsmfs.layout.page;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.dsmfs.engine.Segment;

/**
 * An inode: one page, of a header, a body whose meaning depends on the type, and room for small extended attributes.
 * Setters need {@link #wrapForEdit}.
 *
 * <p>The body holds, by type: a regular file's bytes, or with {@link #MAPPED} the root of its hole map; a symbolic
 * link's target, or with {@link #MAPPED} nothing (the target is in data page 0); a directory tree's root node.
 */
public final class InodePage {
    /** "DSMI". */
    public static final int MAGIC = 0x494d5344;
    /** Version of all formats in this package. */
    public static final int FORMAT_VERSION = 1;

    /** Flag: the content is in data pages, not in the body. */
    public static final int MAPPED = 0x1;
    /** Flag: data pages from {@link #trimFromPage} on are no longer part of the file and wait to be freed. */
    public static final int TRIM_PENDING = 0x2;
    /** Flag: made without a name (O_TMPFILE), so that link may give it the first one. */
    public static final int TEMPORARY = 0x4;
    /** Flag: has an entry in a list of orphans, see {@link #orphanList}. */
    public static final int ORPHAN = 0x8;
    /** Flag: nothing of it may be changed, FS_IMMUTABLE_FL. */
    public static final int IMMUTABLE = 0x10;
    /** Flag: it may only grow, FS_APPEND_FL. */
    public static final int APPEND_ONLY = 0x20;

    /** Slots for extended attributes outside the inode; so few that all names together fit in 64 KiB. */
    public static final int XATTR_SLOTS = 240;

    /** Where the body starts. */
    public static final int BODY_OFFSET = 256;
    /** Bytes of the body. */
    public static final int BODY_LENGTH = 2816;
    /** Where the small extended attributes start ({@link XattrArea}). */
    public static final int XATTR_OFFSET = BODY_OFFSET + BODY_LENGTH;
    /** Bytes for small extended attributes. */
    public static final int XATTR_LENGTH = Segment.SMALL_PAGE_SIZE - XATTR_OFFSET;

    private static final int MAGIC_OFFSET = 0;
    private static final int VERSION_OFFSET = 4;
    private static final int FLAGS_OFFSET = 6;
    private static final int INO_OFFSET = 8;
    private static final int MODE_OFFSET = 16;
    private static final int NLINK_OFFSET = 20;
    private static final int UID_OFFSET = 24;
    private static final int GID_OFFSET = 28;
    private static final int RDEV_OFFSET = 32;
    private static final int XATTR_BYTES_OFFSET = 36;
    private static final int SIZE_OFFSET = 40;
    private static final int PAGES_OFFSET = 48;
    private static final int ATIME_OFFSET = 56;
    private static final int MTIME_OFFSET = 72;
    private static final int CTIME_OFFSET = 88;
    private static final int BTIME_OFFSET = 104;
    private static final int NANOS = 8;
    private static final int TRIM_FROM_OFFSET = 120;
    private static final int PARENT_OFFSET = 128;
    private static final int SEED_OFFSET = 136;
    private static final int ENTRIES_OFFSET = 144;
    private static final int NEXT_NODE_OFFSET = 152;
    private static final int XATTR_SLOTS_OFFSET = 160;
    private static final int ORPHAN_LIST_OFFSET = 192;

    private DirectBuffer buffer;
    private MutableDirectBuffer editable;

    /** Looks at a page without changing it. */
    public void wrap(final DirectBuffer page) {
        buffer = page;
        editable = null;
    }

    /** Takes a private copy to change. */
    public void wrapForEdit(final MutableDirectBuffer page) {
        buffer = page;
        editable = page;
    }

    /** @return the page's bytes */
    public DirectBuffer buffer() {
        return buffer;
    }

    /** @return the page's bytes to change; null if wrapped only to look at */
    public MutableDirectBuffer editable() {
        return editable;
    }

    /** Makes a zero-filled page an inode. */
    public void initialise(final long ino) {
        editable.putInt(MAGIC_OFFSET, MAGIC, LITTLE_ENDIAN);
        editable.putShort(VERSION_OFFSET, (short) FORMAT_VERSION, LITTLE_ENDIAN);
        editable.putLong(INO_OFFSET, ino, LITTLE_ENDIAN);
    }

    /** @return what is wrong with the header of an inode of this number; null if nothing */
    public String damage(final long ino) {
        if (buffer.getInt(MAGIC_OFFSET, LITTLE_ENDIAN) != MAGIC) {
            return "is not an inode";
        }
        final int version = buffer.getShort(VERSION_OFFSET, LITTLE_ENDIAN) & 0xffff;
        if (version != FORMAT_VERSION) {
            return "has format version " + version + ", this program knows " + FORMAT_VERSION;
        }
        if (buffer.getLong(INO_OFFSET, LITTLE_ENDIAN) != ino) {
            return "says to be inode " + buffer.getLong(INO_OFFSET, LITTLE_ENDIAN);
        }
        if (size() < 0 || nlink() < 0 || pages() < 0 || xattrBytes() > XATTR_LENGTH) {
            return "has a size or count out of range";
        }
        return null;
    }

    /**
     * @return {@link #MAPPED}, {@link #TRIM_PENDING}, {@link #TEMPORARY}, {@link #ORPHAN}, {@link #IMMUTABLE},
     *     {@link #APPEND_ONLY}
     */
    public int flags() {
        return buffer.getShort(FLAGS_OFFSET, LITTLE_ENDIAN) & 0xffff;
    }

    /** @return whether the flag is set */
    public boolean has(final int flag) {
        return (flags() & flag) != 0;
    }

    /** Sets or clears one flag. */
    public void flag(final int flag, final boolean set) {
        final int flags = set ? flags() | flag : flags() & ~flag;
        editable.putShort(FLAGS_OFFSET, (short) flags, LITTLE_ENDIAN);
    }

    /** @return S_IFMT | 07777 */
    public int mode() {
        return buffer.getInt(MODE_OFFSET, LITTLE_ENDIAN);
    }

    public void mode(final int mode) {
        editable.putInt(MODE_OFFSET, mode, LITTLE_ENDIAN);
    }

    /** @return 0..2^31-1 */
    public int nlink() {
        return buffer.getInt(NLINK_OFFSET, LITTLE_ENDIAN);
    }

    public void nlink(final int nlink) {
        editable.putInt(NLINK_OFFSET, nlink, LITTLE_ENDIAN);
    }

    public int uid() {
        return buffer.getInt(UID_OFFSET, LITTLE_ENDIAN);
    }

    public void uid(final int uid) {
        editable.putInt(UID_OFFSET, uid, LITTLE_ENDIAN);
    }

    public int gid() {
        return buffer.getInt(GID_OFFSET, LITTLE_ENDIAN);
    }

    public void gid(final int gid) {
        editable.putInt(GID_OFFSET, gid, LITTLE_ENDIAN);
    }

    /** @return device number as makedev(3) encodes it */
    public int rdev() {
        return buffer.getInt(RDEV_OFFSET, LITTLE_ENDIAN);
    }

    public void rdev(final int rdev) {
        editable.putInt(RDEV_OFFSET, rdev, LITTLE_ENDIAN);
    }

    /** @return bytes of the {@link XattrArea} in use */
    public int xattrBytes() {
        return buffer.getShort(XATTR_BYTES_OFFSET, LITTLE_ENDIAN) & 0xffff;
    }

    public void xattrBytes(final int length) {
        editable.putShort(XATTR_BYTES_OFFSET, (short) length, LITTLE_ENDIAN);
    }

    /** @return bytes of a file or of a symbolic link's target; 0 for other types */
    public long size() {
        return buffer.getLong(SIZE_OFFSET, LITTLE_ENDIAN);
    }

    public void size(final long size) {
        editable.putLong(SIZE_OFFSET, size, LITTLE_ENDIAN);
    }

    /** @return data pages that exist; of a directory its nodes beside the root */
    public long pages() {
        return buffer.getLong(PAGES_OFFSET, LITTLE_ENDIAN);
    }

    public void pages(final long pages) {
        editable.putLong(PAGES_OFFSET, pages, LITTLE_ENDIAN);
    }

    public long atimeSeconds() {
        return buffer.getLong(ATIME_OFFSET, LITTLE_ENDIAN);
    }

    public int atimeNanos() {
        return buffer.getInt(ATIME_OFFSET + NANOS, LITTLE_ENDIAN);
    }

    public void atime(final long seconds, final int nanos) {
        time(ATIME_OFFSET, seconds, nanos);
    }

    public long mtimeSeconds() {
        return buffer.getLong(MTIME_OFFSET, LITTLE_ENDIAN);
    }

    public int mtimeNanos() {
        return buffer.getInt(MTIME_OFFSET + NANOS, LITTLE_ENDIAN);
    }

    public void mtime(final long seconds, final int nanos) {
        time(MTIME_OFFSET, seconds, nanos);
    }

    public long ctimeSeconds() {
        return buffer.getLong(CTIME_OFFSET, LITTLE_ENDIAN);
    }

    public int ctimeNanos() {
        return buffer.getInt(CTIME_OFFSET + NANOS, LITTLE_ENDIAN);
    }

    public void ctime(final long seconds, final int nanos) {
        time(CTIME_OFFSET, seconds, nanos);
    }

    public long btimeSeconds() {
        return buffer.getLong(BTIME_OFFSET, LITTLE_ENDIAN);
    }

    public int btimeNanos() {
        return buffer.getInt(BTIME_OFFSET + NANOS, LITTLE_ENDIAN);
    }

    public void btime(final long seconds, final int nanos) {
        time(BTIME_OFFSET, seconds, nanos);
    }

    /** @return first data page to free; with {@link #TRIM_PENDING} */
    public long trimFromPage() {
        return buffer.getLong(TRIM_FROM_OFFSET, LITTLE_ENDIAN);
    }

    public void trimFromPage(final long page) {
        editable.putLong(TRIM_FROM_OFFSET, page, LITTLE_ENDIAN);
    }

    /** @return inode number of a directory's parent; the root's is itself */
    public long parent() {
        return buffer.getLong(PARENT_OFFSET, LITTLE_ENDIAN);
    }

    public void parent(final long ino) {
        editable.putLong(PARENT_OFFSET, ino, LITTLE_ENDIAN);
    }

    /** @return what a directory mixes into the hashes of its names */
    public long seed() {
        return buffer.getLong(SEED_OFFSET, LITTLE_ENDIAN);
    }

    public void seed(final long seed) {
        editable.putLong(SEED_OFFSET, seed, LITTLE_ENDIAN);
    }

    /** @return entries of a directory, "." and ".." not counted */
    public long entries() {
        return buffer.getLong(ENTRIES_OFFSET, LITTLE_ENDIAN);
    }

    public void entries(final long entries) {
        editable.putLong(ENTRIES_OFFSET, entries, LITTLE_ENDIAN);
    }

    /** @return page of a directory's next new node: they are never reused */
    public long nextNode() {
        return buffer.getLong(NEXT_NODE_OFFSET, LITTLE_ENDIAN);
    }

    public void nextNode(final long page) {
        editable.putLong(NEXT_NODE_OFFSET, page, LITTLE_ENDIAN);
    }

    /** @return inode number of the list of orphans it is in; 0 if in none, or in the one that all nodes once shared */
    public long orphanList() {
        return buffer.getLong(ORPHAN_LIST_OFFSET, LITTLE_ENDIAN);
    }

    public void orphanList(final long ino) {
        editable.putLong(ORPHAN_LIST_OFFSET, ino, LITTLE_ENDIAN);
    }

    /** @return whether the slot holds an extended attribute */
    public boolean xattrSlot(final int slot) {
        return Bitmap.get(buffer, XATTR_SLOTS_OFFSET, slot);
    }

    /** Marks a slot taken or free. */
    public void xattrSlot(final int slot, final boolean taken) {
        if (taken) {
            Bitmap.set(editable, XATTR_SLOTS_OFFSET, slot);
        } else {
            Bitmap.clear(editable, XATTR_SLOTS_OFFSET, slot);
        }
    }

    /** @return the first taken slot at or after {@code from}; at least {@link #XATTR_SLOTS} if there is none */
    public int nextXattrSlot(final int from) {
        return Bitmap.nextSet(buffer, XATTR_SLOTS_OFFSET, XATTR_SLOTS + 16, from);
    }

    private void time(final int offset, final long seconds, final int nanos) {
        editable.putLong(offset, seconds, LITTLE_ENDIAN);
        editable.putInt(offset + NANOS, nanos, LITTLE_ENDIAN);
    }
}
