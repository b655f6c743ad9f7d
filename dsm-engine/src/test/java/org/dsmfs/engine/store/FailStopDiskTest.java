package org.dsmfs.engine.store;

import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.sim.SimulatedDisk;
import org.dsmfs.engine.sim.SimulatedDisk.Fault;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class FailStopDiskTest {
    private static final int EIO = 5;
    private static final int ENOSPC = 28;

    private final UnsafeBuffer bytes = new UnsafeBuffer(ByteBuffer.allocateDirect(4096));
    private final SimulatedDisk simulated = new SimulatedDisk(1);
    private final FailStopDisk disk = new FailStopDisk(simulated);
    private final Disk.DiskFile file = disk.open("a");

    @Test
    void noSyncSucceedsAfterOneFailed() {
        file.write(0, bytes.addressOffset(), 4096);
        simulated.failNth(Fault.SYNC, 1);
        assertEquals(EIO, assertThrows(DiskException.class, file::sync).errno());
        assertThrows(DiskException.class, file::sync);
        assertThrows(DiskException.class, () -> disk.open("b").sync());
        assertThrows(DiskException.class, () -> file.write(0, bytes.addressOffset(), 8));
        assertThrows(DiskException.class, disk::syncDirectory);
    }

    @Test
    void nothingIsWrittenAfterAFailedWrite() {
        simulated.failNth(Fault.WRITE, 1);
        assertThrows(DiskException.class, () -> file.write(0, bytes.addressOffset(), 8));
        assertThrows(DiskException.class, () -> file.write(0, bytes.addressOffset(), 8));
        assertEquals(0, file.size());
    }

    @Test
    void failedAllocationAndReadStopNothing() {
        file.write(0, bytes.addressOffset(), 4096);
        simulated.failNth(Fault.READ, 1);
        assertThrows(DiskException.class, () -> file.read(0, bytes.addressOffset(), 8));
        simulated.capacityBytes(4096);
        assertEquals(ENOSPC, assertThrows(DiskException.class, () -> file.allocate(4096, 4096)).errno());
        file.write(0, bytes.addressOffset(), 8);
        file.sync();
    }
}
