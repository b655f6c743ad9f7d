package org.dsmfs.engine.coherence.wire;

import java.io.ByteArrayOutputStream;
import org.agrona.concurrent.UnsafeBuffer;

/** Changes bundles, for tests that have to find out. */
public final class BundleMutation {
    private BundleMutation() {
    }

    /** @return the bundle without its entries of this type, null if it has no others */
    public static byte[] without(final WireType type, final byte[] bundle) {
        final UnsafeBuffer from = new UnsafeBuffer(bundle);
        final ByteArrayOutputStream kept = new ByteArrayOutputStream(bundle.length);
        kept.write(bundle, 0, MessageBundle.ENTRIES);
        int count = 0;
        int entry = MessageBundle.ENTRIES;
        while (entry < bundle.length) {
            final int contentBytes = (from.getShort(entry + MessageBundle.CONTENT_WORDS, MessageBundle.ORDER) & 0xffff)
                * MessageBundle.WORD_BYTES;
            final int length = MessageBundle.ENTRY_BYTES + contentBytes;
            if (from.getByte(entry + MessageBundle.TYPE) != type.code()) {
                kept.write(bundle, entry, length);
                count++;
            }
            entry += length;
        }
        final byte[] result = kept.toByteArray();
        new UnsafeBuffer(result).putInt(MessageBundle.COUNT, count, MessageBundle.ORDER);
        return count == 0 ? null : result;
    }
}
