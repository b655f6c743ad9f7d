package org.dsmfs.layout.page;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.dsmfs.engine.Segment;

/**
 * What the processes of a node wait for: magic (4), version (2), entries in this page (2), incarnation of the node (4),
 * from 16 on entries: owner (8), inode number (8), first byte (8), last byte (8), type (1), zero (7). A full page is
 * followed by another one. Only the node itself writes them.
 */
public final class WaitPage {
    private static final int HEADER_LENGTH = 16;
    private static final int ENTRY_LENGTH = 40;
    /** Entries in a page. */
    public static final int CAPACITY = (Segment.SMALL_PAGE_SIZE - HEADER_LENGTH) / ENTRY_LENGTH;

    private static final int MAGIC = 0x54575344;
    private static final int MAGIC_OFFSET = 0;
    private static final int VERSION_OFFSET = 4;
    private static final int COUNT_OFFSET = 6;
    private static final int INCARNATION_OFFSET = 8;
    private static final int OWNER = 0;
    private static final int INO = 8;
    private static final int START = 16;
    private static final int END = 24;
    private static final int TYPE = 32;

    private WaitPage() {
    }

    /** @return whether the page makes sense */
    public static boolean isValid(final DirectBuffer page) {
        return page.getInt(MAGIC_OFFSET, LITTLE_ENDIAN) == MAGIC
            && page.getShort(VERSION_OFFSET, LITTLE_ENDIAN) == InodePage.FORMAT_VERSION
            && count(page) <= CAPACITY;
    }

    /** Writes the header. */
    public static void initialise(final MutableDirectBuffer page, final int count, final int incarnation) {
        page.putInt(MAGIC_OFFSET, MAGIC, LITTLE_ENDIAN);
        page.putShort(VERSION_OFFSET, (short) InodePage.FORMAT_VERSION, LITTLE_ENDIAN);
        page.putShort(COUNT_OFFSET, (short) count, LITTLE_ENDIAN);
        page.putInt(INCARNATION_OFFSET, incarnation, LITTLE_ENDIAN);
    }

    public static int count(final DirectBuffer page) {
        return page.getShort(COUNT_OFFSET, LITTLE_ENDIAN) & 0xffff;
    }

    /** @return which start of the node wrote the page */
    public static int incarnation(final DirectBuffer page) {
        return page.getInt(INCARNATION_OFFSET, LITTLE_ENDIAN);
    }

    public static long owner(final DirectBuffer page, final int index) {
        return page.getLong(at(index) + OWNER, LITTLE_ENDIAN);
    }

    public static long ino(final DirectBuffer page, final int index) {
        return page.getLong(at(index) + INO, LITTLE_ENDIAN);
    }

    /** @return first byte of the range */
    public static long start(final DirectBuffer page, final int index) {
        return page.getLong(at(index) + START, LITTLE_ENDIAN);
    }

    /** @return last byte of the range */
    public static long end(final DirectBuffer page, final int index) {
        return page.getLong(at(index) + END, LITTLE_ENDIAN);
    }

    /** @return 0 shared, 1 exclusive */
    public static int type(final DirectBuffer page, final int index) {
        return page.getByte(at(index) + TYPE);
    }

    /** Writes an entry. */
    public static void entry(final MutableDirectBuffer page, final int index, final long owner, final long ino,
                             final long start, final long end, final int type) {
        page.putLong(at(index) + OWNER, owner, LITTLE_ENDIAN);
        page.putLong(at(index) + INO, ino, LITTLE_ENDIAN);
        page.putLong(at(index) + START, start, LITTLE_ENDIAN);
        page.putLong(at(index) + END, end, LITTLE_ENDIAN);
        page.putByte(at(index) + TYPE, (byte) type);
    }

    private static int at(final int index) {
        return HEADER_LENGTH + index * ENTRY_LENGTH;
    }
}
