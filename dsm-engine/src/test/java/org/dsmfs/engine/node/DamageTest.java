package org.dsmfs.engine.node;

import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.PageDamagedException;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.sim.HeapPageIndex;
import org.dsmfs.engine.sim.SimulatedDisk;
import org.dsmfs.engine.sim.SimulatedDisk.End;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.Random;
import java.util.function.Consumer;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Bits flip on the disk: a page is right, or reported by its address; everything else goes on. */
class DamageTest {
    private static final long RAM_BYTES = 1 << 20;
    private static final int LARGE_PAGE_BYTES = 16 << 10;
    private static final long JOURNAL_BYTES = 512 << 10;
    private static final int SUPERBLOCK_COPY_BYTES = 4096;
    private static final int SUPERBLOCK_LENGTH = 112;
    private static final int TABLE_ENTRY_BYTES = 40;
    private static final int TABLE_ENTRY_CHECKED_BYTES = 36;
    private static final int OPERATIONS = 60;
    private static final long LARGE = Segment.of(Segment.LARGE_PAGES | 4, 20);
    private static final long SMALL = Segment.of(2, 20);
    private static final int PAGES = 5;

    private LocalSpace space;

    @AfterEach
    void close() {
        if (space != null) {
            space.abandon();
        }
    }

    @Test
    void oneDamagedSuperblockCopyIsSurvived() {
        final Workload workload = new Workload(1, LARGE_PAGE_BYTES);
        final SimulatedDisk stopped = stoppedAfter(workload);
        final SimulatedDisk killed = killedAfter(workload);
        for (int copy = 0; copy < 2; copy++) {
            for (int at = 0; at < SUPERBLOCK_LENGTH; at++) {
                final int position = copy * SUPERBLOCK_COPY_BYTES + at;
                assertEquals(OPERATIONS, survived(stopped, workload, disk -> disk.flipBit("superblock", position)),
                    "stopped, byte " + position);
                assertEquals(OPERATIONS, survived(killed, workload, disk -> disk.flipBit("superblock", position)),
                    "killed, byte " + position);
            }
        }
    }

    @Test
    void twoDamagedSuperblockCopiesAreNamed() {
        final SimulatedDisk disk = stoppedAfter(new Workload(1, LARGE_PAGE_BYTES));
        disk.flipBit("superblock", 20);
        disk.flipBit("superblock", SUPERBLOCK_COPY_BYTES + 20);
        final EngineException e = assertThrows(EngineException.class, () -> open(disk));
        assertTrue(e.getMessage().contains("superblock of the store is damaged"), e.getMessage());
    }

    @Test
    void flippedBitInSlotTableIsMended() {
        final Workload workload = new Workload(2, LARGE_PAGE_BYTES);
        final SimulatedDisk stopped = stoppedAfter(workload);
        final SimulatedDisk killed = killedAfter(workload);
        for (final String table : new String[] {"slots-small", "slots-large"}) {
            for (int slot = 0; slot < 12; slot++) {
                for (int at = 0; at < TABLE_ENTRY_CHECKED_BYTES; at += 5) {
                    final int position = slot * TABLE_ENTRY_BYTES + at;
                    assertEquals(OPERATIONS, survived(stopped, workload, disk -> disk.flipBit(table, position)));
                    assertEquals(OPERATIONS, survived(killed, workload, disk -> disk.flipBit(table, position)));
                }
            }
        }
    }

    @Test
    void mendedSlotTableIsWritten() {
        final SimulatedDisk disk = storeOfPages();
        disk.flipBit("slots-large", 3);
        open(disk);
        space.close();
        disk.flipBit("slots-large", 5);
        open(disk);
        for (int page = 0; page < PAGES; page++) {
            assertEquals(page + 1, read(LARGE, page));
        }
    }

    @Test
    void damagedTableEntryLosesOnePageAndIsReported() {
        final SimulatedDisk disk = storeOfPages();
        for (int at = 0; at < 16; at++) {
            disk.flipBit("slots-large", at);
        }
        open(disk);
        assertEquals(1, space.findDamagedPages().size());
        assertTrue(space.findDamagedPages().get(0).contains("slot table large is damaged at slot 0"));
        int present = 0;
        for (int page = 0; page < PAGES; page++) {
            present += exists(LARGE, page) ? 1 : 0;
            assertEquals(page + 1, read(SMALL, page));
        }
        assertEquals(PAGES - 1, present);
        fill();
        for (int page = 0; page < PAGES; page++) {
            assertEquals(page + 1, read(LARGE, page));
        }
    }

