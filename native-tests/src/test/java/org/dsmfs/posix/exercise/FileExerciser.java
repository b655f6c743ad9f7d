package org.dsmfs.posix.exercise;

import static org.dsmfs.posix.sys.Descriptor.O_RDONLY;
import static org.dsmfs.posix.sys.Descriptor.O_RDWR;
import static org.dsmfs.posix.sys.Mapping.MAP_SHARED;
import static org.dsmfs.posix.sys.Mapping.PROT_READ;
import static org.dsmfs.posix.sys.Mapping.PROT_WRITE;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.dsmfs.posix.support.Capability;
import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.Mapping;
import org.dsmfs.posix.sys.Posix;
import org.dsmfs.posix.sys.PosixException;

/**
 * Does random operations on one file and the same on an array in memory, and compares the two. Not thread-safe.
 *
 * <p>Invariant: the shadow's bytes from {@code size} on are zero, as those of a file that grows must be.
 */
final class FileExerciser implements AutoCloseable {
    private static final int LARGEST_FILE_BYTES = 2 << 20;
    private static final int LARGEST_RANGE_BYTES = 192 << 10;
    private static final int PAGE_BYTES = 4096;
    private static final int OPERATIONS_BETWEEN_FULL_COMPARISONS = 2000;
    private static final int REMEMBERED_OPERATIONS = 40;

    private final String path;
    private final Random random;
    private final List<Operation> choices;
    private final Deque<String> lastOperations = new ArrayDeque<>();
    private final byte[] shadow = new byte[LARGEST_FILE_BYTES];
    private int size;
    private Descriptor file;
    private Descriptor reader;

    FileExerciser(final String path, final long seed, final Set<Capability> lacking) {
        this.path = path;
        this.random = new Random(seed);
        this.choices = Operation.choices(lacking);
        this.file = Descriptor.create(path);
        this.reader = Descriptor.open(path, O_RDONLY);
    }

    /** Runs so many operations; throws with the last ones named if file and shadow differ or a call fails. */
    void run(final int operations) {
        for (int i = 1; i <= operations; i++) {
            final Operation operation = choices.get(random.nextInt(choices.size()));
            try {
                perform(operation);
                checkSize(file);
                if (i % OPERATIONS_BETWEEN_FULL_COMPARISONS == 0 || i == operations) {
                    compare(0, file.pread(0, LARGEST_FILE_BYTES + 1), size);
                }
            } catch (final PosixException | AssertionError e) {
                throw new AssertionError("operation " + i + ": " + e.getMessage() + "; last operations:\n  "
                    + String.join("\n  ", lastOperations), e);
            }
        }
    }

    private void perform(final Operation operation) {
        switch (operation) {
            case READ -> read(file);
            case READ_BY_OTHER -> read(reader);
            case WRITE -> write();
            case APPEND -> append();
            case MAPPED_READ -> mappedRead();
            case MAPPED_WRITE -> mappedWrite();
            case TRUNCATE -> truncate();
            case ALLOCATE -> allocate();
            case ALLOCATE_KEEPING_SIZE -> allocateKeepingSize();
            case PUNCH_HOLE -> punchHole();
            case ZERO_RANGE -> zeroRange();
            case COPY -> copy();
            case REOPEN -> reopen();
            case SYNC -> sync();
        }
    }

    /** Small ranges and large ones alike. */
    private int randomLength(final int atMost) {
        final int bound = 1 << random.nextInt(18);
        return 1 + random.nextInt(Math.min(Math.min(bound, LARGEST_RANGE_BYTES), atMost));
    }

    private void note(final Operation operation, final long offset, final long length) {
        if (lastOperations.size() == REMEMBERED_OPERATIONS) {
            lastOperations.removeFirst();
        }
        lastOperations.addLast(operation + " offset " + offset + " length " + length + ", size before " + size);
    }

    private void read(final Descriptor from) {
        final int offset = random.nextInt(LARGEST_FILE_BYTES);
        final int length = randomLength(LARGEST_FILE_BYTES);
        note(from == file ? Operation.READ : Operation.READ_BY_OTHER, offset, length);
        compare(offset, from.pread(offset, length), Math.max(0, Math.min(length, size - offset)));
    }

    private byte[] randomBytes(final int length) {
        final byte[] data = new byte[length];
        random.nextBytes(data);
        return data;
    }

    private void write() {
        final int offset = random.nextInt(LARGEST_FILE_BYTES - 1);
        writeAt(Operation.WRITE, offset, randomLength(LARGEST_FILE_BYTES - offset));
    }

    private void append() {
        if (size < LARGEST_FILE_BYTES) {
            writeAt(Operation.APPEND, size, randomLength(LARGEST_FILE_BYTES - size));
        }
    }

    private void writeAt(final Operation operation, final int offset, final int length) {
        note(operation, offset, length);
        final byte[] data = randomBytes(length);
        file.pwrite(offset, data);
        System.arraycopy(data, 0, shadow, offset, length);
        size = Math.max(size, offset + length);
    }

    private void mappedRead() {
        if (size == 0) {
            return;
        }
        final int offset = random.nextInt(size);
        final int length = randomLength(size - offset);
        note(Operation.MAPPED_READ, offset, length);
        checkSize(reader);
        final int start = offset / PAGE_BYTES * PAGE_BYTES;
        try (Mapping mapping = Mapping.of(reader, start, offset + length - start, PROT_READ, MAP_SHARED)) {
            compare(offset, mapping.get(offset - start, length), length);
        }
    }

