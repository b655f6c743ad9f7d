package org.dsmfs.engine.node;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.PageTransaction;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.Space;
import org.dsmfs.engine.SpaceFullException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Operations over some pages, each decided by seed and number alone, and a model of what they do. Each operation also
 * writes its number into a page, so that after a crash one can tell how many survived. An operation that the space has
 * no room for is one that does nothing.
 */
final class Workload {
    private static final long COUNTER = Segment.of(1, 1);
    private static final long[] SEGMENTS = {
        Segment.of(2, 20), Segment.of(3, 21), Segment.of(Segment.LARGE_PAGES | 4, 22),
        Segment.of(Segment.LARGE_PAGES | 4, 23)};
    private static final int PAGES = 6;

    private final long seed;
    private final int largePageSize;
    private final Set<Integer> refused = new HashSet<>();
    private int lastDone;
    private int lastSynced;

    private enum Kind { FREE, RESERVE, WRITE, PUT_WHOLE, PUT }

    private record Address(long segment, long page) implements Comparable<Address> {
        @Override
        public int compareTo(final Address other) {
            return segment != other.segment ? Long.compare(segment, other.segment) : Long.compare(page, other.page);
        }
    }

    /** One change of one page; {@code length} bytes at {@code offset} become {@code fill}. */
    private record Step(Address address, Kind kind, int pageSize, int offset, int length, byte fill) {
    }

    Workload(final long seed, final int largePageSize) {
        this.seed = seed;
        this.largePageSize = largePageSize;
    }

    private List<Step> steps(final int number) {
        final Random random = new Random(seed * 1_000_003 + number);
        final List<Step> steps = new ArrayList<>();
        final TreeSet<Address> used = new TreeSet<>();
        for (int i = random.nextInt(5); i >= 0; i--) {
            final Address address = new Address(SEGMENTS[random.nextInt(SEGMENTS.length)], random.nextInt(PAGES));
            final int size = Segment.isLarge(address.segment) ? largePageSize : Segment.SMALL_PAGE_SIZE;
            final Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
            final byte fill = (byte) (1 + random.nextInt(127));
            final int offset = kind == Kind.PUT_WHOLE ? 0 : random.nextInt(size);
            final int length = switch (kind) {
                case PUT_WHOLE -> size;
                case WRITE -> 1 + random.nextInt(Math.min(64, size - offset));
                default -> 1 + random.nextInt(size - offset);
            };
            if (used.add(address)) {
                steps.add(new Step(address, kind, size, offset, length, fill));
            }
        }
        return steps;
    }

    /** Executes the operation of that number, from 1. */
    void execute(final Space space, final int number) {
        final List<Step> steps = steps(number);
        refused.remove(number);
        try {
            space.execute(transaction -> {
                transaction.write(COUNTER, 0).putLong(8, number);
                steps.forEach(step -> apply(step, transaction));
                return null;
            });
            lastDone = number;
        } catch (final SpaceFullException e) {
            refused.add(number);
        }
    }

    /** @return number of the last operation that was not refused */
    int lastDone() {
        return lastDone;
    }

    /** Makes what was done durable. */
    void sync(final Space space) {
        space.sync();
        lastSynced = lastDone;
    }

    /** Stops the space in good order, after which all is durable. */
    void close(final LocalSpace space) {
        space.close();
        lastSynced = lastDone;
    }

    /** @return number of the last operation that is durable */
    int lastSynced() {
        return lastSynced;
    }

    /** @return operations that found no room */
    int refused() {
        return refused.size();
    }

    private static void apply(final Step step, final PageTransaction transaction) {
        final long segment = step.address.segment;
        final long page = step.address.page;
        switch (step.kind) {
            case FREE -> {
                transaction.useReserve();
                transaction.free(segment, page);
            }
            case RESERVE -> transaction.reserve(segment, page);
            case WRITE -> transaction.write(segment, page).setMemory(step.offset, step.length, step.fill);
            default -> {
                final byte[] bytes = new byte[step.length];
                Arrays.fill(bytes, step.fill);
                transaction.put(segment, page, step.offset, new UnsafeBuffer(bytes), 0, step.length);
            }
        }
    }

    /** @return how many operations the space shows: all up to that number and no other, or the test fails */
    int check(final Space space) {
        final int count = space.execute(transaction -> {
            final DirectBuffer counter = transaction.read(COUNTER, 0);
            return counter == null ? 0 : (int) counter.getLong(8);
        });
        final Map<Address, byte[]> model = new TreeMap<>();
        for (int number = 1; number <= count; number++) {
            if (!refused.contains(number)) {
                steps(number).forEach(step -> apply(step, model));
            }
        }
        final TreeSet<Address> present = new TreeSet<>();
        space.forEachPage((segment, page) -> {
            if (LongStream.of(SEGMENTS).anyMatch(ours -> ours == segment)) {
                assertTrue(present.add(new Address(segment, page)), "page listed twice");
            }
        });
        assertEquals(model.keySet(), present, "pages after " + count + " operations");
        model.forEach((address, expected) -> assertArrayEquals(expected, read(space, address),
            "page " + Segment.describe(address.segment, address.page) + " after " + count + " operations"));
        return count;
    }

    private static byte[] read(final Space space, final Address address) {
        return space.execute(transaction -> {
            final DirectBuffer buffer = transaction.read(address.segment, address.page);
            final byte[] bytes = new byte[buffer.capacity()];
            buffer.getBytes(0, bytes);
            return bytes;
        });
    }

    private static void apply(final Step step, final Map<Address, byte[]> model) {
        if (step.kind == Kind.FREE) {
            model.remove(step.address);
        } else if (step.kind == Kind.RESERVE) {
            model.putIfAbsent(step.address, new byte[step.pageSize]);
        } else {
            Arrays.fill(model.computeIfAbsent(step.address, address -> new byte[step.pageSize]), step.offset,
                step.offset + step.length, step.fill);
        }
    }
}
