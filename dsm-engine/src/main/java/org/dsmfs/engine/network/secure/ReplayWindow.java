package org.dsmfs.engine.network.secure;

import java.util.Arrays;

/**
 * Tells datagrams that come for the first time from repeated ones by a bitmap of the highest numbers (RFC 4303, 3.4.3).
 * What is too old to be told is refused too: to Aeron it is a lost datagram.
 */
final class ReplayWindow {
    /** Numbers in the window, a power of two. */
    static final int SIZE = 4096;

    private final long[] bits = new long[SIZE / Long.SIZE];
    private long highest;

    /** @return whether the number, 1.., may be new: neither too old nor added before */
    boolean admits(final long number) {
        return number > highest || number > highest - SIZE && number > 0 && (bits[word(number)] & bit(number)) == 0;
    }

    /** Remembers an admitted number. To be called only once its datagram has proven genuine. */
    void add(final long number) {
        if (number - highest >= SIZE) {
            Arrays.fill(bits, 0);
            highest = number;
        }
        while (highest < number) {
            highest++;
            bits[word(highest)] &= ~bit(highest);
        }
        bits[word(number)] |= bit(number);
    }

    private static int word(final long number) {
        return (int) (number & SIZE - 1) / Long.SIZE;
    }

    private static long bit(final long number) {
        return 1L << number;
    }
}
