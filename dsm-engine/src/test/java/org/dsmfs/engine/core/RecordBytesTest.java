package org.dsmfs.engine.core;

import org.dsmfs.engine.Segment;
import org.dsmfs.engine.journal.RecordFormat;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** The bytes of each record type, frozen: docs/ON-DISK-FORMATS.md. */
class RecordBytesTest {
    private static final long LSN = 0x1000;
    private static final long VERSION = 0x0102;
    private static final int INCARNATION = 7;

    private final LogBatch batch = new LogBatch(4096);

    private String record(final short type) {
        batch.end(type, VERSION, INCARNATION);
        final StringBuilder hex = new StringBuilder();
        for (int i = 0; i < batch.recordLength(); i++) {
            hex.append(i > 0 && i % 8 == 0 ? " " : "").append(String.format("%02x", batch.records().getByte(i)));
        }
        return hex.toString();
    }

    private void begin() {
        batch.reset(LSN);
        batch.begin();
    }

    @Test
    void change() {
        begin();
        final int entry = batch.beginChange(Segment.of(0x01, 0x20), 3, 0x0101);
        final int run = batch.addRun(0x40, 4);
        batch.records().putInt(run, 0x04030201);
        batch.endChange(entry);
        assertEquals("58000000e8538a3a 0010000000000000 0201000000000000 0700000000000000 0000010001000000"
            + " 0100000010000000 2000000000000001 0300000000000000 0101000000000000"
            + " 4000000004000000 0102030400000000", record(RecordFormat.OPERATION));
    }

    @Test
    void slot() {
        begin();
        final PagePool pool = new PagePool(4096, 4096);
        final Page page = new Page(Segment.of(0x82, 0x21), 4, new PageMemory(pool, pool.allocate(4096), 4096), 1);
        page.buffer.putLong(0, 0x0807060504030201L);
        batch.addSlot(page, 9, 8);
        page.free();
        pool.close();
        assertEquals("50000000dca0c08f 0010000000000000 0201000000000000 0700000000000000 0000010001000000"
            + " 0200000008000000 2100000000000082 0400000000000000 0900000000000000 811f894600000000",
            record(RecordFormat.OPERATION));
    }

    @Test
    void free() {
        begin();
        batch.addFree(RecordFormat.FREE, Segment.of(0x01, 0x20), 5);
        assertEquals("40000000a6d54226 0010000000000000 0201000000000000 0700000000000000 0000010001000000"
            + " 0300000000000000 2000000000000001 0500000000000000", record(RecordFormat.OPERATION));
    }

    @Test
    void checkpointPart() {
        begin();
        batch.addImage(new SlotImage(true, 9, Segment.of(0x82, 0x21), 4, 0x0102, 8, 0x11223344));
        batch.addImage(SlotImage.free(false, 10));
        assertEquals("8800000063b35da4 0010000000000000 0201000000000000 0700000000000000 0000020002000000"
            + " 0100000008000000 0900000000000000 2100000000000082 0400000000000000 0201000000000000 4433221100000000"
            + " 00000000ffffffff 0a00000000000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000",
            record(RecordFormat.CHECKPOINT_PART));
    }

    @Test
    void durable() {
        begin();
        batch.addDurable(0x0f00);
        assertEquals("300000004e346f71 0010000000000000 0201000000000000 0700000000000000 0000040000000000"
            + " 000f000000000000", record(RecordFormat.DURABLE));
    }

    @Test
    void checkpointEnd() {
        begin();
        batch.addCheckpointEnd(0x0800, 0x0f00, 2);
        assertEquals("40000000ef839ae7 0010000000000000 0201000000000000 0700000000000000 0000030000000000"
            + " 0008000000000000 000f000000000000 0200000000000000", record(RecordFormat.CHECKPOINT_END));
    }
}
