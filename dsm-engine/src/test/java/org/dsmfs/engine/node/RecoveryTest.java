package org.dsmfs.engine.node;

import org.dsmfs.engine.PageTransaction;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.sim.HeapPageIndex;
import org.dsmfs.engine.sim.SimulatedDisk;
import org.dsmfs.engine.sim.SimulatedDisk.End;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Scenarios of recovery that random workloads do not meet. */
class RecoveryTest {
    private static final long FREED = Segment.of(1, 1);
    private static final long MADE = Segment.of(1, 2);
    private static final int LARGE_PAGE_BYTES = 4096;
    private static final long JOURNAL_BYTES = 128 << 10;
    private static final long MUCH_MEMORY = 16 << 20;
    private static final long LITTLE_MEMORY = 64 << 10;
    private static final int OPERATIONS = 150;

    /** What was repeated before the checkpoint must not be repeated after it: the pages to free are gone. */
    @Test
    void checkpointDuringRecoveryIncludesTheRecordJustRepeated() {
        final SimulatedDisk disk = new SimulatedDisk(1);
        try (LocalSpace space = open(disk, MUCH_MEMORY)) {
            for (int page = 0; page < OPERATIONS; page++) {
                final long index = page;
                space.execute(transaction -> write(transaction, FREED, index));
            }
        }
        LocalSpace space = open(disk, MUCH_MEMORY);
        for (int page = 0; page < OPERATIONS; page++) {
            final long index = page;
            space.execute(transaction -> {
                transaction.free(FREED, index);
                write(transaction, MADE, 2 * index);
                return write(transaction, MADE, 2 * index + 1);
            });
        }
        space.sync();
        space.abandon();
        SimulatedDisk next = disk;
        for (int start = 0; start < 4; start++) {
            next = next.restart(End.POWER);
            space = open(next, LITTLE_MEMORY);
            assertTrue(start > 0 || space.status().checkpoints() > 0, "no checkpoint during recovery");
            for (int page = 0; page < OPERATIONS; page++) {
                final long index = page;
                final Boolean freedExists = space.execute(transaction -> transaction.exists(FREED, index));
                assertFalse(freedExists, "page " + page);
                for (final long made : new long[] {2 * index, 2 * index + 1}) {
                    final Long content = space.execute(transaction -> transaction.read(MADE, made).getLong(0));
                    assertEquals(Long.valueOf(made + 1), content);
                }
            }
            space.abandon();
        }
    }

    private static Void write(final PageTransaction transaction, final long segment, final long page) {
        transaction.write(segment, page).putLong(0, page + 1);
        return null;
    }

    private static LocalSpace open(final SimulatedDisk disk, final long ramBytes) {
        return LocalSpace.open(disk, new HeapPageIndex(), true, ramBytes, 0, LARGE_PAGE_BYTES, JOURNAL_BYTES);
    }
}
