package org.dsmfs.layout;

import static org.dsmfs.layout.Fixture.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.dsmfs.engine.PageTransaction;
import org.dsmfs.layout.page.LeafSnapshot;
import org.dsmfs.layout.page.PageKind;
import org.junit.jupiter.api.Test;

class DirectoryTreeTest {
    private static final long INO = 100;

    private final HeapSpace space = HeapSpace.alone(4096);
    private NameHash hashing = NameHash.SEEDED;

    @Test
    void agreesWithAMapWhileItGrowsAndShrinks() {
        churn(40, 20_000);
    }

    @Test
    void agreesWithAMapWhenNamesAreLong() {
        churn(255, 6_000);
    }

    @Test
    void agreesWithAMapWhenManyNamesHaveTheSameHash() {
        hashing = (seed, name) -> 1 + (NameHash.SEEDED.hash(seed, name) >>> 1) % 900;
        churn(20, 8_000);
    }

    @Test
    void refusesTheSeventeenthNameOfTheSameHash() {
        hashing = (seed, name) -> 7;
        make();
        for (int i = 0; i < 16; i++) {
            final byte[] name = bytes("name" + i);
            run(tree -> tree.insert(name, 50, FileType.REGULAR));
        }
        Fixture.assertErrno(Errno.ENOSPC, () -> run(tree -> tree.insert(bytes("x"), 50, FileType.REGULAR)));
        for (int i = 0; i < 16; i++) {
            final byte[] name = bytes("name" + i);
            run(tree -> tree.remove(name));
        }
        assertEquals(1, space.pageCount());
    }

    @Test
    void freesNodesThatBecomeEmptyAndTheirParents() {
        make();
        for (int i = 0; i < 30_000; i++) {
            final byte[] name = bytes("entry " + i);
            run(tree -> tree.insert(name, 50, FileType.REGULAR));
        }
        final int full = space.pageCount();
        assertTrue(full > 250, "only " + full + " pages");
        for (int i = 0; i < 30_000; i++) {
            final byte[] name = bytes("entry " + i);
            run(tree -> tree.remove(name));
        }
        assertEquals(1, space.pageCount());
        assertEquals(0L, (long) space.execute(tx -> Inode.load(tx, INO).view().pages()));
    }

    @Test
    void hashIsPartOfTheFormat() {
        assertEquals(17870097408069375L, NameHash.SEEDED.hash(0, bytes("file")));
        assertEquals(108063040350847381L, NameHash.SEEDED.hash(0x1234_5678_9abc_def0L, bytes("some longer name.txt")));
    }

    /** Grows to about {@code most} entries, then shrinks to none, comparing everything now and then. */
    private void churn(final int longestName, final int most) {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final Map<String, Long> model = new TreeMap<>();
        final List<String> names = new ArrayList<>();
        make();
        for (int step = 0; step < most * 4; step++) {
            final boolean grows = step < most * 2;
            if (names.isEmpty() || random.nextInt(4) < (grows ? 3 : 1)) {
                final String name = "n" + step + "x".repeat(random.nextInt(Math.max(1, longestName - 8)));
                insert(model, names, name, 1000L + step);
            } else {
                final int index = random.nextInt(names.size());
                final String name = names.get(index);
                names.set(index, names.get(names.size() - 1));
                names.remove(names.size() - 1);
                run(tree -> tree.remove(bytes(name)));
                model.remove(name);
            }
            if (step % (most / 2) == 0) {
                assertEquals(model, list(), "seed " + seed);
            }
        }
        assertEquals(model, list(), "seed " + seed);
        for (final String name : names) {
            assertEquals(model.get(name), ask(tree -> tree.find(bytes(name)).ino()), "seed " + seed);
            run(tree -> tree.remove(bytes(name)));
            assertNull(ask(tree -> tree.find(bytes(name))));
        }
        assertEquals(1, space.pageCount(), "seed " + seed);
    }

    private void insert(final Map<String, Long> model, final List<String> names, final String name, final long ino) {
        try {
            run(tree -> tree.insert(bytes(name), ino, FileType.REGULAR));
            model.put(name, ino);
            names.add(name);
        } catch (final ErrnoException e) {
            assertEquals(Errno.ENOSPC, e.errno());
            assertTrue(hashing != NameHash.SEEDED, "full without equal hashes");
        }
    }

    private Map<String, Long> list() {
        final Map<String, Long> listed = new TreeMap<>();
        final LeafSnapshot leaf = new LeafSnapshot();
        long key = DirectoryTree.FIRST_KEY;
        while (key != Long.MAX_VALUE) {
            final long from = key;
            key = ask(tree -> tree.snapshot(from, leaf));
            for (int i = 0; i < leaf.count(); i++) {
                assertNull(listed.put(new String(leaf.name(i)), leaf.ino(i)));
            }
        }
        return listed;
    }

    private void make() {
        space.execute(tx -> {
            final Inode inode = Inode.create(tx, INO);
            inode.edit().mode(FileType.DIRECTORY);
            new DirectoryTree(inode, hashing).initialise(4711);
            return null;
        });
    }

    private <R> R ask(final Function<DirectoryTree, R> action) {
        return space.execute(tx -> action.apply(tree(tx)));
    }

    private void run(final Consumer<DirectoryTree> change) {
        space.execute(tx -> {
            change.accept(tree(tx));
            return null;
        });
    }

    private DirectoryTree tree(final PageTransaction tx) {
        assertTrue(tx.exists(PageKind.INODE.segment(INO), 0));
        return new DirectoryTree(Inode.load(tx, INO), hashing);
    }
}
