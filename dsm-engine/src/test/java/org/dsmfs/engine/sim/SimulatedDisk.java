package org.dsmfs.engine.sim;

import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.store.Disk;
import org.dsmfs.engine.store.DiskException;
import org.dsmfs.engine.store.MemoryParts;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A disk in memory that fails on request, for crash tests. Deterministic: the same seed and the same calls give the
 * same result. Thread-safe, but deterministic only if the order of calls is.
 */
public final class SimulatedDisk implements Disk {
    private static final int EIO = 5;
    private static final int EBADF = 9;
    private static final int ENOSPC = 28;

    /** How the process that uses the disk ends. */
    public enum End {
        /** The process is killed: all writes stay, of the one in flight a prefix; none is more durable than before. */
        KILL,
        /**
         * The machine loses power: each unsynced write stays, or not, or some of its 512-byte sectors do, in whatever
         * order; each unsynced change of size or creation of a file stays or not.
         */
        POWER
    }

    /** Operations that can be made to fail with EIO. */
    public enum Fault {
        READ, WRITE,
        /** Some of what was not synced reaches the platter; the rest never does unless it is written again. */
        SYNC
    }

    private record WriteInFlight(SimulatedFile file, long position, byte[] bytes) {
    }

    private final Random random;
    private final Map<String, SimulatedFile> files = new TreeMap<>();
    private final Map<Fault, Long> operationsUntilFault = new EnumMap<>(Fault.class);
    private final UnsafeBuffer memory = new UnsafeBuffer(0, 0);
    private long capacityBlocks = Integer.MAX_VALUE;
    private long usedBlocks;
    private long operations;
    private long crashAt = Long.MAX_VALUE;
    private boolean crashed;
    private WriteInFlight inFlight;

    /** An empty disk of 8 TiB. */
    public SimulatedDisk(final long seed) {
        this.random = new Random(seed);
    }

    /** @return operations so far, of the disk and its files; close is none */
    public synchronized long operations() {
        return operations;
    }

    /** Makes the operation of that number, from 1, and all after it throw {@link SimulatedCrash}. */
    public synchronized void crashAt(final long operation) {
        crashAt = operation;
    }

    /** @param bytes that all files together may take, in whole 4 KiB blocks; below what they take is a full disk */
    public synchronized void capacityBytes(final long bytes) {
        capacityBlocks = bytes / SparseImage.BLOCK_BYTES;
    }

    /** Makes the n-th operation of that kind from now on, counted from 1, fail with EIO. */
    public synchronized void failNth(final Fault kind, final long n) {
        operationsUntilFault.put(kind, n);
    }

    /** Flips one of the bits of the byte at that position of a file, on the platter and for all who read it. */
    public synchronized void flipBit(final String name, final long position) {
        files.get(name).flipBit(position, random.nextInt(Byte.SIZE));
    }

    /**
     * Ends the process, if it did not crash before: operations of this disk throw from now on. Can be called again, for
     * another outcome of the same crash.
     *
     * @return the disk as the next process finds it, without the crash and the faults asked for here
     */
    public synchronized SimulatedDisk restart(final End end) {
        crashed = true;
        final SimulatedDisk disk = new SimulatedDisk(random.nextLong());
        disk.capacityBlocks = capacityBlocks;
        files.forEach((name, file) -> {
            final SimulatedFile inFlightFile = withWriteInFlight(file, end);
            if (end == End.KILL) {
                disk.files.put(name, inFlightFile);
            } else if (file.isNameDurable() || random.nextBoolean()) {
                disk.files.put(name, inFlightFile.afterPowerCut(random));
            }
        });
        for (final SimulatedFile file : disk.files.values()) {
            disk.usedBlocks += file.seen().allocatedBlocks();
        }
        return disk;
    }

    private SimulatedFile withWriteInFlight(final SimulatedFile file, final End end) {
        final SimulatedFile copy = file.afterKill();
        if (inFlight != null && inFlight.file == file) {
            final int length = inFlight.bytes.length;
            copy.write(inFlight.position,
                end == End.POWER ? inFlight.bytes : Arrays.copyOf(inFlight.bytes, random.nextInt(length + 1)));
        }
        return copy;
    }

    @Override
    public synchronized DiskFile open(final String name) {
        operation();
        return new OpenFile(name, files.computeIfAbsent(name, key -> new SimulatedFile()));
    }

    @Override
    public synchronized boolean exists(final String name) {
        operation();
        return files.containsKey(name);
    }

    @Override
    public synchronized long freeBytes() {
        operation();
        return Math.max(0, capacityBlocks - usedBlocks) * SparseImage.BLOCK_BYTES;
    }

    @Override
    public synchronized void syncDirectory() {
        operation();
        files.values().forEach(SimulatedFile::makeNameDurable);
    }

    private void operation() {
        operation(null);
    }

    private void operation(final WriteInFlight write) {
        if (!crashed) {
            operations++;
            if (operations >= crashAt) {
                crashed = true;
                inFlight = write;
            }
        }
        if (crashed) {
            throw new SimulatedCrash(operations);
        }
    }

