package org.dsmfs.engine.node;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.Space;
import org.dsmfs.engine.SpaceFullException;
import org.dsmfs.engine.SpaceStatus;
import org.dsmfs.engine.sim.HeapPageIndex;
import org.dsmfs.engine.sim.SimulatedCrash;
import org.dsmfs.engine.sim.SimulatedDisk;
import org.dsmfs.engine.store.DiskException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A space without room for more pages: nothing promised is lost, and all but making pages goes on. */
class FullDiskTest {
    private static final long LARGE = Segment.of(Segment.LARGE_PAGES | 4, 20);
    private static final long SMALL = Segment.of(2, 20);
    private static final int LARGE_PAGE_BYTES = 16 << 10;
    private static final long JOURNAL_BYTES = 2 << 20;
    /** Too small for the slabs to grow beyond what a new store has. */
    private static final long NO_GROWTH = 1;
    private static final int MAX_CRASHES = 100;
    private static final long DISK_MARGIN_BYTES = 32 << 20;
    private static final int LARGE_INDEX_PAGES = 5000;
    private static final int ENOSPC = 28;

    private final UnsafeBuffer content = new UnsafeBuffer(new byte[LARGE_PAGE_BYTES]);
    private final SimulatedDisk disk = new SimulatedDisk(1);
    private LocalSpace space;

    @AfterEach
    void close() {
        if (space != null) {
            space.close();
        }
    }

    @Test
    void refusesNewPagesOfEachSizeOnly() {
        open(1 << 20);
        final int large = fill(LARGE);
        assertTrue(large > 300, large + " large pages fit in 8 MiB");
        write(SMALL, 0, 1);
        assertEquals(1, read(SMALL, 0));
        final int small = fill(SMALL);
        assertTrue(small > 1000, small + " small pages fit in 8 MiB");
        assertThrows(SpaceFullException.class, () -> put(LARGE, large, 1));
        assertThrows(SpaceFullException.class, () -> write(LARGE, large, 1));
        assertThrows(SpaceFullException.class, () -> write(SMALL, small, 1));
    }

    @Test
    void overwritesForEverInFullSpace() {
        open(1 << 20);
        final int pages = fill(LARGE);
        for (int round = 2; round < 6; round++) {
            for (int page = 0; page < pages; page++) {
                put(LARGE, page, round);
            }
        }
        for (int page = 0; page < pages; page++) {
            assertEquals(5, read(LARGE, page));
        }
    }

    @Test
    void refusalTakesNoCheckpoint() {
        open(1 << 20);
        final int pages = fill(LARGE);
        put(LARGE, 0, 2);
        final long checkpoints = space.status().checkpoints();
        for (int i = 0; i < 10; i++) {
            assertThrows(SpaceFullException.class, () -> put(LARGE, pages, 1));
        }
        assertEquals(checkpoints, space.status().checkpoints());
    }

    @Test
    void cleanStopKeepsMoreDirtyPagesThanThereAreFreeSlots() {
        open(64 << 20);
        final int pages = fill(LARGE);
        for (int page = 0; page < pages; page++) {
            write(LARGE, page, 7);
        }
        space.close();
        open(64 << 20);
        for (int page = 0; page < pages; page++) {
            assertEquals(7, read(LARGE, page), "page " + page);
        }
    }

    @Test
    void keepsMemoryLimitWhenSlotsAreUsedUp() {
        final long ramBytes = 3 << 20;
        open(ramBytes);
        final int pages = fill(LARGE);
        for (int round = 1; round < 4; round++) {
            for (int page = 0; page < pages; page++) {
                write(LARGE, page, round);
                assertTrue(space.status().memoryUsedBytes() <= ramBytes, "page " + page + " in round " + round);
            }
        }
        for (int page = 0; page < pages; page++) {
            assertEquals(3, read(LARGE, page));
        }
    }

    @Test
    void freedRoomCanBeUsedAgain() {
        open(1 << 20);
        final int pages = fill(LARGE);
        for (int page = 0; page < pages / 2; page++) {
            free(LARGE, page);
        }
        for (int page = 0; page < pages / 2; page++) {
            put(LARGE, pages + page, 3);
        }
        assertThrows(SpaceFullException.class, () -> put(LARGE, 2L * pages, 1));
    }

    @Test
    void capacityStaysWhileRoomComesAndGoes() {
        open(1 << 20);
        final long capacity = space.status().capacityBytes();
        final int pages = fill(LARGE);
        assertEquals(capacity, space.status().capacityBytes(), "when full");
        for (int page = 0; page < pages; page++) {
            free(LARGE, page);
        }
        final SpaceStatus status = space.status();
        assertEquals(capacity, status.capacityBytes(), "when empty again");
        assertEquals(0, status.usedBytes());
    }

