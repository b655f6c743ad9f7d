package org.dsmfs.engine;

import java.nio.file.Path;

/**
 * How a node opens its part of the space.
 *
 * @param store         directory of the store; made if it does not exist (its parent must)
 * @param memoryBytes   limit of the RAM cache, {@link #MIN_MEMORY_BYTES}..2^46
 * @param diskBytes     limit of what the store may take on disk, at least {@link #MIN_DISK_BYTES}; 0 for as much as the
 *                      disk has
 * @param dataPageBytes size of large pages, a power of two, 4096..131072; 0 for what the store was created with, or
 *                      {@link #DEFAULT_DATA_PAGE_BYTES}
 */
public record SpaceConfig(Path store, long memoryBytes, long diskBytes, int dataPageBytes) {
    /** Smallest RAM cache that any single operation fits in. */
    public static final long MIN_MEMORY_BYTES = 32L << 20;
    /** Smallest useful store: the journal and some pages. */
    public static final long MIN_DISK_BYTES = 256L << 20;
    /** Size of large pages when none is asked for. */
    public static final int DEFAULT_DATA_PAGE_BYTES = 32 << 10;

    /** @throws EngineException naming the value that is out of range */
    public SpaceConfig {
        if (memoryBytes < MIN_MEMORY_BYTES || memoryBytes > 1L << 46) {
            throw new EngineException("memory limit of " + memoryBytes + " bytes is out of range: at least "
                + (MIN_MEMORY_BYTES >> 20) + "M, at most 64T");
        }
        if (diskBytes != 0 && (diskBytes < MIN_DISK_BYTES || diskBytes > 1L << 56)) {
            throw new EngineException("disk limit of " + diskBytes + " bytes is out of range: at least "
                + (MIN_DISK_BYTES >> 20) + "M, at most 64P");
        }
        if (dataPageBytes != 0
            && (Integer.bitCount(dataPageBytes) != 1 || dataPageBytes < 4096 || dataPageBytes > 128 << 10)) {
            throw new EngineException("data page size of " + dataPageBytes
                + " bytes is not a power of two between 4K and 128K");
        }
    }

    /** @return the same with another size of large pages */
    public SpaceConfig with(final int newDataPageBytes) {
        return new SpaceConfig(store, memoryBytes, diskBytes, newDataPageBytes);
    }
}
