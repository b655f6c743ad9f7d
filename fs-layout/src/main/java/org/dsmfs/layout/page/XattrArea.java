package org.dsmfs.layout.page;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The small extended attributes inside an inode, one behind the other: name length (1), zero (1), value length (2),
 * name, value. Offsets of records are relative to the area.
 */
public final class XattrArea {
    private static final int NAME_LENGTH = 0;
    private static final int VALUE_LENGTH = 2;
    private static final int NAME = 4;

    private XattrArea() {
    }

    /** @return bytes of a record */
    public static int recordLength(final int nameLength, final int valueLength) {
        return NAME + nameLength + valueLength;
    }

    /** @return whether such a record fits behind the last one */
    public static boolean hasRoom(final InodePage inode, final int nameLength, final int valueLength) {
        return inode.xattrBytes() + recordLength(nameLength, valueLength) <= InodePage.XATTR_LENGTH;
    }

    /** @return whether there is a whole record at the offset; its lengths are to be trusted only then */
    public static boolean isRecord(final InodePage inode, final int record) {
        return record + NAME <= inode.xattrBytes() && record + length(inode, record) <= inode.xattrBytes();
    }

    /** @return bytes of the record */
    public static int length(final InodePage inode, final int record) {
        return recordLength(nameLength(inode, record), valueLength(inode, record));
    }

    /** @return a copy of the name */
    public static byte[] name(final InodePage inode, final int record) {
        final byte[] name = new byte[nameLength(inode, record)];
        inode.buffer().getBytes(at(record) + NAME, name);
        return name;
    }

    /** @return a copy of the value */
    public static byte[] value(final InodePage inode, final int record) {
        final byte[] value = new byte[valueLength(inode, record)];
        inode.buffer().getBytes(at(record) + NAME + nameLength(inode, record), value);
        return value;
    }

    /** Adds a record; there must be room. */
    public static void append(final InodePage inode, final byte[] name, final byte[] value) {
        final MutableDirectBuffer buffer = inode.editable();
        final int record = inode.xattrBytes();
        buffer.putByte(at(record) + NAME_LENGTH, (byte) name.length);
        buffer.putShort(at(record) + VALUE_LENGTH, (short) value.length, LITTLE_ENDIAN);
        buffer.putBytes(at(record) + NAME, name);
        buffer.putBytes(at(record) + NAME + name.length, value);
        inode.xattrBytes(record + recordLength(name.length, value.length));
    }

    /** Removes a record, moving the ones behind it down and leaving zeros at the end. */
    public static void remove(final InodePage inode, final int record) {
        final MutableDirectBuffer buffer = inode.editable();
        final int length = length(inode, record);
        final int behind = inode.xattrBytes() - record - length;
        buffer.putBytes(at(record), buffer, at(record + length), behind);
        buffer.setMemory(at(record + behind), length, (byte) 0);
        inode.xattrBytes(record + behind);
    }

    private static int nameLength(final InodePage inode, final int record) {
        return inode.buffer().getByte(at(record) + NAME_LENGTH) & 0xff;
    }

    private static int valueLength(final InodePage inode, final int record) {
        final DirectBuffer buffer = inode.buffer();
        return buffer.getShort(at(record) + VALUE_LENGTH, LITTLE_ENDIAN) & 0xffff;
    }

    private static int at(final int record) {
        return InodePage.XATTR_OFFSET + record;
    }
}