    @Test
    void removalMayMakePagesInFullSpace() {
        open(1 << 20);
        final int pages = fill(SMALL);
        assertThrows(SpaceFullException.class, () -> write(SMALL, pages, 1));
        space.execute(transaction -> {
            transaction.useReserve();
            transaction.write(SMALL, pages).putLong(0, 9);
            transaction.free(SMALL, 0);
            return null;
        });
        assertEquals(9, read(SMALL, pages));
        final boolean exists = space.execute(transaction -> transaction.exists(SMALL, 0));
        assertFalse(exists);
    }

    @Test
    void fullDiskOfOthersStopsGrowthOnly() {
        disk.capacityBytes(20 << 20);
        space = LocalSpace.open(disk, new HeapPageIndex(), true, 1 << 20, 0, LARGE_PAGE_BYTES, JOURNAL_BYTES);
        final int pages = fill(LARGE);
        disk.capacityBytes(0);
        for (int page = 0; page < pages; page++) {
            put(LARGE, page, 2);
            space.sync();
            space.doWork();
        }
        assertThrows(SpaceFullException.class, () -> put(LARGE, pages, 1));
        free(LARGE, 0);
        put(LARGE, pages, 5);
        space.close();
        open(1 << 20);
        assertEquals(5, read(LARGE, pages));
        assertEquals(2, read(LARGE, pages - 1));
    }

    @Test
    void indexThatCannotGrowIsAFullSpace() {
        final HeapPageIndex index = new HeapPageIndex() {
            @Override
            public void grow(final long pages) {
                if (pages > LARGE_INDEX_PAGES) {
                    throw new DiskException("no room for the index", ENOSPC);
                }
                super.grow(pages);
            }
        };
        space = LocalSpace.open(disk, index, true, 1 << 20, 0, LARGE_PAGE_BYTES, JOURNAL_BYTES);
        final int pages = fill(SMALL);
        assertTrue(pages < LARGE_INDEX_PAGES, pages + " pages");
        assertThrows(SpaceFullException.class, () -> write(SMALL, pages, 1));
        space.doWork();
        for (int page = 0; page < pages; page++) {
            write(SMALL, page, 2);
        }
        space.execute(transaction -> {
            transaction.useReserve();
            transaction.write(SMALL, pages).putLong(0, 9);
            for (int page = 0; page < 200; page++) {
                transaction.free(SMALL, page);
            }
            return null;
        });
        put(SMALL, 0, 3);
        assertEquals(9, read(SMALL, pages));
        assertEquals(2, read(SMALL, pages - 1));
    }

    @Test
    void roomThatOthersMakeOnTheDiskIsUsedAtOnce() {
        disk.capacityBytes(DISK_MARGIN_BYTES + (40 << 20));
        space = openOn(disk);
        final int large = fill(LARGE);
        final int small = fill(SMALL);
        disk.capacityBytes(DISK_MARGIN_BYTES + (120 << 20));
        put(LARGE, large, 1);
        write(SMALL, small, 1);
    }

    /** What pages of one size do not need any more becomes room for those of the other, also after a crash. */
    @Test
    void roomOfOneSizeBecomesRoomOfTheOther() {
        disk.capacityBytes(DISK_MARGIN_BYTES + (60 << 20));
        SimulatedDisk present = disk;
        space = openOn(present);
        put(LARGE, 100_000, 1);
        int fewest = Integer.MAX_VALUE;
        for (int round = 1; round <= 6; round++) {
            final long filled = round % 2 == 0 ? SMALL : LARGE;
            final int pages = fill(filled);
            final int bytes = pages * (filled == SMALL ? Segment.SMALL_PAGE_SIZE : LARGE_PAGE_BYTES);
            fewest = Math.min(fewest, bytes);
            space.sync();
            space.abandon();
            present = present.restart(round % 3 == 0 ? SimulatedDisk.End.POWER : SimulatedDisk.End.KILL);
            space = openOn(present);
            for (int page = 0; page < pages; page++) {
                assertEquals(1, read(filled, page), "page " + page + " in round " + round);
                free(filled, page);
            }
            for (int i = 0; i < 20; i++) {
                space.doWork();
            }
        }
        assertTrue(fewest > 30 << 20, fewest + " bytes fitted");
        assertEquals(1, read(LARGE, 100_000));
    }

