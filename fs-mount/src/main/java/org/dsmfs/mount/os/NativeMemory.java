package org.dsmfs.mount.os;

import java.nio.charset.StandardCharsets;
import org.agrona.BufferUtil;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

/** Memory that C can see. */
public final class NativeMemory {
    private NativeMemory() {
    }

    /** @return zeroed memory, aligned for any type, there as long as the result is reachable */
    public static UnsafeBuffer allocate(final int length) {
        return new UnsafeBuffer(BufferUtil.allocateDirectAligned(length, Long.BYTES));
    }

    /**
     * For large buffers, of which a part is used most of the time: what was never touched takes no memory.
     *
     * @return memory of undefined content, there until {@link #free}
     */
    public static UnsafeBuffer allocateLazily(final int length) {
        return new UnsafeBuffer(UnsafeApi.allocateMemory(length), length);
    }

    /** Gives back what {@link #allocateLazily} returned. */
    public static void free(final UnsafeBuffer memory) {
        UnsafeApi.freeMemory(memory.addressOffset());
    }

    /** @return the text and a NUL */
    public static UnsafeBuffer text(final String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        final UnsafeBuffer memory = allocate(bytes.length + 1);
        memory.putBytes(0, bytes);
        return memory;
    }

    /** @return the bytes at the address, without the NUL */
    public static byte[] bytes(final long address) {
        final UnsafeBuffer text = new UnsafeBuffer(address, Integer.MAX_VALUE);
        int length = 0;
        while (text.getByte(length) != 0) {
            length++;
        }
        final byte[] bytes = new byte[length];
        text.getBytes(0, bytes);
        return bytes;
    }
}
