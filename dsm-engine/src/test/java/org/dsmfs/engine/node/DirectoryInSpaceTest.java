package org.dsmfs.engine.node;

import org.dsmfs.engine.directory.Directory;
import org.dsmfs.engine.directory.Range;
import org.dsmfs.engine.sim.HeapPageIndex;
import org.dsmfs.engine.sim.SimulatedDisk;
import org.dsmfs.engine.sim.SimulatedDisk.End;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The directory in a real space, with too little RAM for all of its pages, through a power cut. */
class DirectoryInSpaceTest {
    private static final int RANGES = 6000;
    private static final int LARGE_PAGE_BYTES = 4096;
    private static final long JOURNAL_BYTES = 128 << 10;
    private static final long RAM_BYTES = 64 << 10;

    @Test
    void isThereAfterAPowerCut() {
        final SimulatedDisk disk = new SimulatedDisk(1);
        LocalSpace space = open(disk);
        final Long granted = space.execute(transaction -> transaction.allocateNumber());
        for (int i = 0; i < RANGES; i++) {
            // A step that shares no factor with the number of ranges, so that each comes once, in no order.
            final long number = granted + i * 3571L % RANGES;
            space.execute(transaction -> {
                Directory.assign(transaction, number, number + 1, partition(number - granted));
                return null;
            });
        }
        space.sync();
        assertTrue(space.status().misses() > 0, "all pages were in RAM");
        space.abandon();

        space = open(disk.restart(End.POWER));
        for (int i = 0; i < RANGES; i++) {
            final long number = granted + i;
            assertEquals(new Range(number, 0, number + 1, 0, partition(i)),
                space.execute(transaction -> Directory.lookup(transaction, number, 5)));
        }
        final Long next = space.execute(transaction -> transaction.allocateNumber());
        assertEquals(granted + (1 << 20), next);
        space.close();
    }

    private static int partition(final long range) {
        return 1 + (int) (range % 1023);
    }

    private static LocalSpace open(final SimulatedDisk disk) {
        return LocalSpace.open(disk, new HeapPageIndex(), true, RAM_BYTES, 0, LARGE_PAGE_BYTES, JOURNAL_BYTES);
    }
}