    @Test
    void damagedTableEntryIsKnownFromTheIndexAfterACleanStop() {
        final SimulatedDisk disk = new SimulatedDisk(1);
        final HeapPageIndex index = new KeptIndex();
        space = open(disk, index, true);
        fill();
        space.close();
        for (int at = 0; at < 16; at++) {
            disk.flipBit("slots-large", at);
        }
        for (int start = 0; start < 2; start++) {
            space = open(disk, index, start > 0);
            for (int page = 0; page < PAGES; page++) {
                assertEquals(page + 1, read(LARGE, page), "at start " + start);
            }
            space.close();
        }
    }

    @Test
    void indexThatDoesNotFitIsMadeAgain() {
        final SimulatedDisk disk = new SimulatedDisk(1);
        final HeapPageIndex index = new KeptIndex();
        space = open(disk, index, true);
        fill();
        space.close();
        index.remove(LARGE, 2);
        space = open(disk, index, false);
        assertEquals(3, read(LARGE, 2));
    }

    @Test
    void damagedPageIsReportedByAddressAndNoOther() {
        for (int slot = 0; slot < PAGES; slot++) {
            final SimulatedDisk disk = storeOfPages();
            disk.flipBit("pages-large", (long) slot * LARGE_PAGE_BYTES + 77);
            open(disk);
            int damaged = 0;
            for (int page = 0; page < PAGES; page++) {
                final long index = page;
                assertEquals(page + 1, read(SMALL, page));
                try {
                    assertEquals(page + 1, read(LARGE, page));
                } catch (final PageDamagedException e) {
                    assertTrue(e.getMessage().contains(Segment.describe(LARGE, page)), e.getMessage());
                    damaged++;
                    assertThrows(PageDamagedException.class, () -> write(LARGE, index, 1));
                    put(LARGE, page, page + 1);
                    assertEquals(page + 1, read(LARGE, page));
                }
            }
            assertEquals(1, damaged, "slot " + slot);
            assertTrue(space.findDamagedPages().isEmpty());
            space.close();
        }
    }

    @Test
    void damagedPageCanBeFreed() {
        final SimulatedDisk disk = storeOfPages();
        disk.flipBit("pages-small", 0);
        open(disk);
        final String damaged = space.findDamagedPages().get(0);
        for (int page = 0; page < PAGES; page++) {
            if (damaged.contains(Segment.describe(SMALL, page) + " ")) {
                free(SMALL, page);
            }
        }
        assertTrue(space.findDamagedPages().isEmpty());
    }

    @Test
    void damagedPageWithNewerChangesInTheLogIsReportedAfterACrash() {
        SimulatedDisk disk = storeOfPages();
        open(disk);
        for (int page = 0; page < PAGES; page++) {
            write(SMALL, page, 70 + page);
        }
        space.sync();
        space.abandon();
        disk = disk.restart(End.POWER);
        disk.flipBit("pages-small", 4);
        open(disk);
        assertEquals(1, space.findDamagedPages().size());
        int right = 0;
        for (int page = 0; page < PAGES; page++) {
            try {
                assertEquals(70 + page, read(SMALL, page));
                right++;
            } catch (final PageDamagedException e) {
                assertTrue(e.getMessage().contains(Segment.describe(SMALL, page)), e.getMessage());
            }
        }
        assertEquals(PAGES - 1, right);
        final SimulatedDisk again = disk;
        space.close();
        open(again);
        assertEquals(1, space.findDamagedPages().size());
    }

    /** What was synced is never cut off as if it were the torn end of the log. */
    @Test
    void damageInTheDurableLogIsNoTornEnd() {
        final Workload workload = new Workload(3, LARGE_PAGE_BYTES);
        final SimulatedDisk killed = new SimulatedDisk(1);
        final LocalSpace run = open(killed, new HeapPageIndex(), true);
        run(run, workload);
        run.sync();
        run.doWork();
        run.abandon();
        int refused = 0;
        int read = 0;
        for (int at = 0; at < JOURNAL_BYTES; at += 520) {
            final SimulatedDisk disk = killed.restart(End.KILL);
            disk.flipBit("journal", at);
            try {
                open(disk);
                assertEquals(OPERATIONS, workload.check(space), "byte " + at);
                space.abandon();
                read++;
            } catch (final EngineException e) {
                assertTrue(e.getMessage().contains("the journal is damaged at LSN"), e.getMessage());
                refused++;
            }
        }
        assertTrue(refused > 10 && read > 10, refused + " refused, " + read + " read");
    }

