package org.dsmfs.engine.store;

import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteBuffer;

/** Pieces of native memory that are written one after the other in one call, as an array of struct iovec (64 bits). */
public final class MemoryParts {
    private static final int PART_BYTES = 16;
    private static final int LENGTH_OFFSET = 8;

    private final UnsafeBuffer array;
    private final int capacity;
    private int count;
    private int bytes;

    /** @param capacity parts that there is room for; 1024 at most, the system's limit */
    public MemoryParts(final int capacity) {
        this.capacity = capacity;
        this.array = new UnsafeBuffer(ByteBuffer.allocateDirect(capacity * PART_BYTES));
    }

    /** Forgets all parts. */
    public void clear() {
        count = 0;
        bytes = 0;
    }

    /** @return whether no part can be added */
    public boolean isFull() {
        return count == capacity;
    }

    /** Adds a part of so many bytes. */
    public void add(final long address, final int length) {
        array.putLong(count * PART_BYTES, address);
        array.putLong(count * PART_BYTES + LENGTH_OFFSET, length);
        count++;
        bytes += length;
    }

    /** @return parts */
    public int count() {
        return count;
    }

    /** @return bytes in all parts */
    public int bytes() {
        return bytes;
    }

    /** @return address of the array */
    public long arrayAddress() {
        return array.addressOffset();
    }

    /** @return address of a part */
    public long address(final int part) {
        return array.getLong(part * PART_BYTES);
    }

    /** @return bytes of a part */
    public int length(final int part) {
        return (int) array.getLong(part * PART_BYTES + LENGTH_OFFSET);
    }
}