    @Test
    void crashWhileRoomIsGivenToTheOtherSizeLosesNothing() {
        disk.capacityBytes(DISK_MARGIN_BYTES + (40 << 20));
        final SimulatedDisk emptied = disk;
        space = openOn(emptied);
        put(LARGE, 100_000, 1);
        final int large = fill(LARGE);
        for (int page = 0; page < large; page++) {
            free(LARGE, page);
        }
        space.sync();
        space.abandon();
        int crashes = 0;
        for (long at = 1; crashes < MAX_CRASHES; at += 197) {
            final SimulatedDisk crashing = emptied.restart(SimulatedDisk.End.KILL);
            space = openOn(crashing);
            crashing.crashAt(crashing.operations() + at);
            int pages = 0;
            try {
                for (int i = 0; i < 20; i++) {
                    space.doWork();
                }
                for (; pages < 4000; pages++) {
                    put(SMALL, pages, 1);
                    if (pages % 500 == 0) {
                        space.sync();
                    }
                }
                space.abandon();
                break;
            } catch (final SimulatedCrash crash) {
                space.abandon();
                crashes++;
            }
            space = openOn(crashing.restart(at % 2 == 0 ? SimulatedDisk.End.KILL : SimulatedDisk.End.POWER));
            for (int page = 0; page <= (pages - 1) / 500 * 500 - 500; page++) {
                assertEquals(1, read(SMALL, page), "page " + page + " after a crash at I/O " + at);
            }
            assertEquals(1, read(LARGE, 100_000));
            assertTrue(fill(SMALL) > 4000, "after a crash at I/O " + at);
            space.sync();
            space.abandon();
        }
        assertTrue(crashes > 5 && crashes < MAX_CRASHES, crashes + " crashes");
    }

    private static LocalSpace openOn(final SimulatedDisk present) {
        return LocalSpace.open(present, new HeapPageIndex(), true, 4 << 20, 0, LARGE_PAGE_BYTES, JOURNAL_BYTES);
    }

    @Test
    void slabsGrowAgainOnceThereIsRoom() {
        disk.capacityBytes(20 << 20);
        space = LocalSpace.open(disk, new HeapPageIndex(), true, 1 << 20, 0, LARGE_PAGE_BYTES, JOURNAL_BYTES);
        final int pages = fill(LARGE);
        disk.capacityBytes(200 << 20);
        for (int i = 0; i < 20; i++) {
            space.doWork();
        }
        for (int page = pages; page < 2 * pages; page++) {
            put(LARGE, page, 1);
        }
    }

    @Test
    void overwritingDoesNotGrowTheStoreForEver() {
        space = LocalSpace.open(disk, new HeapPageIndex(), true, 1 << 20, 0, LARGE_PAGE_BYTES, 64 << 20);
        final long freeBefore = disk.freeBytes();
        for (int i = 0; i < 14_000; i++) {
            put(LARGE, i % 50, i);
            if (i % 50 == 0) {
                space.doWork();
            }
        }
        final long grownMiB = freeBefore - disk.freeBytes() >> 20;
        assertTrue(grownMiB < 100, "200 MiB written over 1 MiB took " + grownMiB + " MiB");
    }

    private void open(final long ramBytes) {
        space = LocalSpace.open(disk, new HeapPageIndex(), true, ramBytes, NO_GROWTH, LARGE_PAGE_BYTES, JOURNAL_BYTES);
    }

    /** @return pages that fitted */
    private int fill(final long segment) {
        for (int page = 0;; page++) {
            try {
                put(segment, page, 1);
            } catch (final SpaceFullException e) {
                return page;
            }
        }
    }

    private void put(final long segment, final long page, final long value) {
        content.putLong(0, value);
        content.putLong(LARGE_PAGE_BYTES - 8, value);
        space.execute(transaction -> {
            transaction.put(segment, page, 0, content, 0, transaction.pageSize(segment));
            return null;
        });
    }

    private void write(final long segment, final long page, final long value) {
        space.execute(transaction -> {
            transaction.write(segment, page).putLong(0, value);
            return null;
        });
    }

    private void free(final long segment, final long page) {
        space.execute(transaction -> {
            transaction.useReserve();
            transaction.free(segment, page);
            return null;
        });
    }

    private long read(final long segment, final long page) {
        return read(space, segment, page);
    }

    private static long read(final Space space, final long segment, final long page) {
        return space.execute(transaction -> {
            final DirectBuffer buffer = transaction.read(segment, page);
            return buffer.getLong(0);
        });
    }
}
