package org.dsmfs.layout.page;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.dsmfs.engine.Segment;

/**
 * An extended attribute outside the inode: slot s takes pages {@link #PAGES_PER_SLOT} * s and the following. The first
 * one starts with magic (2), version (1), name length (1), value length (4) and the name; the value follows and goes
 * on in the next pages, which are nothing but value.
 */
public final class XattrPage {
    /** Pages that a slot spans; enough for the longest name and value. */
    public static final int PAGES_PER_SLOT = 32;
    /** Longest value, bytes. */
    public static final int MAX_VALUE_LENGTH = 65536;

    private static final short MAGIC = 0x5841;
    private static final int MAGIC_OFFSET = 0;
    private static final int VERSION_OFFSET = 2;
    private static final int NAME_LENGTH_OFFSET = 3;
    private static final int VALUE_LENGTH_OFFSET = 4;
    private static final int NAME_OFFSET = 8;

    private XattrPage() {
    }

    /** @return first page of the slot */
    public static long firstPage(final int slot) {
        return (long) slot * PAGES_PER_SLOT;
    }

    /** @return pages that an attribute takes */
    public static int pageCount(final int nameLength, final int valueLength) {
        return (valueOffset(nameLength) + valueLength + Segment.SMALL_PAGE_SIZE - 1) / Segment.SMALL_PAGE_SIZE;
    }

    /** @return where the value starts in the first page */
    public static int valueOffset(final int nameLength) {
        return NAME_OFFSET + nameLength;
    }

    /** @return whether the first page of a slot makes sense */
    public static boolean isValid(final DirectBuffer first) {
        return first.getShort(MAGIC_OFFSET, LITTLE_ENDIAN) == MAGIC
            && first.getByte(VERSION_OFFSET) == InodePage.FORMAT_VERSION
            && nameLength(first) > 0
            && valueLength(first) >= 0 && valueLength(first) <= MAX_VALUE_LENGTH;
    }

    /** Writes all of a slot's first page before the value. */
    public static void initialise(final MutableDirectBuffer first, final byte[] name, final int valueLength) {
        first.putShort(MAGIC_OFFSET, MAGIC, LITTLE_ENDIAN);
        first.putByte(VERSION_OFFSET, (byte) InodePage.FORMAT_VERSION);
        first.putByte(NAME_LENGTH_OFFSET, (byte) name.length);
        first.putInt(VALUE_LENGTH_OFFSET, valueLength, LITTLE_ENDIAN);
        first.putBytes(NAME_OFFSET, name);
    }

    public static int nameLength(final DirectBuffer first) {
        return first.getByte(NAME_LENGTH_OFFSET) & 0xff;
    }

    /** @return a copy of the name */
    public static byte[] name(final DirectBuffer first) {
        final byte[] name = new byte[nameLength(first)];
        first.getBytes(NAME_OFFSET, name);
        return name;
    }

    public static int valueLength(final DirectBuffer first) {
        return first.getInt(VALUE_LENGTH_OFFSET, LITTLE_ENDIAN);
    }
}
