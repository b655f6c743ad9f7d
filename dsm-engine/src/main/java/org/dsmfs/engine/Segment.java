package org.dsmfs.engine;

/**
 * The upper half of a 128-bit <em>global address</em> (EP 0 844 559, description of fig. 1): 64 bits that name a
 * segment, beside 64 bits of offset in it. A segment is a kind (8 bits) and a number (56 bits); numbers are granted
 * by the <em>address generator</em> and never reused. Several kinds may share one number: a file's inode, data and
 * extended attributes are segments of different kinds with the inode's number.
 *
 * <p>The kind says how the engine treats the segment's pages; what they mean is the caller's business.
 */
public final class Segment {
    /** Largest segment number. */
    public static final long MAX_NUMBER = (1L << 56) - 1;
    /** Kind bit: pages have the data page size of the space; without it they have {@link #SMALL_PAGE_SIZE}. */
    public static final int LARGE_PAGES = 0x80;
    /** Kind bit: pages are <em>volatile</em> (fig. 4): in RAM only, never journaled, gone after a restart. */
    public static final int VOLATILE = 0x40;
    /** Largest value of the caller's part of a kind; type 0 belongs to the engine. */
    public static final int MAX_TYPE = 0x3f;
    /** Bytes of a page in a segment without {@link #LARGE_PAGES}. */
    public static final int SMALL_PAGE_SIZE = 4096;

    /** Partitions that the numbers are divided into; a node is responsible for whole partitions. */
    public static final int PARTITIONS = 1024;
    /** Numbers of each partition. */
    public static final long PARTITION_NUMBERS = (MAX_NUMBER + 1) / PARTITIONS;

    private static final int KIND_SHIFT = 56;
    private static final int PARTITION_SHIFT = Long.numberOfTrailingZeros(PARTITION_NUMBERS);

    private Segment() {
    }

    /**
     * @param kind   0..255: {@link #LARGE_PAGES}, {@link #VOLATILE} and a type
     * @param number 0..{@link #MAX_NUMBER}
     */
    public static long of(final int kind, final long number) {
        if ((kind & ~0xff) != 0 || (number & ~MAX_NUMBER) != 0) {
            throw new IllegalArgumentException("segment kind " + kind + ", number " + number + " out of range");
        }
        return (long) kind << KIND_SHIFT | number;
    }

    /** @return the kind, 0..255 */
    public static int kind(final long segment) {
        return (int) (segment >>> KIND_SHIFT);
    }

    /** @return the number, 0..{@link #MAX_NUMBER} */
    public static long number(final long segment) {
        return segment & MAX_NUMBER;
    }

    /** @return partition of the segment's number, 0..{@link #PARTITIONS} - 1 */
    public static int partition(final long segment) {
        return (int) (number(segment) >>> PARTITION_SHIFT);
    }

    /** @return lowest number of a partition */
    public static long firstNumber(final int partition) {
        return (long) partition << PARTITION_SHIFT;
    }

    /** @return whether the segment's pages have the space's data page size */
    public static boolean isLarge(final long segment) {
        return (kind(segment) & LARGE_PAGES) != 0;
    }

    /** @return whether the segment's pages live in RAM only */
    public static boolean isVolatile(final long segment) {
        return (kind(segment) & VOLATILE) != 0;
    }

    /** @return the address in the form used in logs and errors: kind:number/page in hexadecimal */
    public static String describe(final long segment, final long page) {
        return String.format("%02x:%x/%x", kind(segment), number(segment), page);
    }
}
