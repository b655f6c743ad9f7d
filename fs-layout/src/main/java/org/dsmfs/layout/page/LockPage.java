package org.dsmfs.layout.page;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.dsmfs.engine.Segment;

/**
 * Advisory locks of an inode: magic (4), version (2), count (2), then entries of owner (8), first byte (8), last byte
 * (8), pid (4), type (1), kind (1), zero (2). A full page is followed by another one.
 */
public final class LockPage {
    /** Offset of the first entry. */
    private static final int HEADER_LENGTH = 32;
    private static final int ENTRY_LENGTH = 32;
    /** Entries in a page. */
    public static final int CAPACITY = (Segment.SMALL_PAGE_SIZE - HEADER_LENGTH) / ENTRY_LENGTH;

    private static final int MAGIC = 0x4b4c5344;
    private static final int MAGIC_OFFSET = 0;
    private static final int VERSION_OFFSET = 4;
    private static final int COUNT_OFFSET = 6;
    private static final int OWNER = 0;
    private static final int START = 8;
    private static final int END = 16;
    private static final int PID = 24;
    private static final int TYPE = 28;
    private static final int KIND = 29;

    private LockPage() {
    }

    /** @return whether the page makes sense */
    public static boolean isValid(final DirectBuffer page) {
        return page.getInt(MAGIC_OFFSET, LITTLE_ENDIAN) == MAGIC
            && page.getShort(VERSION_OFFSET, LITTLE_ENDIAN) == InodePage.FORMAT_VERSION
            && count(page) <= CAPACITY;
    }

    /** Writes the header. */
    public static void initialise(final MutableDirectBuffer page, final int count) {
        page.putInt(MAGIC_OFFSET, MAGIC, LITTLE_ENDIAN);
        page.putShort(VERSION_OFFSET, (short) InodePage.FORMAT_VERSION, LITTLE_ENDIAN);
        page.putShort(COUNT_OFFSET, (short) count, LITTLE_ENDIAN);
    }

    public static int count(final DirectBuffer page) {
        return page.getShort(COUNT_OFFSET, LITTLE_ENDIAN) & 0xffff;
    }

    public static long owner(final DirectBuffer page, final int index) {
        return page.getLong(at(index) + OWNER, LITTLE_ENDIAN);
    }

    /** @return first byte of the range */
    public static long start(final DirectBuffer page, final int index) {
        return page.getLong(at(index) + START, LITTLE_ENDIAN);
    }

    /** @return last byte of the range */
    public static long end(final DirectBuffer page, final int index) {
        return page.getLong(at(index) + END, LITTLE_ENDIAN);
    }

    public static int pid(final DirectBuffer page, final int index) {
        return page.getInt(at(index) + PID, LITTLE_ENDIAN);
    }

    /** @return 0 shared, 1 exclusive */
    public static int type(final DirectBuffer page, final int index) {
        return page.getByte(at(index) + TYPE);
    }

    /** @return 0 for a byte range, 1 for flock */
    public static int kind(final DirectBuffer page, final int index) {
        return page.getByte(at(index) + KIND);
    }

    /** Writes an entry. */
    public static void entry(
        final MutableDirectBuffer page, final int index, final long owner, final long start, final long end,
        final int pid, final int type, final int kind) {
        page.putLong(at(index) + OWNER, owner, LITTLE_ENDIAN);
        page.putLong(at(index) + START, start, LITTLE_ENDIAN);
        page.putLong(at(index) + END, end, LITTLE_ENDIAN);
        page.putInt(at(index) + PID, pid, LITTLE_ENDIAN);
        page.putByte(at(index) + TYPE, (byte) type);
        page.putByte(at(index) + KIND, (byte) kind);
    }

    private static int at(final int index) {
        return HEADER_LENGTH + index * ENTRY_LENGTH;
    }
}