    private void mappedWrite() {
        if (size == 0) {
            return;
        }
        final int offset = random.nextInt(size);
        final int length = randomLength(size - offset);
        note(Operation.MAPPED_WRITE, offset, length);
        final int start = offset / PAGE_BYTES * PAGE_BYTES;
        final byte[] data = randomBytes(length);
        try (Mapping mapping = Mapping.of(file, start, offset + length - start, PROT_READ | PROT_WRITE, MAP_SHARED)) {
            mapping.put(offset - start, data);
            if (random.nextBoolean()) {
                mapping.sync();
            }
        }
        System.arraycopy(data, 0, shadow, offset, length);
    }

    private void truncate() {
        final int length = random.nextInt(LARGEST_FILE_BYTES + 1);
        note(Operation.TRUNCATE, 0, length);
        if (random.nextBoolean()) {
            file.truncate(length);
        } else {
            Posix.truncate(path, length);
        }
        if (length < size) {
            Arrays.fill(shadow, length, size, (byte) 0);
        }
        size = length;
    }

    private void allocate() {
        final int offset = random.nextInt(LARGEST_FILE_BYTES - 1);
        final int length = randomLength(LARGEST_FILE_BYTES - offset);
        note(Operation.ALLOCATE, offset, length);
        file.allocate(0, offset, length);
        size = Math.max(size, offset + length);
    }

    private void allocateKeepingSize() {
        final int offset = random.nextInt(LARGEST_FILE_BYTES);
        final int length = randomLength(LARGEST_FILE_BYTES);
        note(Operation.ALLOCATE_KEEPING_SIZE, offset, length);
        file.allocate(Descriptor.FALLOC_KEEP_SIZE, offset, length);
    }

    private void punchHole() {
        final int offset = random.nextInt(LARGEST_FILE_BYTES);
        final int length = randomLength(LARGEST_FILE_BYTES);
        note(Operation.PUNCH_HOLE, offset, length);
        file.allocate(Descriptor.FALLOC_PUNCH_HOLE | Descriptor.FALLOC_KEEP_SIZE, offset, length);
        fillWithZeros(offset, length);
    }

    private void zeroRange() {
        final int offset = random.nextInt(LARGEST_FILE_BYTES - 1);
        final int length = randomLength(LARGEST_FILE_BYTES - offset);
        final boolean keepSize = random.nextBoolean();
        note(Operation.ZERO_RANGE, offset, length);
        file.allocate(Descriptor.FALLOC_ZERO_RANGE | (keepSize ? Descriptor.FALLOC_KEEP_SIZE : 0), offset, length);
        fillWithZeros(offset, length);
        if (!keepSize) {
            size = Math.max(size, offset + length);
        }
    }

    private void fillWithZeros(final int offset, final int length) {
        Arrays.fill(shadow, offset, Math.min(offset + length, LARGEST_FILE_BYTES), (byte) 0);
    }

    /** Copies a range of the first half of the file to somewhere behind it, as the call refuses an overlap. */
    private void copy() {
        if (size < 2) {
            return;
        }
        final int from = random.nextInt(size / 2);
        final int length = randomLength(size / 2 - from);
        final int to = from + length + random.nextInt(LARGEST_FILE_BYTES - from - 2 * length + 1);
        note(Operation.COPY, from, length);
        checkSize(reader);
        reader.seek(from, Descriptor.SEEK_SET);
        file.seek(to, Descriptor.SEEK_SET);
        int copied = 0;
        while (copied < length) {
            final int more = (int) reader.copyRangeTo(file, length - copied);
            if (more == 0) {
                throw new AssertionError("copied " + copied + " of " + length + " bytes to " + to);
            }
            copied += more;
        }
        System.arraycopy(shadow, from, shadow, to, length);
        size = Math.max(size, to + length);
    }

    private void reopen() {
        note(Operation.REOPEN, 0, 0);
        file.close();
        file = Descriptor.open(path, O_RDWR);
        reader.close();
        reader = Descriptor.open(path, O_RDONLY);
    }

    private void sync() {
        note(Operation.SYNC, 0, 0);
        if (random.nextBoolean()) {
            file.sync();
        } else {
            file.syncData();
        }
    }

    /**
     * Also asks for the size, as programs do before they map a file or copy a range: if the file grew on another mount,
     * the kernel takes for its end what it was told last.
     */
    private void checkSize(final Descriptor descriptor) {
        final long actual = descriptor.stat().size();
        if (actual != size) {
            throw new AssertionError("size is " + actual + ", expected " + size);
        }
    }

    private void compare(final int offset, final byte[] actual, final int expectedLength) {
        if (actual.length != expectedLength) {
            throw new AssertionError("read " + actual.length + " bytes at " + offset + ", expected " + expectedLength);
        }
        final int difference = Arrays.mismatch(actual, 0, actual.length, shadow, offset, offset + actual.length);
        if (difference >= 0) {
            throw new AssertionError("byte at " + (offset + difference) + " is " + actual[difference]
                + ", expected " + shadow[offset + difference]);
        }
    }

    @Override
    public void close() {
        file.close();
        reader.close();
    }
}
