package org.dsmfs.engine.node;

import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.SpaceFullException;
import org.dsmfs.engine.sim.HeapPageIndex;
import org.dsmfs.engine.sim.Seeds;
import org.dsmfs.engine.sim.SimulatedCrash;
import org.dsmfs.engine.sim.SimulatedDisk;
import org.dsmfs.engine.sim.SimulatedDisk.End;
import org.junit.jupiter.api.Test;

import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Crashes a store at every I/O of random workloads, in turn as a killed process and as a power cut that loses and tears
 * unsynced writes, then opens it again: it must show all operations up to some number, at least the last synced one.
 * {@code -Ddsm.crash.seed=N} runs one seed, {@code -Ddsm.crash.points=N} sets how many crashes to go through.
 */
class CrashTest {
    private static final int OPERATIONS = 150;
    private static final long FILLER_LARGE = Segment.of(Segment.LARGE_PAGES | 5, 90);
    private static final long FILLER_SMALL = Segment.of(5, 90);
    /** Pages of each size that the workload may make in a full space before it is refused. */
    private static final int ROOM_PAGES = 6;

    /** Sizes in bytes; {@code diskBytes} as in the configuration. */
    private record Limits(long ramBytes, long diskBytes, int largePageBytes, long journalBytes) {
        LocalSpace open(final SimulatedDisk disk) {
            return LocalSpace.open(disk, new HeapPageIndex(), true, ramBytes, diskBytes, largePageBytes,
                journalBytes);
        }
    }

    private static final Limits ROOMY = new Limits(192 << 10, 0, 16 << 10, 512 << 10);
    private static final Limits FULL = new Limits(192 << 10, 1, 16 << 10, 512 << 10);
    /** The journal and the checkpoints' part of it fill all the time. */
    private static final Limits TIGHT = new Limits(64 << 10, 0, 4 << 10, 128 << 10);

    @Test
    void everyCrashPointKeepsWhatWasSynced() {
        crashEverywhere(ROOMY, Integer.getInteger("dsm.crash.points", 10_000));
    }

    @Test
    void everyCrashPointOfAFullSpaceKeepsWhatWasSynced() {
        crashEverywhere(FULL, Integer.getInteger("dsm.crash.points", 10_000) / 10);
    }

    @Test
    void everyCrashPointWithATightJournalKeepsWhatWasSynced() {
        crashEverywhere(TIGHT, Integer.getInteger("dsm.crash.points", 10_000) / 5);
    }

    @Test
    void everyCrashPointOfMakingAStoreLeavesOneThatCanBeMade() {
        for (int seed = 1; seed <= 10; seed++) {
            final SimulatedDisk whole = new SimulatedDisk(seed);
            ROOMY.open(whole).abandon();
            final long created = whole.operations();
            for (long at = 1; at <= created; at++) {
                for (final End end : End.values()) {
                    crashWhileMaking(seed, at, end);
                }
            }
        }
    }

    private static void crashWhileMaking(final int seed, final long at, final End end) {
        SimulatedDisk disk = new SimulatedDisk(seed);
        disk.crashAt(at);
        try {
            ROOMY.open(disk).abandon();
            throw new AssertionError("no crash");
        } catch (final SimulatedCrash crash) {
            disk = disk.restart(end);
        }
        final Workload workload = new Workload(seed, ROOMY.largePageBytes);
        try (LocalSpace space = ROOMY.open(disk)) {
            for (int number = 1; number <= 20; number++) {
                workload.execute(space, number);
            }
        } catch (final RuntimeException e) {
            throw new AssertionError("seed " + seed + ", " + end + " at I/O " + at, e);
        }
        try (LocalSpace space = ROOMY.open(disk)) {
            assertEquals(20, workload.check(space));
        }
    }