    /** Everything is right, or missing from some operation on, or reported; and never anything but that. */
    @Test
    void randomFlipsAreNeverTakenForData() {
        final String[] files = {"superblock", "journal", "slots-small", "slots-large", "pages-small", "pages-large"};
        final int[] ranges = {2 * SUPERBLOCK_COPY_BYTES, (int) JOURNAL_BYTES, 30 * TABLE_ENTRY_BYTES,
            30 * TABLE_ENTRY_BYTES, 30 * 4096, 30 * LARGE_PAGE_BYTES};
        for (int seed = 1; seed <= 600; seed++) {
            final Random random = new Random(seed);
            final Workload workload = new Workload(seed % 10, LARGE_PAGE_BYTES);
            final SimulatedDisk disk = random.nextBoolean() ? stoppedAfter(workload) : killedAfter(workload);
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                final int file = random.nextInt(files.length);
                disk.flipBit(files[file], random.nextInt(ranges[file]));
            }
            final int number = seed;
            assertDoesNotThrow(() -> {
                try {
                    open(disk);
                    workload.check(space);
                    space.close();
                } catch (final EngineException reported) {
                    assertTrue(reported.getMessage().contains("damaged")
                        || reported.getMessage().contains("restore"), reported.getMessage());
                }
            }, () -> "seed " + number);
        }
    }

    /** An index that outlives the space, as one that was closed properly does. */
    private static final class KeptIndex extends HeapPageIndex {
        @Override
        public void close() {
            // Kept.
        }
    }

    private int survived(final SimulatedDisk original, final Workload workload,
                         final Consumer<SimulatedDisk> damage) {
        final SimulatedDisk disk = original.restart(End.KILL);
        damage.accept(disk);
        open(disk);
        final int count = workload.check(space);
        workload.execute(space, count + 1);
        space.close();
        return count;
    }

    private static SimulatedDisk stoppedAfter(final Workload workload) {
        final SimulatedDisk disk = new SimulatedDisk(1);
        try (LocalSpace run = open(disk, new HeapPageIndex(), true)) {
            run(run, workload);
        }
        return disk;
    }

    private static SimulatedDisk killedAfter(final Workload workload) {
        final SimulatedDisk disk = new SimulatedDisk(1);
        final LocalSpace run = open(disk, new HeapPageIndex(), true);
        run(run, workload);
        run.sync();
        run.abandon();
        return disk.restart(End.KILL);
    }

    private static void run(final LocalSpace target, final Workload workload) {
        for (int number = 1; number <= OPERATIONS; number++) {
            workload.execute(target, number);
            target.doWork();
        }
    }

    private SimulatedDisk storeOfPages() {
        final SimulatedDisk disk = new SimulatedDisk(1);
        open(disk);
        fill();
        space.close();
        return disk;
    }

    private void fill() {
        for (int page = 0; page < PAGES; page++) {
            put(LARGE, page, page + 1);
            put(SMALL, page, page + 1);
        }
    }

    private void open(final SimulatedDisk disk) {
        space = open(disk, new HeapPageIndex(), true);
    }

    private static LocalSpace open(final SimulatedDisk disk, final HeapPageIndex index, final boolean fresh) {
        return LocalSpace.open(disk, index, fresh, RAM_BYTES, 0, LARGE_PAGE_BYTES, JOURNAL_BYTES);
    }

    private void put(final long segment, final long page, final long value) {
        final UnsafeBuffer content = new UnsafeBuffer(new byte[LARGE_PAGE_BYTES]);
        content.putLong(0, value);
        content.putLong(LARGE_PAGE_BYTES - 8, value);
        content.putLong(Segment.SMALL_PAGE_SIZE - 8, value);
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
            transaction.free(segment, page);
            return null;
        });
    }

    private long read(final long segment, final long page) {
        return space.execute(transaction -> transaction.read(segment, page).getLong(0));
    }

    private boolean exists(final long segment, final long page) {
        return space.execute(transaction -> Boolean.valueOf(transaction.exists(segment, page)));
    }
}
