package org.dsmfs.engine.core;

import com.kenai.jffi.MemoryIO;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC-32C of native memory, of which the Java library computes it only through a byte buffer. */
final class MemoryChecksum {
    private static final MemoryIO MEMORY = MemoryIO.getInstance();

    private final CRC32C crc = new CRC32C();

    /** @param length bytes, at least 1 */
    int of(final long address, final int length) {
        final ByteBuffer bytes = MEMORY.newDirectByteBuffer(address, length);
        crc.reset();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
