package org.dsmfs.engine.store;

import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.sim.SimulatedDisk;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The bytes of superblock and slot table, frozen: docs/ON-DISK-FORMATS.md. */
class StoreBytesTest {
    private static final int COPY_BYTES = 4096;

    private final SimulatedDisk disk = new SimulatedDisk(1);

    private String bytes(final String name, final long position, final int length) {
        final UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(length));
        try (Disk.DiskFile file = disk.open(name)) {
            file.read(position, buffer.addressOffset(), length);
        }
        final StringBuilder hex = new StringBuilder();
        for (int i = 0; i < length; i++) {
            hex.append(i > 0 && i % 8 == 0 ? " " : "").append(String.format("%02x", buffer.getByte(i)));
        }
        return hex.toString();
    }

    private void writeSuperblock() {
        final Superblock superblock = Superblock.create(disk);
        superblock.spaceId = new UUID(0x0102030405060708L, 0x090a0b0c0d0e0f10L);
        superblock.nodeId = new UUID(0x1112131415161718L, 0x191a1b1c1d1e1f20L);
        superblock.dataPageBytes = 0x8000;
        superblock.incarnation = 7;
        superblock.journalBytes = 0x4000000;
        superblock.redoLsn = 0x1000;
        superblock.snapshotLsn = 0x1100;
        superblock.endLsn = 0x1200;
        superblock.version = 0x0102;
        superblock.clean = true;
        superblock.write();
        superblock.close();
    }

    @Test
    void superblock() {
        writeSuperblock();
        final String expected = "64736d73746f7265 010000006b88315e 0100000000000000 0807060504030201"
            + " 100f0e0d0c0b0a09 1817161514131211 201f1e1d1c1b1a19 0080000007000000 0000000400000000 0010000000000000"
            + " 0201000000000000 0100000000000000 0012000000000000 0011000000000000 0000000000000000";
        assertEquals(expected, bytes(Superblock.FILE, 0, 120));
        assertEquals(expected, bytes(Superblock.FILE, COPY_BYTES, 120));
    }

    @Test
    void superblockIsReadAsWritten() {
        writeSuperblock();
        final Superblock read = Superblock.read(disk);
        assertEquals(new UUID(0x0102030405060708L, 0x090a0b0c0d0e0f10L), read.spaceId);
        assertEquals(new UUID(0x1112131415161718L, 0x191a1b1c1d1e1f20L), read.nodeId);
        assertEquals(0x8000, read.dataPageBytes);
        assertEquals(7, read.incarnation);
        assertEquals(0x4000000, read.journalBytes);
        assertEquals(0x1000, read.redoLsn);
        assertEquals(0x1100, read.snapshotLsn);
        assertEquals(0x1200, read.endLsn);
        assertEquals(0x0102, read.version);
        assertTrue(read.clean);
        read.close();
    }

    @Test
    void newerFormatIsRefusedByItsNumber() {
        writeSuperblock();
        final UnsafeBuffer format = new UnsafeBuffer(ByteBuffer.allocateDirect(4));
        format.putInt(0, 3, ByteOrder.LITTLE_ENDIAN);
        try (Disk.DiskFile file = disk.open(Superblock.FILE)) {
            file.write(8, format.addressOffset(), 4);
            Superblock.read(disk).close();
            file.write(COPY_BYTES + 8, format.addressOffset(), 4);
        }
        final EngineException e = assertThrows(EngineException.class, () -> Superblock.read(disk));
        assertEquals("the store has format 3, this is dsm for format 1: install the newer dsm that wrote it",
            e.getMessage());
    }

    @Test
    void slotTableEntry() {
        final Slab slab = new Slab(disk, "large", 0x8000);
        slab.grow(3);
        slab.setEntry(1, Segment.of(0x82, 0x21), 4, 0x0102, 8, 0x11223344);
        slab.setEntry(2, Segment.of(0x82, 0x21), 5, 0x0103, 8, 0x11223344);
        slab.clearEntry(2);
        slab.syncTable();
        slab.close();
        final String free = "0000000000000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000";
        assertEquals(free, bytes("slots-large", 0, 40));
        assertEquals("2100000000000082 0400000000000000 0201000000000000 0800000044332211 de05372c00000000",
            bytes("slots-large", 40, 40));
        assertEquals(free, bytes("slots-large", 80, 40));
    }

    @Test
    void slotTableEntryWithoutBlocks() {
        final Slab slab = new Slab(disk, "large", 0x8000);
        slab.grow(3);
        slab.giveBlocksBack(BitSet.valueOf(new long[] {0b110}));
        assertEquals(0x8000 + 3 * 40, slab.bytesOnDisk());
        final String none = "0000000000000000 0000000000000000 ffffffffffffffff 0000000000000000 1d1981e300000000";
        assertEquals(none, bytes("slots-large", 40, 40));
        assertEquals(none, bytes("slots-large", 80, 40));
        slab.takeBlocksAgain(BitSet.valueOf(new long[] {0b100}));
        slab.close();
        assertEquals(none, bytes("slots-large", 40, 40));
        assertEquals("0000000000000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000",
            bytes("slots-large", 80, 40));
    }
}
