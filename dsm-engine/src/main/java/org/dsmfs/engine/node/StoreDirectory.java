package org.dsmfs.engine.node;

import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.journal.JournalFile;
import org.dsmfs.engine.store.Superblock;
import org.dsmfs.engine.store.chronicle.ChroniclePageIndex;
import org.dsmfs.engine.store.linux.LinuxDisk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The directory of a store, held by this process alone. */
final class StoreDirectory {
    private static final String LOCK_FILE = "lock";
    private static final String INDEX_FILE = "page-index";
    /** What the node remembers of the other nodes. */
    private static final String MEMBERSHIP_DIRECTORY = "membership";
    /** What a store that was not finished may have, beside the lock and the index. */
    private static final List<String> UNFINISHED = List.of(JournalFile.FILE, "pages-small", "slots-small",
        "pages-large", "slots-large", MEMBERSHIP_DIRECTORY);
    /** Pages that an index which is made anew has room for before it grows, if the disk has room for so many. */
    private static final long INDEX_PAGES = 1 << 20;

    private final Path path;
    private final LinuxDisk disk;
    private final ChroniclePageIndex index;

    private StoreDirectory(final Path path, final LinuxDisk disk, final ChroniclePageIndex index) {
        this.path = path;
        this.disk = disk;
        this.index = index;
    }

    /**
     * @param diskBytes limit on disk, 0 for none
     * @throws EngineException if the directory is in use, not a store's, or can't be used
     */
    static StoreDirectory open(final Path path, final long diskBytes) {
        if (Files.isDirectory(path) && !Files.exists(path.resolve(Superblock.FILE))) {
            checkNothingForeign(path);
        }
        final LinuxDisk disk = LinuxDisk.open(path);
        try {
            if (!disk.lock(LOCK_FILE)) {
                throw new EngineException("store " + path
                    + " is in use by another process: unmount it there, or name another store with --store");
            }
            return new StoreDirectory(path, disk,
                ChroniclePageIndex.open(path.resolve(INDEX_FILE), indexPages(disk, diskBytes)));
        } catch (final RuntimeException e) {
            disk.close();
            throw e;
        }
    }

    /** Room for what the store may hold already, and for as many more as the disk can take. */
    private static long indexPages(final LinuxDisk disk, final long diskBytes) {
        final long slots = Store.slotsAtMost(disk);
        final long freeBytes = diskBytes == 0 ? disk.freeBytes() : Math.min(diskBytes, disk.freeBytes());
        return Math.max(slots, Math.min(INDEX_PAGES, slots + freeBytes / Segment.SMALL_PAGE_SIZE));
    }

    private static void checkNothingForeign(final Path path) {
        try (Stream<Path> files = Files.list(path)) {
            final List<String> foreign = files.map(file -> file.getFileName().toString())
                .filter(name -> !UNFINISHED.contains(name) && !name.equals(LOCK_FILE)
                    && !name.startsWith(INDEX_FILE) && !name.equals("lost+found"))
                .sorted().limit(3).toList();
            if (!foreign.isEmpty()) {
                throw new EngineException("directory " + path + " is not a dsm store and not empty (it has "
                    + String.join(", ", foreign) + "): name an empty or new directory with --store");
            }
        } catch (final IOException e) {
            throw new EngineException("directory " + path + " can't be read: " + e.getMessage(), e);
        }
    }

    /** @return directory for what the node remembers of the other nodes */
    Path membership() {
        return membership(path);
    }

    static Path membership(final Path store) {
        return store.resolve(MEMBERSHIP_DIRECTORY);
    }

    /** Deletes a store that nobody uses, the superblock first: from then on it is none. */
    static void delete(final Path path) {
        try {
            Files.deleteIfExists(path.resolve(Superblock.FILE));
            try (Stream<Path> files = Files.walk(path)) {
                for (final Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    if (!file.equals(path)) {
                        Files.delete(file);
                    }
                }
            }
        } catch (final IOException e) {
            throw new EngineException("store " + path + " can't be deleted: " + e.getMessage(), e);
        }
    }

    /** @return whether there is a store */
    boolean hasStore() {
        return Store.exists(disk);
    }

    LinuxDisk disk() {
        return disk;
    }

    ChroniclePageIndex index() {
        return index;
    }

    /** Lets go of the directory, and of the index if that was not closed with the store. */
    void close() {
        index.close();
        disk.close();
    }
}
