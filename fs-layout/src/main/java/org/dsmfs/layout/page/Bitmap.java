package org.dsmfs.layout.page;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** A bitmap inside a buffer: bit b is bit {@code b % 8} of byte {@code b / 8}. Its length is a multiple of 64 bits. */
public final class Bitmap {
    private Bitmap() {
    }

    /** @return whether the bit is set */
    public static boolean get(final DirectBuffer buffer, final int offset, final int bit) {
        return (buffer.getByte(offset + (bit >> 3)) & 1 << (bit & 7)) != 0;
    }

    /** Sets one bit. */
    public static void set(final MutableDirectBuffer buffer, final int offset, final int bit) {
        final int index = offset + (bit >> 3);
        buffer.putByte(index, (byte) (buffer.getByte(index) | 1 << (bit & 7)));
    }

    /** Clears one bit. */
    public static void clear(final MutableDirectBuffer buffer, final int offset, final int bit) {
        final int index = offset + (bit >> 3);
        buffer.putByte(index, (byte) (buffer.getByte(index) & ~(1 << (bit & 7))));
    }

    /** @return the first set bit at or after {@code from}; {@code bits} if there is none */
    public static int nextSet(final DirectBuffer buffer, final int offset, final int bits, final int from) {
        return next(buffer, offset, bits, from, 0);
    }

    /** @return the first clear bit at or after {@code from}; {@code bits} if there is none */
    public static int nextClear(final DirectBuffer buffer, final int offset, final int bits, final int from) {
        return next(buffer, offset, bits, from, -1L);
    }

    private static int next(
        final DirectBuffer buffer, final int offset, final int bits, final int from, final long inverse) {
        int word = from & -64;
        long mask = -1L << (from & 63);
        while (word < bits) {
            final long found = (buffer.getLong(offset + (word >> 3), LITTLE_ENDIAN) ^ inverse) & mask;
            if (found != 0) {
                return word + Long.numberOfTrailingZeros(found);
            }
            word += 64;
            mask = -1L;
        }
        return bits;
    }
}