    /** A node that gets a little further each time: the journal must not fill with what it began in vain. */
    @Test
    void crashesInARowKeepWhatWasSynced() {
        for (int seed = 1; seed <= 150; seed++) {
            try {
                crashInARow(seed);
            } catch (final RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    private static void crashInARow(final int seed) {
        final Random random = new Random(seed);
        final Workload workload = new Workload(seed, TIGHT.largePageBytes);
        SimulatedDisk disk = new SimulatedDisk(seed);
        TIGHT.open(disk).close();
        for (int crash = 0; crash < 40; crash++) {
            disk.crashAt(disk.operations() + 1 + random.nextInt(120));
            LocalSpace space = null;
            try {
                space = TIGHT.open(disk);
                final int survived = workload.check(space);
                assertSurvived(workload, survived);
                run(space, workload, random, survived + 1, survived + OPERATIONS);
                throw new AssertionError("no crash");
            } catch (final SimulatedCrash e) {
                if (space != null) {
                    space.abandon();
                }
                disk = disk.restart(random.nextBoolean() ? End.KILL : End.POWER);
            }
        }
        try (LocalSpace space = TIGHT.open(disk)) {
            assertSurvived(workload, workload.check(space));
        }
    }

    private static void crashEverywhere(final Limits limits, final int wanted) {
        final Long only = Long.getLong("dsm.crash.seed");
        final AtomicInteger points = new AtomicInteger();
        Seeds.runWhile("crashes", "dsm.crash.seed", only == null ? 1 : only,
            seed -> only == null ? points.get() < wanted : seed == only, seed -> crashEverywhere(limits, seed, points));
        System.out.println("crash points: " + points);
    }

    private static void crashEverywhere(final Limits limits, final long seed, final AtomicInteger points) {
        final SimulatedDisk prepared = prepare(limits, seed);
        final SimulatedDisk whole = prepared.restart(End.KILL);
        final Workload workload = new Workload(seed, limits.largePageBytes);
        run(whole, limits, workload, seed);
        assertTrue(limits != FULL || workload.refused() > 0, "seed " + seed + ": the space is not full");
        final long end = whole.operations();
        for (long at = 1; at <= end; at++) {
            points.incrementAndGet();
            try {
                crash(prepared.restart(End.KILL), limits, seed, at);
            } catch (final RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ", crash at I/O " + at + " of " + end, e);
            }
        }
    }

    private static SimulatedDisk prepare(final Limits limits, final long seed) {
        final SimulatedDisk disk = new SimulatedDisk(seed);
        try (LocalSpace space = limits.open(disk)) {
            if (limits == FULL) {
                fill(space, FILLER_LARGE);
                fill(space, FILLER_SMALL);
            }
        }
        return disk;
    }

    private static void fill(final LocalSpace space, final long segment) {
        final UnsafeBuffer content = new UnsafeBuffer(new byte[FULL.largePageBytes]);
        long page = 0;
        try {
            while (true) {
                final long next = page;
                space.execute(transaction -> {
                    transaction.put(segment, next, 0, content, 0, transaction.pageSize(segment));
                    return null;
                });
                page++;
            }
        } catch (final SpaceFullException full) {
            for (int i = 1; i <= ROOM_PAGES; i++) {
                final long last = page - i;
                space.execute(transaction -> {
                    transaction.free(segment, last);
                    return null;
                });
            }
        }
    }

    private static void crash(final SimulatedDisk prepared, final Limits limits, final long seed, final long at) {
        final Random random = new Random(seed * 31 + at);
        final Workload workload = new Workload(seed, limits.largePageBytes);
        SimulatedDisk disk = prepared;
        disk.crashAt(at);
        try {
            run(disk, limits, workload, seed);
            throw new AssertionError("no crash");
        } catch (final SimulatedCrash crash) {
            disk = disk.restart(random.nextBoolean() ? End.KILL : End.POWER);
        }
        // One recovery in three crashes too.
        if (random.nextInt(3) == 0) {
            disk.crashAt(1 + random.nextInt(60));
            try {
                limits.open(disk).abandon();
            } catch (final SimulatedCrash crash) {
                disk = disk.restart(random.nextBoolean() ? End.KILL : End.POWER);
            }
            disk.crashAt(Long.MAX_VALUE);
        }
        LocalSpace space = limits.open(disk);
        final int survived = workload.check(space);
        assertSurvived(workload, survived);
        // Life goes on: more operations, a clean stop and another start.
        for (int number = survived + 1; number <= survived + 20; number++) {
            workload.execute(space, number);
        }
        space.close();
        space = limits.open(disk);
        assertEquals(Math.max(survived, workload.lastDone()), workload.check(space));
        space.close();
    }

    private static void run(final SimulatedDisk disk, final Limits limits, final Workload workload, final long seed) {
        final LocalSpace space = limits.open(disk);
        try {
            run(space, workload, new Random(seed), 1, OPERATIONS);
            workload.close(space);
        } catch (final SimulatedCrash crash) {
            space.abandon();
            throw crash;
        }
    }

    private static void assertSurvived(final Workload workload, final int survived) {
        assertTrue(survived >= workload.lastSynced(),
            survived + " operations survived, " + workload.lastSynced() + " were synced");
    }

    private static void run(final LocalSpace space, final Workload workload, final Random random, final int first,
                     final int last) {
        for (int number = first; number <= last; number++) {
            workload.execute(space, number);
            if (random.nextInt(8) == 0) {
                workload.sync(space);
            }
            if (random.nextInt(10) == 0) {
                space.doWork();
            }
        }
    }
}
