package org.dsmfs.engine.coherence;

import java.util.Arrays;

/** A set of nodes. One word up to node 63, which is the common case; more words as needed. */
public final class NodeSet {
    /** Highest node number. */
    public static final int MAX_NODE = 1023;

    private long low;
    private long[] high;

    /** @return whether the number is a node's, 0..{@link #MAX_NODE} */
    static boolean isNode(final int number) {
        return number >= 0 && number <= MAX_NODE;
    }

    /** Adds a node, 0..{@link #MAX_NODE}. */
    public void add(final int node) {
        if (node < Long.SIZE) {
            low |= 1L << node;
            return;
        }
        final int word = node / Long.SIZE - 1;
        if (high == null || high.length <= word) {
            high = high == null ? new long[word + 1] : Arrays.copyOf(high, word + 1);
        }
        high[word] |= 1L << node;
    }

    /** Removes a node, if it is in the set. */
    public void remove(final int node) {
        if (node < Long.SIZE) {
            low &= ~(1L << node);
        } else if (contains(node)) {
            high[node / Long.SIZE - 1] &= ~(1L << node);
        }
    }

    /** @return whether the node is in the set */
    public boolean contains(final int node) {
        if (node < Long.SIZE) {
            return (low & 1L << node) != 0;
        }
        final int word = node / Long.SIZE - 1;
        return high != null && word < high.length && (high[word] & 1L << node) != 0;
    }

    /** @return whether there is no node in it */
    public boolean isEmpty() {
        return next(0) < 0;
    }

    /** @return the lowest node in the set from the given one on, -1 if there is none */
    public int next(final int from) {
        final int words = high == null ? 1 : high.length + 1;
        for (int word = from / Long.SIZE; word < words; word++) {
            long bits = word == 0 ? low : high[word - 1];
            if (word == from / Long.SIZE) {
                bits &= -1L << from;
            }
            if (bits != 0) {
                return word * Long.SIZE + Long.numberOfTrailingZeros(bits);
            }
        }
        return -1;
    }

    /** Adds all nodes of another set. */
    public void addAll(final NodeSet others) {
        for (int node = others.next(0); node >= 0; node = others.next(node + 1)) {
            add(node);
        }
    }

    /** Removes all nodes. */
    public void clear() {
        low = 0;
        high = null;
    }
}
