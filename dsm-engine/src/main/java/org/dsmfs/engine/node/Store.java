package org.dsmfs.engine.node;

import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.PageDamagedException;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.core.Fetch;
import org.dsmfs.engine.core.MemoryChecksum;
import org.dsmfs.engine.core.PagePool;
import org.dsmfs.engine.journal.JournalFile;
import org.dsmfs.engine.store.Disk;
import org.dsmfs.engine.store.PageIndex;
import org.dsmfs.engine.store.PageIndex.Location;
import org.dsmfs.engine.store.Slab;
import org.dsmfs.engine.store.Superblock;

import java.nio.ByteBuffer;
import java.util.UUID;

/** A node's store on the local disk: superblock, journal, slabs and page index. */
final class Store {
    /** Slots given to each slab of a new store, bytes. */
    private static final long FIRST_SLAB_BYTES = 8L << 20;
    private static final String SMALL = "small";
    private static final String LARGE = "large";

    final Disk disk;
    final PageIndex index;
    final Superblock superblock;
    final JournalFile journal;
    final Slab small;
    final Slab large;
    /** What a slot holds that is only looked at. */
    private final UnsafeBuffer looked;

    private Store(final Disk disk, final PageIndex index, final Superblock superblock) {
        this.disk = disk;
        this.index = index;
        this.superblock = superblock;
        this.journal = new JournalFile(disk, superblock.journalBytes);
        this.small = new Slab(disk, SMALL, Segment.SMALL_PAGE_SIZE);
        this.large = new Slab(disk, LARGE, superblock.dataPageBytes);
        this.looked = new UnsafeBuffer(ByteBuffer.allocateDirect(Math.max(superblock.dataPageBytes, small.pageSize())));
    }

    /**
     * @return whether there is a store. A superblock that was never written whole, beside a journal that never held
     *     anything, is none: its making was cut short.
     */
    static boolean exists(final Disk disk) {
        return disk.exists(Superblock.FILE) && (Superblock.isWritten(disk) || !JournalFile.isBlank(disk));
    }

    /** Which space the store is a part of, and which node it belongs to. */
    record Identity(UUID space, UUID node) {
        static Identity random() {
            return new Identity(UUID.randomUUID(), UUID.randomUUID());
        }
    }

    /** Makes a store; the superblock comes last, so that a half-made store is none. */
    static Store create(final Disk disk, final PageIndex index, final int dataPageBytes, final long journalBytes,
                        final Identity identity) {
        final JournalFile journal = new JournalFile(disk, journalBytes);
        journal.create();
        journal.sync();
        journal.close();
        growNew(new Slab(disk, SMALL, Segment.SMALL_PAGE_SIZE));
        growNew(new Slab(disk, LARGE, dataPageBytes));
        final Superblock superblock = Superblock.create(disk);
        superblock.spaceId = identity.space;
        superblock.nodeId = identity.node;
        superblock.dataPageBytes = dataPageBytes;
        superblock.journalBytes = journalBytes;
        superblock.write();
        disk.syncDirectory();
        return new Store(disk, index, superblock);
    }

    /** @return slots that the store has, at most, each of which may hold a page; 0 if there is no store */
    static long slotsAtMost(final Disk disk) {
        return Slab.slotsAtMost(disk, SMALL) + Slab.slotsAtMost(disk, LARGE);
    }

    private static void growNew(final Slab slab) {
        if (slab.slots() == 0) {
            slab.grow((int) (FIRST_SLAB_BYTES / slab.pageSize()));
        }
        slab.syncPages();
        slab.syncTable();
        slab.close();
    }

    static Store open(final Disk disk, final PageIndex index) {
        final Store store = new Store(disk, index, Superblock.read(disk));
        final long journalFileBytes = store.journal.fileSize();
        if (journalFileBytes < store.superblock.journalBytes) {
            store.close();
            throw new EngineException("the journal of the store has " + journalFileBytes + " bytes instead of "
                + store.superblock.journalBytes + ": restore the store from a copy");
        }
        return store;
    }

    /** @return slots of both slabs, each of which may hold a page */
    long slots() {
        return (long) small.slots() + large.slots();
    }

    Slab slab(final boolean isLarge) {
        return isLarge ? large : small;
    }

    /**
     * Reads a page from where it rests.
     *
     * @return memory of the pool with the page, to be given back by whom it is given to
     * @throws PageDamagedException if the content does not match its checksum
     */
    long read(final Fetch fetch, final PagePool pool) {
        final Location location = fetch.location();
        final long memory = pool.allocate(fetch.pageSize());
        boolean isRead = false;
        try {
            isRead = read(Segment.isLarge(fetch.segment()), location.slot, location.length, location.crc, memory);
            if (!isRead) {
                throw new PageDamagedException(fetch.segment(), fetch.page(), "version " + location.version
                    + " in slot " + location.slot + " does not match its checksum");
            }
        } finally {
            if (!isRead) {
                pool.free(memory, fetch.pageSize());
            }
        }
        UnsafeApi.setMemory(memory + location.length, fetch.pageSize() - location.length, (byte) 0);
        return memory;
    }

    /** Looks at a slot, by one thread at a time. @return whether it holds content with this checksum */
    boolean matches(final boolean isLarge, final long slot, final int length, final int crc) {
        return read(isLarge, slot, length, crc, looked.addressOffset());
    }

    private boolean read(final boolean isLarge, final long slot, final int length, final int crc, final long target) {
        final Slab slab = slab(isLarge);
        if (slot < 0 || slot >= slab.slots() || length < 0 || length > slab.pageSize()) {
            return false;
        }
        slab.read(slot, target, length);
        return MemoryChecksum.of(target, length) == crc;
    }

    void close() {
        superblock.close();
        journal.close();
        small.close();
        large.close();
        index.close();
    }
}
