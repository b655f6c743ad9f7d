package org.dsmfs.engine.store.chronicle;

import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ExternalMapQueryContext;
import net.openhft.chronicle.map.MapEntry;
import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.store.Disk.DiskFile;
import org.dsmfs.engine.store.DiskException;
import org.dsmfs.engine.store.PageIndex;
import org.dsmfs.engine.store.linux.LinuxDisk;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The index in a persisted Chronicle Map. It is trusted only after a proper close: then its file has the name it was
 * opened by and a checksum; while in use it has another name, and is deleted at the next open.
 */
public final class ChroniclePageIndex implements PageIndex {
    private static final Logger LOGGER = LoggerFactory.getLogger(ChroniclePageIndex.class);
    private static final long MIN_CAPACITY = 1 << 12;
    private static final String IN_USE_SUFFIX = ".open-";
    private static final AtomicLong MAPS_MADE = new AtomicLong();

    private final LinuxDisk disk;
    private final Path file;
    /** Where the map is while in use. */
    private Path mapFile;
    private final PageKey key = new PageKey();
    private final boolean fresh;
    private ChronicleMap<PageKey, Location> map;
    /** Pages in the map; counting them there would visit all of its segments. */
    private long size;
    private long capacity;

    private ChroniclePageIndex(final LinuxDisk disk, final Path file, final long capacity) {
        this.disk = disk;
        this.file = file;
        deleteUnclosed();
        mapFile = newMapFile();
        map = openClosed();
        fresh = map == null;
        if (fresh) {
            map = PageMaps.create(disk, mapFile, Math.max(MIN_CAPACITY, capacity));
        }
        size = map.longSize();
        this.capacity = PageMaps.capacity(map);
    }

    /**
     * Opens the index, or makes an empty one if there is none, it was not closed, or is damaged.
     *
     * @param file     where it is once closed; names that start with this one are its own
     * @param capacity pages that a new index has room for at least
     * @throws DiskException ENOSPC if there is no room for a new one, or what else the disk says
     */
    public static ChroniclePageIndex open(final Path file, final long capacity) {
        final Path absolute = file.toAbsolutePath();
        final LinuxDisk disk = LinuxDisk.open(absolute.getParent());
        try {
            return new ChroniclePageIndex(disk, absolute, capacity);
        } catch (final RuntimeException e) {
            disk.close();
            throw e;
        }
    }

    private void deleteUnclosed() {
        try (DirectoryStream<Path> unclosed =
                 Files.newDirectoryStream(file.getParent(), name(file) + IN_USE_SUFFIX + "*")) {
            unclosed.forEach(path -> disk.delete(name(path)));
        } catch (final IOException e) {
            throw new EngineException("cannot list " + file.getParent() + ": " + e.getMessage(), e);
        }
    }

    /** The library takes a path that this process used before for the same file: each map has a path of its own. */
    private Path newMapFile() {
        return file.resolveSibling(name(file) + IN_USE_SUFFIX + MAPS_MADE.incrementAndGet());
    }

    /** @return the map of an index that was closed properly, or null */
    private ChronicleMap<PageKey, Location> openClosed() {
        if (!disk.exists(name(file))) {
            return null;
        }
        disk.rename(name(file), name(mapFile));
        // From here on the content changes: after a power cut it must not be found under the name that is trusted.
        disk.syncDirectory();
        try {
            if (takeSeal()) {
                return PageMaps.open(mapFile);
            }
            LOGGER.warn("{} is damaged and is made again", file);
        } catch (final IOException | RuntimeException | AssertionError e) {
            LOGGER.warn("{} is unreadable or of another version and is made again: {}", file, e.toString());
        }
        disk.delete(name(mapFile));
        return null;
    }

    private boolean takeSeal() {
        try (DiskFile content = disk.open(name(mapFile))) {
            return IndexSeal.take(content);
        }
    }

    private static String name(final Path path) {
        return path.getFileName().toString();
    }

    /** @return whether {@link #open} made an empty index, which its owner must fill */
    public boolean isFresh() {
        return fresh;
    }

    @Override
    public boolean get(final long segment, final long page, final Location found) {
        return map.getUsing(key.set(segment, page), found) != null;
    }

    @Override
    public void put(final long segment, final long page, final Location location) {
        if (put(map, key.set(segment, page), location)) {
            size++;
        }
    }

    /** @return whether the key is new */
    private static boolean put(
        final ChronicleMap<PageKey, Location> target, final PageKey key, final Location location) {
        try (ExternalMapQueryContext<PageKey, Location, ?> query = target.queryContext(key)) {
            query.updateLock().lock();
            final MapEntry<PageKey, Location> entry = query.entry();
            if (entry == null) {
                query.insert(query.absentEntry(), query.wrapValueAsData(location));
                return true;
            }
            query.replaceValue(entry, query.wrapValueAsData(location));
            return false;
        }
    }

    @Override
    public long capacity() {
        return capacity;
    }

    @Override
    public void grow(final long pages) {
        final long startNs = System.nanoTime();
        final Path grownFile = newMapFile();
        final ChronicleMap<PageKey, Location> grown = PageMaps.create(disk, grownFile, pages);
        forEach((segment, page, location) -> put(grown, key.set(segment, page), location));
        map.close();
        disk.delete(name(mapFile));
        map = grown;
        mapFile = grownFile;
        capacity = PageMaps.capacity(map);
        LOGGER.info("page index grew to room for {} pages in {} ms", capacity,
            TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs));
    }

    @Override
    public boolean remove(final long segment, final long page) {
        try (ExternalMapQueryContext<PageKey, Location, ?> query = map.queryContext(key.set(segment, page))) {
            query.updateLock().lock();
            final MapEntry<PageKey, Location> entry = query.entry();
            if (entry == null) {
                return false;
            }
            query.remove(entry);
            size--;
            return true;
        }
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void clear() {
        map.clear();
        size = 0;
    }

    @Override
    public void forEach(final Visitor visitor) {
        final PageKey visited = new PageKey();
        final Location location = new Location();
        map.forEachEntry(entry -> {
            entry.key().getUsing(visited);
            entry.value().getUsing(location);
            visitor.page(visited.segment, visited.page, location);
        });
    }

    /** Makes the index durable, to be trusted at the next open; if the disk refuses, that finds none. */
    @Override
    public void close() {
        if (map.isClosed()) {
            return;
        }
        map.close();
        try (disk) {
            try (DiskFile content = disk.open(name(mapFile))) {
                IndexSeal.put(content);
            }
            disk.rename(name(mapFile), name(file));
            disk.syncDirectory();
        } catch (final DiskException e) {
            LOGGER.warn("{} cannot be kept and will be made again: {}", file, e.getMessage());
        }
    }
}
