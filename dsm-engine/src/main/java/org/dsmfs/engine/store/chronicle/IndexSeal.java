package org.dsmfs.engine.store.chronicle;

import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.store.Disk.DiskFile;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The last bytes of an index file that was closed properly: magic number (int), CRC-32C of all before (int), in native
 * order. The map itself has no checksums, and a page that a damaged index misses would read as zeros.
 */
final class IndexSeal {
    private static final int MAGIC = 0x4453_4958;
    private static final int MAGIC_OFFSET = 0;
    private static final int CRC_OFFSET = 4;
    private static final int BYTES = 8;
    private static final int CHUNK_BYTES = 1 << 20;

    private IndexSeal() {
    }

    /** Appends a seal and makes the file durable. */
    static void put(final DiskFile file) {
        final UnsafeBuffer seal = new UnsafeBuffer(ByteBuffer.allocateDirect(BYTES));
        final long size = file.size();
        seal.putInt(MAGIC_OFFSET, MAGIC);
        seal.putInt(CRC_OFFSET, crc(file, size));
        file.write(size, seal.addressOffset(), BYTES);
        // An address keeps no memory.
        Reference.reachabilityFence(seal);
        file.sync();
    }

    /**
     * Takes the seal off.
     *
     * @return whether there was one that matches the content
     */
    static boolean take(final DiskFile file) {
        final long size = file.size() - BYTES;
        if (size < 0) {
            return false;
        }
        final UnsafeBuffer seal = new UnsafeBuffer(ByteBuffer.allocateDirect(BYTES));
        file.read(size, seal.addressOffset(), BYTES);
        if (seal.getInt(MAGIC_OFFSET) != MAGIC || seal.getInt(CRC_OFFSET) != crc(file, size)) {
            return false;
        }
        file.truncate(size);
        return true;
    }

    private static int crc(final DiskFile file, final long size) {
        final CRC32C crc = new CRC32C();
        final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
        final UnsafeBuffer memory = new UnsafeBuffer(chunk);
        for (long position = 0; position < size; position += CHUNK_BYTES) {
            final int length = (int) Math.min(CHUNK_BYTES, size - position);
            file.read(position, memory.addressOffset(), length);
            crc.update(chunk.clear().limit(length));
        }
        return (int) crc.getValue();
    }
}
