package org.dsmfs.engine.coherence;

import java.util.Arrays;

/**
 * Tells new sequence numbers from repeated ones by a bitmap of the highest ones, so that a node remembers a fixed
 * amount per peer and nothing per page. It is exact because both ends keep to it: a requester issues a number only when
 * the one {@link #capacity} below is settled, so whatever is below the window was admitted before.
 */
final class SequenceWindow {
    private final long[] bits;
    private final int mask;
    private long highest;

    /** @param capacity numbers in the window, a power of two, 64.. */
    SequenceWindow(final int capacity) {
        if (capacity < Long.SIZE || Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("window of " + capacity + " numbers");
        }
        bits = new long[capacity / Long.SIZE];
        mask = capacity - 1;
    }

    int capacity() {
        return mask + 1;
    }

    /** @return highest number that was admitted, 0 if none */
    long highest() {
        return highest;
    }

    /** @return whether the number is below the window or was admitted */
    boolean contains(final long seq) {
        return seq <= highest - capacity() || seq <= highest && bit(seq);
    }

    /** Admits a number that is not contained, 1... */
    void add(final long seq) {
        if (seq - highest >= capacity()) {
            Arrays.fill(bits, 0);
        } else {
            for (long passed = highest + 1; passed < seq; passed++) {
                clear(passed);
            }
        }
        bits[(int) (seq & mask) >>> 6] |= 1L << seq;
        highest = Math.max(highest, seq);
    }

    /** A number is contained no more, as if it had never been added; not for ones below the window. */
    void clear(final long seq) {
        bits[(int) (seq & mask) >>> 6] &= ~(1L << seq);
    }

    /** As if none of the numbers in the window had ever been added; they still count as passed. */
    void clearAll() {
        Arrays.fill(bits, 0);
    }

    /** @return whether the slot of a number, which it shares with those a capacity apart, is taken */
    boolean isTaken(final long seq) {
        return bit(seq);
    }

    /** Forgets all. */
    void reset() {
        clearAll();
        highest = 0;
    }

    private boolean bit(final long seq) {
        return (bits[(int) (seq & mask) >>> 6] & 1L << seq) != 0;
    }
}
