package org.dsmfs.engine.coherence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A set of byte strings, numbered in the order in which they came. Compares whole strings, so it mistakes none. */
final class StateStore {
    private static final int CHUNK_BYTES = 1 << 22;

    private final List<byte[]> chunks = new ArrayList<>();
    private long[] positions = new long[1 << 12];
    private int[] hashes = new int[1 << 12];
    private int[] table = new int[1 << 13];
    private int chunkEnd = CHUNK_BYTES;
    private int size;

    int size() {
        return size;
    }

    /** @return the number of the string if it is new, or -1 - number if it is known */
    int add(final byte[] bytes, final int length) {
        final int hash = hash(bytes, length);
        int slot = hash & table.length - 1;
        for (; table[slot] != 0; slot = slot + 1 & table.length - 1) {
            final int index = table[slot] - 1;
            if (hashes[index] == hash && equals(index, bytes, length)) {
                return -1 - index;
            }
        }
        if (size == positions.length) {
            positions = Arrays.copyOf(positions, 2 * size);
            hashes = Arrays.copyOf(hashes, 2 * size);
        }
        table[slot] = size + 1;
        hashes[size] = hash;
        positions[size] = append(bytes, length);
        size++;
        if (size > table.length / 2) {
            grow();
        }
        return size - 1;
    }

    /** Copies a string. @return its length */
    int get(final int index, final byte[] to) {
        final byte[] chunk = chunks.get((int) (positions[index] / CHUNK_BYTES));
        final int offset = (int) (positions[index] % CHUNK_BYTES);
        final int length = chunk[offset] & 0xff;
        System.arraycopy(chunk, offset + 1, to, 0, length);
        return length;
    }

    private boolean equals(final int index, final byte[] bytes, final int length) {
        final byte[] chunk = chunks.get((int) (positions[index] / CHUNK_BYTES));
        final int offset = (int) (positions[index] % CHUNK_BYTES);
        return (chunk[offset] & 0xff) == length
            && Arrays.equals(chunk, offset + 1, offset + 1 + length, bytes, 0, length);
    }

    private long append(final byte[] bytes, final int length) {
        if (length > 0xff) {
            throw new IllegalStateException("a state of " + length + " bytes");
        }
        if (chunkEnd + 1 + length > CHUNK_BYTES) {
            chunks.add(new byte[CHUNK_BYTES]);
            chunkEnd = 0;
        }
        final byte[] chunk = chunks.get(chunks.size() - 1);
        final int offset = chunkEnd;
        chunk[offset] = (byte) length;
        System.arraycopy(bytes, 0, chunk, offset + 1, length);
        chunkEnd += 1 + length;
        return (chunks.size() - 1L) * CHUNK_BYTES + offset;
    }

    private void grow() {
        table = new int[2 * table.length];
        for (int i = 0; i < size; i++) {
            int slot = hashes[i] & table.length - 1;
            while (table[slot] != 0) {
                slot = slot + 1 & table.length - 1;
            }
            table[slot] = i + 1;
        }
    }

    private static int hash(final byte[] bytes, final int length) {
        long hash = length;
        for (int i = 0; i < length; i++) {
            hash = (hash ^ bytes[i] & 0xff) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 29;
        }
        return (int) (hash ^ hash >>> 32);
    }
}
