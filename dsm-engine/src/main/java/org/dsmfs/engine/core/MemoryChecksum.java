package org.dsmfs.engine.core;

import com.kenai.jffi.MemoryIO;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC-32C of native memory, of which the Java library computes it only through a byte buffer. */
public final class MemoryChecksum {
    private static final MemoryIO MEMORY = MemoryIO.getInstance();

    private MemoryChecksum() {
    }

    /** @return CRC-32C of so many bytes; 0 if there are none */
    public static int of(final long address, final int length) {
        if (length == 0) {
            return 0;
        }
        final CRC32C crc = new CRC32C();
        final ByteBuffer bytes = MEMORY.newDirectByteBuffer(address, length);
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
