package org.dsmfs.engine.core;

import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.journal.RecordFormat;
import org.junit.jupiter.api.Test;

import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class PageDeltaTest {
    private static final int SIZE = 4096;

    private final LogBatch batch = new LogBatch(64 << 10);
    private final UnsafeBuffer base = new UnsafeBuffer(new byte[SIZE]);
    private final UnsafeBuffer changed = new UnsafeBuffer(new byte[SIZE]);
    private int entry;

    private boolean log(final UnsafeBuffer from) {
        batch.reset(0);
        batch.begin();
        entry = batch.beginChange(1, 2, 3);
        final boolean differs = PageDelta.log(from, changed, SIZE, batch);
        batch.endChange(entry);
        return differs;
    }

    private int runBytes() {
        return batch.records().getInt(entry + RecordFormat.ENTRY_BYTES);
    }

    private boolean apply(final UnsafeBuffer target) {
        return PageDelta.apply(batch.records(), entry + RecordFormat.CHANGE_RUNS, runBytes(), target, SIZE);
    }

    @Test
    void makesTheChangedPageFromItsBase() {
        final Random random = new Random(1);
        for (int round = 0; round < 500; round++) {
            random.nextBytes(base.byteArray());
            changed.putBytes(0, base, 0, SIZE);
            for (int i = random.nextInt(20); i >= 0; i--) {
                final int offset = random.nextInt(SIZE);
                changed.setMemory(offset, 1 + random.nextInt(Math.min(100, SIZE - offset)), (byte) random.nextInt());
            }
            log(base);
            assertTrue(apply(base));
            assertEquals(changed, base);
        }
    }

    @Test
    void equalPagesHaveNoRuns() {
        assertFalse(log(base));
        assertEquals(0, runBytes());
        assertFalse(log(null));
    }

    @Test
    void smallChangeTakesFewBytes() {
        changed.putByte(0, (byte) 1);
        changed.putByte(SIZE - 1, (byte) 2);
        assertTrue(log(null));
        assertEquals(2 * (RecordFormat.RUN_HEADER_BYTES + 8), runBytes());
        assertTrue(apply(base));
        assertEquals(changed, base);
    }

    @Test
    void refusesRunsBeyondPageOrEntry() {
        changed.putLong(SIZE - 8, 5);
        log(base);
        final int run = entry + RecordFormat.CHANGE_RUNS;
        batch.records().putInt(run, SIZE - 7);
        assertFalse(apply(base));
        batch.records().putInt(run, -8);
        assertFalse(apply(base));
        batch.records().putInt(run, 0);
        batch.records().putInt(run + 4, 16);
        assertFalse(apply(base));
        batch.records().putInt(run + 4, 0);
        assertFalse(apply(base));
    }
}
