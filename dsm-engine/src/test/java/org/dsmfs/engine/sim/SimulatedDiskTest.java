package org.dsmfs.engine.sim;

import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.sim.SimulatedDisk.End;
import org.dsmfs.engine.sim.SimulatedDisk.Fault;
import org.dsmfs.engine.store.Disk.DiskFile;
import org.dsmfs.engine.store.DiskException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SimulatedDiskTest {
    private static final int SEEDS = 200;
    private static final int EIO = 5;
    private static final int EBADF = 9;
    private static final int ENOSPC = 28;

    private final UnsafeBuffer memory = new UnsafeBuffer(ByteBuffer.allocateDirect(64 << 10));
    private final SimulatedDisk disk = new SimulatedDisk(1);

    @Test
    void readsWhatWasWrittenAndZerosElsewhere() {
        final DiskFile file = disk.open("file");
        write(file, 5000, filled(10_000, 7));
        assertEquals(15_000, file.size());
        assertArrayEquals(filled(10_000, 7), read(file, 5000, 10_000));
        assertArrayEquals(new byte[5000], read(file, 0, 5000));
        assertArrayEquals(filled(10, 7), read(disk.open("file"), 5000, 10));
    }

    @Test
    void readingPastTheEndIsAnError() {
        final DiskFile file = disk.open("file");
        write(file, 0, filled(100, 1));
        failure(EIO, () -> read(file, 50, 51));
    }

    @Test
    void truncatedBytesDoNotComeBack() {
        final DiskFile file = disk.open("file");
        write(file, 0, filled(10_000, 1));
        file.sync();
        file.truncate(5000);
        file.truncate(10_000);
        file.sync();
        final byte[] expected = filled(10_000, 1);
        Arrays.fill(expected, 5000, 10_000, (byte) 0);
        assertArrayEquals(expected, read(file, 0, 10_000));
        assertArrayEquals(expected, read(disk.restart(End.POWER).open("file"), 0, 10_000));
    }

    @Test
    void closedFileIsRefused() {
        final DiskFile file = disk.open("file");
        file.close();
        failure(EBADF, () -> write(file, 0, filled(1, 1)));
    }

    @Test
    void crashEndsThisOperationAndAllAfterIt() {
        final DiskFile file = disk.open("file");
        write(file, 0, filled(1, 1));
        assertEquals(2, disk.operations());
        disk.crashAt(4);
        file.sync();
        assertThrows(SimulatedCrash.class, file::sync);
        assertThrows(SimulatedCrash.class, () -> disk.open("file"));
        file.close();
    }

    @Test
    void killKeepsEveryWriteAndAPrefixOfTheOneInFlight() {
        final Set<Integer> prefixes = new HashSet<>();
        final DiskFile file = disk.open("file");
        write(file, 0, filled(8192, 1));
        disk.crashAt(3);
        assertThrows(SimulatedCrash.class, () -> write(file, 4096, filled(4096, 2)));
        for (int i = 0; i < SEEDS; i++) {
            final byte[] content = read(disk.restart(End.KILL).open("file"), 0, 8192);
            int prefix = 0;
            while (prefix < 4096 && content[4096 + prefix] == 2) {
                prefix++;
            }
            final byte[] expected = filled(8192, 1);
            Arrays.fill(expected, 4096, 4096 + prefix, (byte) 2);
            assertArrayEquals(expected, content);
            prefixes.add(prefix);
        }
        assertTrue(prefixes.size() > SEEDS / 2, () -> "prefixes seen: " + prefixes);
    }

    @Test
    void killMakesNothingDurable() {
        final Set<Byte> outcomes = outcomes(fresh -> {
            final DiskFile file = fresh.open("file");
            write(file, 0, filled(1, 1));
            file.sync();
            write(file, 0, filled(1, 2));
            final SimulatedDisk next = fresh.restart(End.KILL);
            assertEquals(2, read(next.open("file"), 0, 1)[0]);
            return read(next.restart(End.POWER).open("file"), 0, 1)[0];
        });
        assertEquals(Set.of((byte) 1, (byte) 2), outcomes);
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void whatWasSyncedSurvives(final End end) {
        final Set<Integer> outcomes = outcomes(fresh -> {
            final DiskFile file = fresh.open("file");
            write(file, 3000, filled(9000, 3));
            file.sync();
            return Arrays.hashCode(read(fresh.restart(end).open("file"), 3000, 9000));
        });
        assertEquals(Set.of(Arrays.hashCode(filled(9000, 3))), outcomes);
    }

    @Test
    void powerCutKeepsLosesOrTearsAnUnsyncedWriteBySectors() {
        final Set<Integer> sectorsKept = outcomes(fresh -> {
            final DiskFile file = fresh.open("file");
            write(file, 0, filled(4096, 1));
            file.sync();
            write(file, 0, filled(4096, 2));
            final byte[] content = read(fresh.restart(End.POWER).open("file"), 0, 4096);
            int kept = 0;
            for (int sector = 0; sector < 8; sector++) {
                final byte first = content[sector * 512];
                assertArrayEquals(filled(512, first), Arrays.copyOfRange(content, sector * 512, sector * 512 + 512));
                kept += first - 1;
            }
            return kept;
        });
        assertTrue(sectorsKept.containsAll(Set.of(0, 3, 4, 5, 8)), () -> "sectors kept: " + sectorsKept);
    }

    @Test
    void powerCutKeepsWritesInAnyOrder() {
        final Set<String> survivors = outcomes(fresh -> {
            final DiskFile file = fresh.open("file");
            write(file, 0, new byte[8192]);
            file.sync();
            write(file, 0, filled(1, 1));
            write(file, 4096, filled(1, 1));
            final DiskFile after = fresh.restart(End.POWER).open("file");
            return read(after, 0, 1)[0] + "," + read(after, 4096, 1)[0];
        });
        assertEquals(Set.of("0,0", "0,1", "1,0", "1,1"), survivors);
    }

    @Test
    void powerCutMayLoseSizeChanges() {
        final Set<Long> sizes = outcomes(fresh -> {
            final DiskFile file = fresh.open("file");
            file.truncate(100);
            file.sync();
            file.allocate(0, 8192);
            write(file, 9000, filled(1000, 1));
            file.truncate(50);
            return fresh.restart(End.POWER).open("file").size();
        });
        assertEquals(Set.of(100L, 8192L, 10_000L, 50L), sizes);
    }

    @Test
    void powerCutMayLoseAFileWhoseNameWasNotSynced() {
        assertEquals(Set.of(true, false), outcomes(fresh -> {
            fresh.open("file");
            return fresh.restart(End.POWER).exists("file");
        }));
        assertEquals(Set.of(true), outcomes(fresh -> {
            fresh.open("file");
            fresh.syncDirectory();
            return fresh.restart(End.POWER).exists("file");
        }));
        assertEquals(Set.of(true), outcomes(fresh -> {
            fresh.open("file").sync();
            return fresh.restart(End.POWER).exists("file");
        }));
    }

    @Test
    void restartedDiskIsIndependent() {
        final DiskFile file = disk.open("file");
        write(file, 0, filled(4096, 1));
        file.sync();
        final DiskFile first = disk.restart(End.KILL).open("file");
        final DiskFile second = disk.restart(End.POWER).open("file");
        write(first, 0, filled(4096, 2));
        assertArrayEquals(filled(4096, 1), read(second, 0, 4096));
        assertThrows(SimulatedCrash.class, file::size);
    }

    @Test
    void sameSeedSameOutcome() {
        for (long seed = 0; seed < 20; seed++) {
            assertArrayEquals(afterPowerCut(seed), afterPowerCut(seed));
        }
        assertFalse(Arrays.equals(afterPowerCut(1), afterPowerCut(2)));
    }

    private byte[] afterPowerCut(final long seed) {
        final SimulatedDisk fresh = new SimulatedDisk(seed);
        final DiskFile file = fresh.open("file");
        file.truncate(60_000);
        file.sync();
        for (int i = 0; i < 15; i++) {
            write(file, i * 3000, filled(4000, i));
        }
        return read(fresh.restart(End.POWER).open("file"), 0, 45_000);
    }

    @Test
    void flippedBitIsSeenAndStays() {
        final DiskFile file = disk.open("file");
        write(file, 0, filled(100, 0));
        file.sync();
        disk.flipBit("file", 42);
        assertEquals(1, Integer.bitCount(read(file, 42, 1)[0] & 0xff));
        final byte[] content = read(disk.restart(End.POWER).open("file"), 0, 100);
        assertEquals(1, Integer.bitCount(content[42] & 0xff));
        content[42] = 0;
        assertArrayEquals(new byte[100], content);
    }

    @Test
    void fullDiskTakesOnlyWhatHasRoom() {
        disk.capacityBytes(4 * 4096);
        final DiskFile file = disk.open("file");
        file.allocate(0, 2 * 4096);
        assertEquals(2 * 4096, disk.freeBytes());
        write(disk.open("other"), 0, filled(4097, 1));
        assertEquals(0, disk.freeBytes());

        write(file, 0, filled(2 * 4096, 2));
        failure(ENOSPC, () -> write(file, 4096, filled(8192, 3)));
        assertEquals(2 * 4096, file.size());
        assertArrayEquals(filled(4096, 3), read(file, 4096, 4096));
        failure(ENOSPC, () -> file.allocate(2 * 4096, 1));

        disk.open("other").truncate(0);
        file.allocate(2 * 4096, 2 * 4096);
        final SimulatedDisk next = disk.restart(End.KILL);
        assertEquals(0, next.freeBytes());
    }

    @Test
    void failedAllocateLeavesWhatHadRoom() {
        disk.capacityBytes(3 * 4096);
        final DiskFile file = disk.open("file");
        failure(ENOSPC, () -> file.allocate(0, 64 << 20));
        assertEquals(3 * 4096, file.size());
        file.truncate(0);
        assertEquals(3 * 4096, disk.freeBytes());
    }

    @Test
    void nthOperationFailsOnce() {
        final DiskFile file = disk.open("file");
        disk.failNth(Fault.WRITE, 2);
        disk.failNth(Fault.READ, 1);
        write(file, 0, filled(1, 1));
        failure(EIO, () -> write(file, 0, filled(1, 2)));
        write(file, 1, filled(1, 3));
        failure(EIO, () -> read(file, 0, 2));
        assertArrayEquals(new byte[] {1, 3}, read(file, 0, 2));
    }

    @Test
    void failedSyncIsNotMendedByALaterOne() {
        final Set<Byte> outcomes = outcomes(fresh -> {
            final DiskFile file = fresh.open("file");
            write(file, 0, filled(1, 1));
            file.sync();
            write(file, 0, filled(1, 2));
            fresh.failNth(Fault.SYNC, 1);
            failure(EIO, file::sync);
            assertEquals(2, read(file, 0, 1)[0]);
            file.sync();
            return read(fresh.restart(End.POWER).open("file"), 0, 1)[0];
        });
        assertEquals(Set.of((byte) 1, (byte) 2), outcomes);
    }

    private static <T> Set<T> outcomes(final Function<SimulatedDisk, T> run) {
        final Set<T> outcomes = new HashSet<>();
        for (long seed = 0; seed < SEEDS; seed++) {
            outcomes.add(run.apply(new SimulatedDisk(seed)));
        }
        return outcomes;
    }

    private static byte[] filled(final int length, final int value) {
        final byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private void write(final DiskFile file, final long position, final byte[] bytes) {
        memory.putBytes(0, bytes);
        file.write(position, memory.addressOffset(), bytes.length);
    }

    private byte[] read(final DiskFile file, final long position, final int length) {
        file.read(position, memory.addressOffset(), length);
        final byte[] bytes = new byte[length];
        memory.getBytes(0, bytes);
        return bytes;
    }

    private static void failure(final int errno, final Executable call) {
        assertEquals(errno, assertThrows(DiskException.class, call).errno());
    }
}
