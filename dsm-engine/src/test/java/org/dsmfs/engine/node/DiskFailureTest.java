package org.dsmfs.engine.node;

import org.dsmfs.engine.PageDamagedException;
import org.dsmfs.engine.SpaceClosedException;
import org.dsmfs.engine.sim.HeapPageIndex;
import org.dsmfs.engine.sim.SimulatedDisk;
import org.dsmfs.engine.sim.SimulatedDisk.End;
import org.dsmfs.engine.sim.SimulatedDisk.Fault;
import org.dsmfs.engine.store.DiskException;
import org.junit.jupiter.api.Test;

import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The disk answers EIO: the space stops if it can't know what is on disk, and what was synced is there afterwards. */
class DiskFailureTest {
    private static final int LARGE_PAGE_BYTES = 16 << 10;
    private static final int OPERATIONS = 150;
    private static final int ENOSPC = 28;

    @Test
    void failedWriteStopsTheSpaceAndKeepsWhatWasSynced() {
        failEach(Fault.WRITE);
    }

    @Test
    void failedSyncStopsTheSpaceAndKeepsWhatWasSynced() {
        failEach(Fault.SYNC);
    }

    private void failEach(final Fault fault) {
        for (int seed = 1; seed <= 3; seed++) {
            boolean failed = true;
            for (int nth = 1; failed; nth++) {
                failed = fail(seed, fault, nth);
                assertTrue(failed || nth > 30, "only " + nth + " operations");
            }
        }
    }

    /** @return whether there were so many operations that one failed */
    private static boolean fail(final int seed, final Fault fault, final int nth) {
        final String run = "seed " + seed + ", " + fault + " " + nth;
        SimulatedDisk disk = new SimulatedDisk(seed);
        final Workload workload = new Workload(seed, LARGE_PAGE_BYTES);
        final LocalSpace space = open(disk);
        disk.failNth(fault, nth);
        final Random random = new Random(seed);
        int synced = 0;
        boolean failed = false;
        try {
            for (int number = 1; number <= OPERATIONS; number++) {
                workload.execute(space, number);
                if (random.nextInt(8) == 0) {
                    space.sync();
                    synced = number;
                }
                if (random.nextInt(10) == 0) {
                    space.doWork();
                }
            }
        } catch (final SpaceClosedException e) {
            failed = true;
            assertThrows(SpaceClosedException.class, () -> workload.execute(space, OPERATIONS + 1), run);
            assertThrows(SpaceClosedException.class, space::sync, run);
            assertThrows(SpaceClosedException.class, space::doWork, run);
            assertThrows(SpaceClosedException.class, space::status, run);
            space.close();
        }
        if (!failed) {
            space.abandon();
        }
        disk = disk.restart(random.nextBoolean() ? End.KILL : End.POWER);
        final int survivedAtLeast = synced;
        try (LocalSpace again = open(disk)) {
            final int survived = workload.check(again);
            assertTrue(survived >= survivedAtLeast, run + ": " + survived + " of " + survivedAtLeast);
            workload.execute(again, survived + 1);
        }
        return failed;
    }

    @Test
    void failedReadIsReportedByAddressAndCanBeTriedAgain() {
        final SimulatedDisk disk = new SimulatedDisk(1);
        final Workload workload = new Workload(1, LARGE_PAGE_BYTES);
        try (LocalSpace space = open(disk)) {
            for (int number = 1; number <= OPERATIONS; number++) {
                workload.execute(space, number);
            }
        }
        try (LocalSpace space = open(disk)) {
            disk.failNth(Fault.READ, 1);
            final PageDamagedException e = assertThrows(PageDamagedException.class, () -> workload.check(space));
            assertTrue(e.getMessage().matches("page [0-9a-f]+:[0-9a-f]+/[0-9a-f]+ .*"), e.getMessage());
            assertEquals(OPERATIONS, workload.check(space));
            workload.execute(space, OPERATIONS + 1);
        }
    }

    @Test
    void failedReadDuringRecoveryLosesNothing() {
        SimulatedDisk disk = new SimulatedDisk(1);
        final Workload workload = new Workload(1, LARGE_PAGE_BYTES);
        final LocalSpace space = open(disk);
        for (int number = 1; number <= OPERATIONS; number++) {
            workload.execute(space, number);
        }
        space.sync();
        space.abandon();
        boolean failed = true;
        for (int nth = 1; failed; nth++) {
            disk = disk.restart(End.KILL);
            disk.failNth(Fault.READ, nth);
            try (LocalSpace again = open(disk)) {
                failed = false;
            } catch (final DiskException e) {
                // Next time the disk may read it.
            }
        }
        try (LocalSpace again = open(disk.restart(End.KILL))) {
            assertEquals(OPERATIONS, workload.check(again));
        }
    }

    /** The index may have to grow on a full disk in the middle of a commit. */
    @Test
    void indexWithoutRoomStopsTheSpaceAndNothingIsHalfDone() {
        final SimulatedDisk disk = new SimulatedDisk(1);
        final Workload workload = new Workload(1, LARGE_PAGE_BYTES);
        final int[] putsUntilFull = {12};
        final HeapPageIndex index = new HeapPageIndex() {
            @Override
            public void put(final long segment, final long page, final Location location) {
                if (--putsUntilFull[0] == 0) {
                    throw new DiskException("no room for the index", ENOSPC);
                }
                super.put(segment, page, location);
            }
        };
        final LocalSpace space =
            LocalSpace.open(disk, index, true, 192 << 10, 0, LARGE_PAGE_BYTES, 512 << 10);
        assertThrows(SpaceClosedException.class, () -> {
            for (int number = 1; number <= OPERATIONS; number++) {
                workload.execute(space, number);
            }
        });
        assertThrows(SpaceClosedException.class, () -> workload.check(space));
        space.close();
        try (LocalSpace again = open(disk)) {
            workload.check(again);
        }
    }

    private static LocalSpace open(final SimulatedDisk disk) {
        return LocalSpace.open(disk, new HeapPageIndex(), true, 192 << 10, 0, LARGE_PAGE_BYTES, 512 << 10);
    }
}
