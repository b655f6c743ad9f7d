package org.dsmfs.engine.journal;

import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.sim.SimulatedDisk;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class JournalFileTest {
    private static final int CAPACITY = 8192;

    private final SimulatedDisk disk = new SimulatedDisk(1);
    private final JournalFile journal = new JournalFile(disk, CAPACITY);
    private final ByteBuffer bytes = ByteBuffer.allocateDirect(CAPACITY);
    private final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
    private final List<Long> seen = new ArrayList<>();

    JournalFileTest() {
        journal.create();
    }

    /** Appends a record of that length. @return LSN behind it */
    private long append(final long lsn, final int length, final int incarnation) {
        buffer.setMemory(0, length, (byte) incarnation);
        return write(lsn, length, incarnation);
    }

    private long appendDurable(final long lsn, final long durableLsn, final int incarnation) {
        buffer.putShort(RecordFormat.TYPE, RecordFormat.DURABLE);
        buffer.putLong(RecordFormat.DURABLE_LSN, durableLsn);
        return write(lsn, RecordFormat.DURABLE_BYTES, incarnation);
    }

    private long write(final long lsn, final int length, final int incarnation) {
        buffer.putInt(RecordFormat.LENGTH, length);
        buffer.putLong(RecordFormat.LSN, lsn);
        buffer.putInt(RecordFormat.INCARNATION, incarnation);
        final CRC32C crc = new CRC32C();
        bytes.limit(length).position(RecordFormat.LSN);
        crc.update(bytes);
        bytes.clear();
        buffer.putInt(RecordFormat.CRC, (int) crc.getValue());
        journal.write(lsn, buffer.addressOffset(), length);
        return lsn + length;
    }

    private long read(final long fromLsn) {
        seen.clear();
        return journal.read(fromLsn, record -> seen.add(record.getLong(RecordFormat.LSN)));
    }

    @Test
    void readsWhatWasWritten() {
        final long second = append(0, 48, 1);
        final long end = append(second, 400, 1);
        assertEquals(end, read(0));
        assertEquals(List.of(0L, second), seen);
        assertEquals(end, read(second));
        assertEquals(List.of(second), seen);
    }

    @Test
    void isARing() {
        long lsn = 0;
        for (int lap = 0; lap < 5; lap++) {
            final List<Long> expected = new ArrayList<>();
            final long start = lsn;
            while (lsn + 1000 <= start + CAPACITY) {
                expected.add(lsn);
                lsn = append(lsn, 1000, 1);
            }
            assertEquals(lsn, read(start));
            assertEquals(expected, seen);
        }
    }

    @Test
    void recordMayFillTheRing() {
        final long start = append(0, 4000, 1);
        final long end = append(start, CAPACITY, 1);
        assertEquals(end, read(start));
        assertEquals(List.of(start), seen);
    }

    @Test
    void endsBeforeATornRecord() {
        final long second = append(0, 4096, 1);
        append(second, 2048, 1);
        for (final int at : new int[] {0, 4, 8, 16, 40, 2047}) {
            disk.flipBit(JournalFile.FILE, second + at);
            assertEquals(second, read(0), "byte " + at);
            assertEquals(List.of(0L), seen);
            append(second, 2048, 1);
        }
        assertEquals(second + 2048, read(0));
    }

    @Test
    void endsBeforeRecordsOfAnEarlierStart() {
        final long second = append(0, 48, 1);
        final long third = append(second, 48, 1);
        append(third, 48, 1);
        append(second, 48, 2);
        assertEquals(third, read(0));
        assertEquals(List.of(0L, second), seen);
    }

    @Test
    void nothingIsReadBeyondOneLap() {
        long lsn = 0;
        while (lsn < CAPACITY) {
            lsn = append(lsn, 1024, 1);
        }
        assertEquals(CAPACITY, read(0));
        append(lsn, 1024, 1);
        assertEquals(0, read(0));
        assertEquals(lsn + 1024, read(1024));
    }

    @Test
    void findsHowFarTheLogWasDurableBehindDamage() {
        final long mark = append(0, 400, 3);
        final long third = appendDurable(mark, mark, 3);
        final long lastMark = append(third, 400, 3);
        final long end = appendDurable(lastMark, lastMark, 3);
        assertEquals(end, read(0));
        assertEquals(0, journal.durableLsnBehind(0, end, 3));
        for (final long damaged : new long[] {third, 0}) {
            disk.flipBit(JournalFile.FILE, damaged + RecordFormat.LENGTH);
            assertEquals(damaged, read(0));
            assertEquals(lastMark, journal.durableLsnBehind(0, damaged, 3));
        }
        assertEquals(0, journal.durableLsnBehind(0, 0, 4), "of an earlier start");
        disk.flipBit(JournalFile.FILE, lastMark + RecordFormat.DURABLE_LSN);
        assertEquals(mark, journal.durableLsnBehind(0, 0, 3), "the last mark is damaged too");
    }

    @Test
    void looksForMarksOnceAroundTheRing() {
        final long headLsn = CAPACITY + 4096;
        appendDurable(CAPACITY - RecordFormat.DURABLE_BYTES, 77, 1);
        assertEquals(0, journal.durableLsnBehind(headLsn, headLsn, 1), "of an earlier lap");
        appendDurable(headLsn + CAPACITY - RecordFormat.DURABLE_BYTES, headLsn + 80, 1);
        assertEquals(headLsn + 80, journal.durableLsnBehind(headLsn, headLsn + 40, 1));
    }

    @Test
    void blankUntilSomethingIsWritten() {
        assertTrue(JournalFile.isBlank(disk));
        assertTrue(JournalFile.isBlank(new SimulatedDisk(1)));
        append(CAPACITY - 48, 48, 1);
        assertFalse(JournalFile.isBlank(disk));
    }
}
