package org.dsmfs.engine.store.chronicle;

import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import net.openhft.chronicle.map.VanillaChronicleMap;
import org.dsmfs.engine.store.Disk.DiskFile;
import org.dsmfs.engine.store.DiskException;
import org.dsmfs.engine.store.PageIndex.Location;
import org.dsmfs.engine.store.linux.LinuxDisk;

import java.io.IOException;
import java.nio.file.Path;

/** Makes and opens the Chronicle Maps that an index consists of. */
final class PageMaps {
    private static final int EIO = 5;
    private static final int ENOSPC = 28;
    /** Entries spread over the map's segments by chance; with this reserve no segment overflows. */
    private static final double RESERVE = 1.125;
    /** What a segment may overflow by nevertheless, so that chance never stops an insertion. */
    private static final double BLOAT_FACTOR = 2;

    static {
        ChronicleSetup.run();
    }

    private PageMaps() {
    }

    /**
     * Makes an empty map in a new file, with all its blocks on disk: it is mapped, and a store to a mapped page that
     * finds no block ends the process.
     *
     * @throws DiskException ENOSPC, or EIO
     */
    static ChronicleMap<PageKey, Location> create(final LinuxDisk disk, final Path file, final long capacity) {
        final String name = file.getFileName().toString();
        try (DiskFile blocks = disk.open(name)) {
            final ChronicleMap<PageKey, Location> map;
            try {
                map = builder().entries((long) (capacity * RESERVE)).createPersistedTo(file.toFile());
            } catch (final IOException e) {
                final long neededBytes = blocks.size() / 10 * 11;
                disk.delete(name);
                throw failure(file, neededBytes, disk.freeBytes(), e);
            }
            blocks.allocate(0, blocks.size());
            return map;
        }
    }

    /** The library asks for a tenth more room than it takes, and hides the errno of what it tried. */
    private static DiskException failure(
        final Path file, final long neededBytes, final long freeBytes, final IOException cause) {
        return neededBytes >= freeBytes
            ? new DiskException("cannot create " + file + ": it needs " + neededBytes + " bytes, and "
                + freeBytes + " are free; make room on that disk", ENOSPC)
            : new DiskException("cannot create " + file + ": " + cause.getMessage(), EIO);
    }

    /** Opens a map in an existing file. */
    static ChronicleMap<PageKey, Location> open(final Path file) throws IOException {
        return builder().entries(1).createPersistedTo(file.toFile());
    }

    private static ChronicleMapBuilder<PageKey, Location> builder() {
        return ChronicleMapBuilder.of(PageKey.class, Location.class)
            .name("page-index")
            .keyReaderAndDataAccess(new PageKeyMarshaller(), new PageKeyMarshaller())
            .valueReaderAndDataAccess(new LocationMarshaller(), new LocationMarshaller())
            .constantKeySizeBySample(new PageKey())
            .constantValueSizeBySample(new Location())
            .maxBloatFactor(BLOAT_FACTOR)
            .checksumEntries(false)
            .skipCloseOnExitHook(true);
    }

    /** @return entries up to which the map keeps its reserve */
    static long capacity(final ChronicleMap<PageKey, Location> map) {
        final long entriesPerSegment = ((VanillaChronicleMap<PageKey, Location, ?>) map).actualChunksPerSegmentTier;
        return (long) (map.segments() * entriesPerSegment / RESERVE);
    }
}
