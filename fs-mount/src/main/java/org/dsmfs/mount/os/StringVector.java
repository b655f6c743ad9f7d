package org.dsmfs.mount.os;

import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** Strings for C, as an argument vector or an environment: pointers to texts, then a null pointer. */
public final class StringVector {
    private final List<UnsafeBuffer> texts = new ArrayList<>();
    private final UnsafeBuffer pointers;

    /** @param strings without a NUL in them */
    public StringVector(final List<String> strings) {
        pointers = NativeMemory.allocate((strings.size() + 1) * Long.BYTES);
        for (final String string : strings) {
            final UnsafeBuffer text = NativeMemory.text(string);
            pointers.putLong(texts.size() * Long.BYTES, text.addressOffset());
            texts.add(text);
        }
    }

    /** @return how many strings, without the null pointer */
    public int count() {
        return texts.size();
    }

    /** @return address of the first pointer, valid as long as this object is reachable */
    public long address() {
        return pointers.addressOffset();
    }
}
