package org.dsmfs.layout.page;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.dsmfs.engine.Segment;

/**
 * Advisory locks of an inode: magic (4), version (2), entries in this page (2), then in page 0 only: entries in all
 * pages (4), 1 if the locks are complete (4), era (8). From 32 on entries: owner (8), first byte (8), last byte (8),
 * pid (4), incarnation (4), node (2), type (1), kind (1), zero (4). A full page is followed by another one.
 */
public final class LockPage {
    /** Offset of the first entry. */
    private static final int HEADER_LENGTH = 32;
    private static final int ENTRY_LENGTH = 40;
    /** Entries in a page. */
    public static final int CAPACITY = (Segment.SMALL_PAGE_SIZE - HEADER_LENGTH) / ENTRY_LENGTH;

    private static final int MAGIC = 0x4b4c5344;
    private static final int MAGIC_OFFSET = 0;
    private static final int VERSION_OFFSET = 4;
    private static final int COUNT_OFFSET = 6;
    private static final int TOTAL_OFFSET = 8;
    private static final int COMPLETE_OFFSET = 12;
    private static final int ERA_OFFSET = 16;
    private static final int OWNER = 0;
    private static final int START = 8;
    private static final int END = 16;
    private static final int PID = 24;
    private static final int INCARNATION = 28;
    private static final int NODE = 32;
    private static final int TYPE = 34;
    private static final int KIND = 35;

    private LockPage() {
    }

    /** @return whether the page makes sense */
    public static boolean isValid(final DirectBuffer page) {
        return page.getInt(MAGIC_OFFSET, LITTLE_ENDIAN) == MAGIC
            && page.getShort(VERSION_OFFSET, LITTLE_ENDIAN) == InodePage.FORMAT_VERSION
            && count(page) <= CAPACITY;
    }

    /** Writes the header of a page. */
    public static void initialise(final MutableDirectBuffer page, final int count) {
        page.putInt(MAGIC_OFFSET, MAGIC, LITTLE_ENDIAN);
        page.putShort(VERSION_OFFSET, (short) InodePage.FORMAT_VERSION, LITTLE_ENDIAN);
        page.putShort(COUNT_OFFSET, (short) count, LITTLE_ENDIAN);
    }

    /** Writes what page 0 says of all. */
    public static void summary(
        final MutableDirectBuffer page, final int total, final long era, final boolean isComplete) {
        page.putInt(TOTAL_OFFSET, total, LITTLE_ENDIAN);
        page.putInt(COMPLETE_OFFSET, isComplete ? 1 : 0, LITTLE_ENDIAN);
        page.putLong(ERA_OFFSET, era, LITTLE_ENDIAN);
    }

    public static int count(final DirectBuffer page) {
        return page.getShort(COUNT_OFFSET, LITTLE_ENDIAN) & 0xffff;
    }

    /** @return entries in all pages; of page 0 */
    public static int total(final DirectBuffer page) {
        return page.getInt(TOTAL_OFFSET, LITTLE_ENDIAN);
    }

    /** @return whether all nodes' locks are in the pages; of page 0 */
    public static boolean isComplete(final DirectBuffer page) {
        return page.getInt(COMPLETE_OFFSET, LITTLE_ENDIAN) == 1;
    }

    /** @return a number that no other set of pages for locks has, also of the same inode; of page 0 */
    public static long era(final DirectBuffer page) {
        return page.getLong(ERA_OFFSET, LITTLE_ENDIAN);
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

    /** @return number of the owner's node */
    public static int node(final DirectBuffer page, final int index) {
        return page.getShort(at(index) + NODE, LITTLE_ENDIAN) & 0xffff;
    }

    /** @return starts of the owner's node */
    public static int incarnation(final DirectBuffer page, final int index) {
        return page.getInt(at(index) + INCARNATION, LITTLE_ENDIAN);
    }

    /** @return 0 shared, 1 exclusive */
    public static int type(final DirectBuffer page, final int index) {
        return page.getByte(at(index) + TYPE);
    }

    /** @return 0 for a byte range, 1 for flock */
    public static int kind(final DirectBuffer page, final int index) {
        return page.getByte(at(index) + KIND);
    }

    /** Writes what an entry says of its owner. */
    public static void owner(final MutableDirectBuffer page, final int index, final long owner, final int node,
                             final int incarnation, final int pid) {
        page.putLong(at(index) + OWNER, owner, LITTLE_ENDIAN);
        page.putShort(at(index) + NODE, (short) node, LITTLE_ENDIAN);
        page.putInt(at(index) + INCARNATION, incarnation, LITTLE_ENDIAN);
        page.putInt(at(index) + PID, pid, LITTLE_ENDIAN);
    }

    /** Writes what an entry says of the lock. */
    public static void range(final MutableDirectBuffer page, final int index, final long start, final long end,
                             final int type, final int kind) {
        page.putLong(at(index) + START, start, LITTLE_ENDIAN);
        page.putLong(at(index) + END, end, LITTLE_ENDIAN);
        page.putByte(at(index) + TYPE, (byte) type);
        page.putByte(at(index) + KIND, (byte) kind);
    }

    private static int at(final int index) {
        return HEADER_LENGTH + index * ENTRY_LENGTH;
    }
}
