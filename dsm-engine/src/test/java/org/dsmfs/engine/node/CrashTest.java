package org.dsmfs.engine.node;

import org.dsmfs.engine.sim.HeapPageIndex;
import org.dsmfs.engine.sim.SimulatedCrash;
import org.dsmfs.engine.sim.SimulatedDisk;
import org.dsmfs.engine.sim.SimulatedDisk.End;
import org.junit.jupiter.api.Test;

import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Crashes a store at every I/O of random workloads, in turn as a killed process and as a power cut that loses and tears
 * unsynced writes, then opens it again: it must show all operations up to some number, at least the last synced one.
 * {@code -Ddsm.crash.seed=N} runs one seed, {@code -Ddsm.crash.points=N} sets how many crashes to go through.
 */
class CrashTest {
    private static final long RAM_BYTES = 192 << 10;
    private static final int LARGE_PAGE_BYTES = 16 << 10;
    private static final long JOURNAL_BYTES = 512 << 10;
    private static final int OPERATIONS = 150;

    private int synced;

    @Test
    void everyCrashPointKeepsWhatWasSynced() {
        final int wanted = Integer.getInteger("dsm.crash.points", 10_000);
        final Long onlySeed = Long.getLong("dsm.crash.seed");
        int points = 0;
        long seed = onlySeed == null ? 1 : onlySeed;
        do {
            points += crashEverywhere(seed);
            seed++;
        } while (points < wanted && onlySeed == null);
        System.out.println("crash points: " + points + ", seeds: " + (seed - (onlySeed == null ? 1 : onlySeed)));
    }

    /** @return how many crash points there were */
    private int crashEverywhere(final long seed) {
        final SimulatedDisk whole = new SimulatedDisk(seed);
        open(whole).close();
        final long created = whole.operations();
        run(whole, seed);
        final long end = whole.operations();
        for (long at = created + 1; at <= end; at++) {
            try {
                crash(seed, at);
            } catch (final RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ", crash at I/O " + at + " of " + end + ": "
                    + "run again with -Ddsm.crash.seed=" + seed, e);
            }
        }
        return (int) (end - created);
    }

    private void crash(final long seed, final long at) {
        final Random random = new Random(seed * 31 + at);
        SimulatedDisk disk = new SimulatedDisk(seed);
        open(disk).close();
        disk.crashAt(at);
        try {
            run(disk, seed);
            throw new AssertionError("no crash");
        } catch (final SimulatedCrash crash) {
            disk = disk.restart(random.nextBoolean() ? End.KILL : End.POWER);
        }
        // One recovery in three crashes too.
        if (random.nextInt(3) == 0) {
            disk.crashAt(1 + random.nextInt(60));
            try {
                open(disk).abandon();
            } catch (final SimulatedCrash crash) {
                disk = disk.restart(random.nextBoolean() ? End.KILL : End.POWER);
            }
            disk.crashAt(Long.MAX_VALUE);
        }
        final Workload workload = new Workload(seed, LARGE_PAGE_BYTES);
        LocalSpace space = open(disk);
        final int survived = workload.check(space);
        assertTrue(survived >= synced, survived + " operations survived, " + synced + " were synced");
        // Life goes on: more operations, a clean stop and another start.
        for (int number = survived + 1; number <= survived + 20; number++) {
            workload.execute(space, number);
        }
        space.close();
        space = open(disk);
        assertEquals(survived + 20, workload.check(space));
        space.close();
    }

    private void run(final SimulatedDisk disk, final long seed) {
        final Random random = new Random(seed);
        final Workload workload = new Workload(seed, LARGE_PAGE_BYTES);
        synced = 0;
        final LocalSpace space = open(disk);
        try {
            run(space, workload, random);
            space.close();
        } catch (final SimulatedCrash crash) {
            space.abandon();
            throw crash;
        }
        synced = OPERATIONS;
    }

    private void run(final LocalSpace space, final Workload workload, final Random random) {
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
    }

    private static LocalSpace open(final SimulatedDisk disk) {
        return LocalSpace.open(disk, new HeapPageIndex(), true, RAM_BYTES, 0, LARGE_PAGE_BYTES, JOURNAL_BYTES);
    }
}