    private boolean fails(final Fault kind) {
        final Long left = operationsUntilFault.computeIfPresent(kind, (key, value) -> value - 1);
        if (left == null || left > 0) {
            return false;
        }
        operationsUntilFault.remove(kind);
        return true;
    }

    private boolean takeBlock(final SparseImage image, final long block) {
        if (image.isAllocated(block)) {
            return true;
        }
        if (usedBlocks >= capacityBlocks) {
            return false;
        }
        usedBlocks++;
        return true;
    }

    private final class OpenFile implements DiskFile {
        private final String name;
        private final SimulatedFile file;
        private boolean closed;

        private OpenFile(final String name, final SimulatedFile file) {
            this.name = name;
            this.file = file;
        }

        @Override
        public long size() {
            synchronized (SimulatedDisk.this) {
                begin("size");
                return file.seen().size();
            }
        }

        @Override
        public void read(final long position, final long address, final int length) {
            synchronized (SimulatedDisk.this) {
                begin("read");
                if (position + length > file.seen().size() || fails(Fault.READ)) {
                    throw failure("read", EIO);
                }
                final byte[] bytes = new byte[length];
                file.seen().read(position, bytes);
                memory.wrap(address, length);
                memory.putBytes(0, bytes);
            }
        }

        /** {@inheritDoc} On a full disk as much of it is written as has room. */
        @Override
        public void write(final long position, final long address, final int length) {
            synchronized (SimulatedDisk.this) {
                final byte[] bytes = new byte[length];
                memory.wrap(address, length);
                memory.getBytes(0, bytes);
                operation(new WriteInFlight(file, position, bytes));
                refuseIfClosed("write");
                if (fails(Fault.WRITE)) {
                    throw failure("write", EIO);
                }
                final int room = takeBlocks(position, length);
                if (room == length) {
                    file.write(position, bytes);
                } else {
                    file.write(position, Arrays.copyOf(bytes, room));
                    throw failure("write", ENOSPC);
                }
            }
        }

        /** @return how many of the bytes have room */
        private int takeBlocks(final long position, final int length) {
            int room = 0;
            while (room < length && takeBlock(file.seen(), (position + room) / SparseImage.BLOCK_BYTES)) {
                room += SparseImage.BLOCK_BYTES - (int) ((position + room) % SparseImage.BLOCK_BYTES);
            }
            return Math.min(room, length);
        }

        /** {@inheritDoc} On a full disk as many blocks are allocated as have room, and the file extended to there. */
        @Override
        public void allocate(final long position, final long length) {
            synchronized (SimulatedDisk.this) {
                begin("allocate");
                final long end = position + length;
                final long first = position / SparseImage.BLOCK_BYTES;
                final long last = (end - 1) / SparseImage.BLOCK_BYTES;
                long block = first;
                while (block <= last && takeBlock(file.seen(), block)) {
                    block++;
                }
                if (block > first) {
                    file.allocate(first, block - 1, Math.min(end, block * SparseImage.BLOCK_BYTES));
                }
                if (block <= last) {
                    throw failure("allocate", ENOSPC);
                }
            }
        }

        /** {@inheritDoc} Of blocks that are partly in the range nothing is given back. */
        @Override
        public void deallocate(final long position, final long length) {
            synchronized (SimulatedDisk.this) {
                begin("deallocate");
                final long first = (position + SparseImage.BLOCK_BYTES - 1) / SparseImage.BLOCK_BYTES;
                final long end = (position + length) / SparseImage.BLOCK_BYTES;
                usedBlocks -= file.seen().allocatedBlocks();
                file.deallocate(first, end - 1);
                usedBlocks += file.seen().allocatedBlocks();
            }
        }

        @Override
        public void truncate(final long size) {
            synchronized (SimulatedDisk.this) {
                begin("truncate");
                usedBlocks -= file.seen().allocatedBlocks();
                file.resize(size);
                usedBlocks += file.seen().allocatedBlocks();
            }
        }

        @Override
        public void write(final long position, final MemoryParts parts) {
            final UnsafeBuffer all = new UnsafeBuffer(ByteBuffer.allocateDirect(parts.bytes()));
            int bytes = 0;
            for (int i = 0; i < parts.count(); i++) {
                UnsafeApi.copyMemory(parts.address(i), all.addressOffset() + bytes, parts.length(i));
                bytes += parts.length(i);
            }
            write(position, all.addressOffset(), bytes);
            // An address keeps no memory.
            Reference.reachabilityFence(all);
        }

        @Override
        public void startWriteOut(final long position, final long length) {
            // What was written may be on the platter at any time anyway.
        }

        @Override
        public void sync() {
            synchronized (SimulatedDisk.this) {
                begin("sync");
                if (fails(Fault.SYNC)) {
                    file.failSync(random);
                    throw failure("sync", EIO);
                }
                file.sync();
            }
        }

        @Override
        public void close() {
            synchronized (SimulatedDisk.this) {
                closed = true;
            }
        }

        private void begin(final String operation) {
            operation();
            refuseIfClosed(operation);
        }

        private void refuseIfClosed(final String operation) {
            if (closed) {
                throw failure(operation, EBADF);
            }
        }

        private DiskException failure(final String operation, final int errno) {
            return new DiskException("simulated failure of " + operation + " on " + name + ": errno " + errno, errno);
        }
    }
}
