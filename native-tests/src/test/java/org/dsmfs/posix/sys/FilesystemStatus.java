package org.dsmfs.posix.sys;

import java.nio.ByteBuffer;

/** What statvfs(3) tells; blocks are {@code fragmentSize} bytes each. */
public record FilesystemStatus(
        long blockSize, long fragmentSize, long blocks, long freeBlocks, long availableBlocks,
        long files, long freeFiles, long longestName) {
    static final int STATVFS_LENGTH = 112;

    static FilesystemStatus decode(final byte[] statvfs) {
        final ByteBuffer in = Posix.structure(statvfs);
        return new FilesystemStatus(in.getLong(0), in.getLong(8), in.getLong(16), in.getLong(24), in.getLong(32),
            in.getLong(40), in.getLong(48), in.getLong(80));
    }

    public long usedBytes() {
        return (blocks - freeBlocks) * fragmentSize;
    }
}
