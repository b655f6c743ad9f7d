package org.dsmfs.engine.directory;

import org.agrona.MutableDirectBuffer;
import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.Segment;
import org.junit.jupiter.api.Test;

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DirectoryTest {
    private static final long SEED = Long.getLong("directory.seed", 1);
    private static final long END = Segment.MAX_NUMBER + 1;
    private static final int MAGIC_OFFSET = 0;
    private static final int LEVEL_OFFSET = 24;
    private static final int COUNT_OFFSET = 28;
    private static final int FIRST_VALUE_OFFSET = 48;

    private final HeapTransaction tx = new HeapTransaction();

    private Range lookup(final long number, final long page) {
        return Directory.lookup(tx, number, page);
    }

    @Test
    void whatWasNeverAssignedBelongsToPartition0() {
        assertEquals(new Range(0, 0, END, 0, 0), lookup(0, 0));
        assertEquals(new Range(0, 0, END, 0, 0), lookup(Segment.MAX_NUMBER, Long.MAX_VALUE));
        Directory.assign(tx, 16, 32, 0);
        assertEquals(0, tx.changedCount());
    }

    @Test
    void rangesOfOnePartitionMerge() {
        Directory.assign(tx, 16, 32, 5);
        Directory.assign(tx, 48, 64, 5);
        assertEquals(new Range(32, 0, 48, 0, 0), lookup(40, 7));
        Directory.assign(tx, 32, 48, 5);
        assertEquals(new Range(16, 0, 64, 0, 5), lookup(40, 7));
        assertEquals(new Range(64, 0, END, 0, 0), lookup(64, 0));
        assertEquals(new Range(0, 0, 16, 0, 0), lookup(15, Long.MAX_VALUE));
    }

    @Test
    void segmentIsSplitFromAPageOn() {
        Directory.assign(tx, 16, 32, 5);
        Directory.split(tx, 20, 1000, 6);
        Directory.split(tx, 20, 2000, 7);
        assertEquals(new Range(16, 0, 20, 1000, 5), lookup(20, 999));
        assertEquals(new Range(20, 1000, 20, 2000, 6), lookup(20, 1000));
        assertEquals(new Range(20, 2000, 21, 0, 7), lookup(20, Long.MAX_VALUE));
        assertEquals(new Range(21, 0, 32, 0, 5), lookup(21, 0));
        Directory.split(tx, 20, 1000, 5);
        assertEquals(new Range(16, 0, 32, 0, 5), lookup(20, 1500));
    }

    @Test
    void goesToTheLastNumber() {
        Directory.assign(tx, 1, END, 1023);
        assertEquals(new Range(1, 0, END, 0, 1023), lookup(Segment.MAX_NUMBER, Long.MAX_VALUE));
        assertEquals(new Range(0, 0, 1, 0, 0), lookup(0, Long.MAX_VALUE));
    }

    @Test
    void refusesWhatIsOutOfRange() {
        assertThrows(IllegalArgumentException.class, () -> Directory.assign(tx, 0, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> Directory.assign(tx, 2, 2, 1));
        assertThrows(IllegalArgumentException.class, () -> Directory.assign(tx, 2, END + 1, 1));
        assertThrows(IllegalArgumentException.class, () -> Directory.assign(tx, 2, 3, 1024));
        assertThrows(IllegalArgumentException.class, () -> Directory.assign(tx, 2, 3, -1));
        assertThrows(IllegalArgumentException.class, () -> Directory.split(tx, 2, -1, 1));
        assertEquals(0, tx.changedCount());
    }

    @Test
    void refusesPagesThatAreNotValid() {
        final int ranges = 1000;
        for (int i = 1; i <= ranges; i++) {
            Directory.assign(tx, i, i + 1, i % 1024);
        }
        tx.commit();
        damaged(Directory.ROOT_PAGE, LEVEL_OFFSET, 8);
        damaged(Directory.ROOT_PAGE, LEVEL_OFFSET, -1);
        damaged(Directory.ROOT_PAGE, LEVEL_OFFSET, 2);
        damaged(Directory.ROOT_PAGE, COUNT_OFFSET, 170);
        damaged(Directory.ROOT_PAGE, COUNT_OFFSET, -1);
        damaged(Directory.ROOT_PAGE, COUNT_OFFSET, 0);
        damaged(Directory.ROOT_PAGE, FIRST_VALUE_OFFSET, 0);
        damaged(Directory.ROOT_PAGE, FIRST_VALUE_OFFSET, 1_000_000);
        damaged(1, MAGIC_OFFSET, 0);
        damaged(1, LEVEL_OFFSET, 1);
        damaged(1, COUNT_OFFSET, 0);
        damaged(1, COUNT_OFFSET, 170);
        damaged(1, FIRST_VALUE_OFFSET, 1024);
        damaged(1, FIRST_VALUE_OFFSET, -1);
        assertEquals(1, lookup(1, 0).partition());
    }

    private void damaged(final long page, final int offset, final int value) {
        final MutableDirectBuffer bytes = tx.write(Directory.SEGMENT, page);
        bytes.putInt(offset, value, ByteOrder.LITTLE_ENDIAN);
        assertThrows(EngineException.class, () -> lookup(1, 0));
        tx.abandon();
    }

    /** The bytes of a directory page, frozen: docs/DIRECTORY.md. */
    @Test
    void bytesOfRootAndLeaf() {
        Directory.split(tx, 0x20, 0x1000, 0x0102);
        assertEquals("0000000000000000 0000000000000000 0000000000000000 0000000002000000"
            + " 2000000000000000 0010000000000000 0201000000000000"
            + " 2100000000000000 0000000000000000 0000000000000000", bytes(Directory.ROOT_PAGE, 80));
        for (int i = 0; i < 168; i++) {
            Directory.assign(tx, 0x100 + i, 0x101 + i, 0x0200 + i);
        }
        assertEquals("0000000000000000 0000000000000000 0300000000000000 0100000002000000"
            + " 0000000000000000 0000000000000000 0100000000000000"
            + " a601000000000000 0000000000000000 0200000000000000", bytes(Directory.ROOT_PAGE, 80));
        assertEquals("0164736d64697270 0000000000000000 0000000000000000 00000000a8000000"
            + " 2000000000000000 0010000000000000 0201000000000000", bytes(1, 56));
    }

    private String bytes(final long page, final int length) {
        final StringBuilder hex = new StringBuilder();
        for (int i = 0; i < length; i++) {
            hex.append(i > 0 && i % 8 == 0 ? " " : "")
                .append(String.format("%02x", tx.read(Directory.SEGMENT, page).getByte(i)));
        }
        return hex.toString();
    }

    /** Ranges as a map from where they begin, number x 16 + page, to their partition. */
    private static final class Model {
        private static final int PAGES = 16;

        private final TreeMap<Long, Integer> starts = new TreeMap<>(Map.of(0L, 0));

        private void assign(final long first, final long end, final int partition) {
            final int behind = starts.floorEntry(end).getValue();
            starts.subMap(first, true, end, true).clear();
            starts.put(first, partition);
            starts.put(end, behind);
        }

        private Range range(final long address) {
            final int partition = starts.floorEntry(address).getValue();
            long first = starts.floorKey(address);
            while (first > 0 && starts.lowerEntry(first).getValue() == partition) {
                first = starts.lowerKey(first);
            }
            Long end = starts.higherKey(address);
            while (end != null && starts.get(end) == partition) {
                end = starts.higherKey(end);
            }
            return new Range(first / PAGES, first % PAGES, end == null ? END : end / PAGES,
                end == null ? 0 : end % PAGES, partition);
        }
    }

    @Test
    void isAsAModelThroughGrowthAndShrinking() {
        final Random random = new Random(SEED);
        final Model model = new Model();
        final RangeCache cache = new RangeCache();
        final int numbers = 8000;
        int mostPages = 0;
        for (int run = 0; run < 60_000; run++) {
            final boolean shrinks = run / 15_000 % 2 == 1;
            final long number = 1 + random.nextInt(numbers);
            final int partition = shrinks && random.nextInt(4) > 0 ? 0 : random.nextInt(5);
            if (random.nextInt(2) == 0) {
                final long page = random.nextInt(Model.PAGES);
                Directory.split(tx, number, page, partition);
                model.assign(number * Model.PAGES + page, (number + 1) * Model.PAGES, partition);
            } else {
                final long end = number + 1 + random.nextInt(shrinks ? 200 : 2);
                Directory.assign(tx, number, end, partition);
                model.assign(number * Model.PAGES, end * Model.PAGES, partition);
            }
            if (random.nextInt(3) == 0) {
                tx.commit();
                mostPages = Math.max(mostPages, tx.pageCount());
            }
            cache.clear();
            for (int i = 0; i < 3; i++) {
                final long address = random.nextInt(numbers * Model.PAGES + 1000);
                final Range expected = model.range(address);
                final String what = "seed " + SEED + ", run " + run + ", address " + address;
                final Range found = lookup(address / Model.PAGES, address % Model.PAGES);
                assertEquals(expected, found, what);
                cache.add(found);
                assertEquals(found.partition(), cache.partition(address / Model.PAGES, address % Model.PAGES), what);
            }
        }
        assertTrue(mostPages > 30, mostPages + " pages");
        Directory.assign(tx, 1, END, 0);
        tx.commit();
        assertEquals(1, tx.pageCount());
        assertEquals(new Range(0, 0, END, 0, 0), lookup(1, 0));
    }

    private int depth() {
        return tx.read(Directory.SEGMENT, Directory.ROOT_PAGE).getInt(LEVEL_OFFSET, ByteOrder.LITTLE_ENDIAN) + 1;
    }

    /** Prints what docs/DIRECTORY.md says about size. */
    @Test
    void staysFlatAndFull() {
        System.out.println("| ranges | depth | pages, granted in rising order | pages, in random order |");
        System.out.println("|---|---|---|---|");
        for (final int ranges : new int[] {1, 1000, 100_000}) {
            final int[] order = new Random(SEED).ints(0, ranges).distinct().limit(ranges).toArray();
            final int randomPages = fill(order);
            final int randomDepth = depth();
            Arrays.sort(order);
            final int pages = fill(order);
            assertTrue(depth() <= 3 && randomDepth <= 3, "depth " + depth() + ", " + randomDepth);
            assertTrue(pages <= 2 + ranges / 166, pages + " pages for " + ranges + " ranges");
            assertTrue(randomPages <= 2 + ranges / 84, randomPages + " pages for " + ranges + " ranges");
            System.out.println("| " + ranges + " | " + depth() + " | " + pages + " | " + randomPages + " |");
        }
    }

    /** @return pages of the directory when each number in turn was given to another partition than its neighbours */
    private int fill(final int[] order) {
        Directory.assign(tx, 1, END, 0);
        for (final int number : order) {
            Directory.assign(tx, number + 1, number + 2, 1 + number % 1023);
        }
        tx.commit();
        return tx.pageCount();
    }
}
