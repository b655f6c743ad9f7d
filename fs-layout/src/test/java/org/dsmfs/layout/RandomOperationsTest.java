package org.dsmfs.layout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.sim.Seeds;
import org.junit.jupiter.api.Test;

/**
 * Random operations, compared with {@link ModelFileSystem}: results, errors, attributes, and the whole tree at the end.
 * A failing run names its seed; run it alone with {@code -Dlayout.seed=N}.
 */
class RandomOperationsTest {
    private static final int RUNS = Integer.getInteger("layout.runs", 500);
    private static final int STEPS = 300;
    private static final Caller[] CALLERS = {
        new Caller(0, 0, 1, 0), new Caller(1000, 1000, 2, 022), new Caller(1001, 100, 3, 077)};

    @Test
    void behavesAsTheModel() {
        runAll((seed, random) -> new Play(random, 1L << 40, 1));
    }

    @Test
    void behavesAsTheModelWhenRunsAreRepeated() {
        runAll((seed, random) -> {
            final Play play = new Play(random, 1L << 40, 1);
            play.abandonRuns(seed);
            return play;
        });
    }

    @Test
    void behavesAsTheModelWhenTheSpaceIsFull() {
        runAll((seed, random) -> new Play(random, 300_000 + random.nextInt(2_000_000), 1));
    }

    @Test
    void behavesAsTheModelOnSeveralNodes() {
        runAll((seed, random) -> new Play(random, 1L << 40, 2 + random.nextInt(2)));
    }

    @Test
    void behavesAsTheModelOnSeveralNodesWhenRunsAreRepeated() {
        runAll((seed, random) -> {
            final Play play = new Play(random, 1L << 40, 2 + random.nextInt(2));
            play.abandonRuns(seed);
            return play;
        });
    }

    @Test
    void behavesAsTheModelOnSeveralNodesWhenTheSpaceIsFull() {
        runAll((seed, random) -> new Play(random, 300_000 + random.nextInt(2_000_000), 3));
    }

    private interface Start {
        Play play(long seed, Random random);
    }

    private static void runAll(final Start start) {
        final Long only = Long.getLong("layout.seed");
        final long first = only == null ? System.nanoTime() : only;
        Seeds.runWhile("random operations", "layout.seed", first, seed -> seed - first < (only == null ? RUNS : 1),
            seed -> {
                final Play play = start.play(seed, new Random(seed));
                for (int step = 0; step < STEPS; step++) {
                    play.step();
                }
                play.finish();
            });
    }

    /** One run: the real filesystem, each operation on one of its nodes, and the model side by side. */
    private static final class Play {
        private static final long RESERVE_BYTES = 200_000;
        private static final String[] NAMES = {"a", "b", "c", "d", "e", "f", "x".repeat(255), "y".repeat(200), "ü"};

        private final Random random;
        private final HeapSpace[] spaces;
        private final FileSystem[] fileSystems;
        private final boolean isSmall;
        private final ModelFileSystem model = new ModelFileSystem();
        private final Attributes out = new Attributes();
        private final List<Long> known = new ArrayList<>();
        private long now = 1_700_000_000_000_000_000L;
        private int here;
        private HeapSpace space;
        private FileSystem fs;

        Play(final Random random, final long capacityBytes, final int nodes) {
            this.random = random;
            final SharedHeap heap = new SharedHeap(4096 << random.nextInt(3));
            spaces = new HeapSpace[nodes];
            fileSystems = new FileSystem[nodes];
            isSmall = capacityBytes < 1L << 30;
            model.time(now);
            for (int node = 0; node < nodes; node++) {
                spaces[node] = heap.join(node, 1);
                open(node);
            }
            go(0);
            space.limit(capacityBytes, RESERVE_BYTES);
            model.node(FileSystem.ROOT).mtime = now;
            model.node(FileSystem.ROOT).ctime = now;
            known.add(FileSystem.ROOT);
        }

        void abandonRuns(final long seed) {
            for (final HeapSpace each : spaces) {
                each.abandonRuns(new Random(seed), 20);
            }
        }

        private void open(final int node) {
            fileSystems[node] = DsmFileSystem.open(spaces[node], () -> now, AtimePolicy.RELATIME, Caller.ROOT);
        }

        /** Has what follows happen on that node. */
        private void go(final int node) {
            here = node;
            space = spaces[node];
            fs = fileSystems[node];
            model.at(node);
        }

        void step() {
            // What another node frees, because it has the content, goes with its next background work.
            for (final FileSystem each : fileSystems) {
                each.tidy();
            }
            go(random.nextInt(spaces.length));
            now += 1 + random.nextInt(2_000_000_000);
            model.time(now);
            final Caller caller = CALLERS[random.nextInt(CALLERS.length)];
            switch (random.nextInt(30)) {
                case 0, 1 -> mkdir(caller);
                case 2, 3, 4 -> create(caller);
                case 5 -> mknod(caller);
                case 6 -> symlink(caller);
                case 7, 8 -> link(caller);
                case 9, 10 -> unlink(caller);
                case 11 -> rmdir(caller);
                case 12, 13, 14 -> rename(caller);
                case 15 -> open();
                case 16, 17 -> release();
                case 18, 19, 20 -> write(caller);
                case 21 -> resize(caller);
                case 22 -> allocate(caller);
                case 23 -> zero(caller);
                case 24 -> chmodOrChown(caller);
                case 25, 26 -> xattr(caller);
                case 27 -> temporary(caller);
                case 28 -> copyRange(caller);
                default -> crashOrCheck();
            }
            go(random.nextInt(spaces.length));
            look(pick());
        }

        void finish() {
            model.nodes.keySet().forEach(this::look);
            assertEquals(List.of(), FileSystemCheck.check(space));
            assertTrue(space.mostFreesInRun() <= FileContent.MAX_PAGES_PER_RUN + 100, "frees in one run");
            for (int node = 0; node < spaces.length; node++) {
                fileSystems[node].close();
                model.crash(node);
            }
            assertEquals(List.of(), FileSystemCheck.check(space));
            for (final HeapSpace each : spaces) {
                each.restart();
            }
            open(0);
            go(0);
            assertEquals(0, lists(), "lists of orphans are left");
            model.nodes.keySet().forEach(this::look);
            for (final Long ino : known) {
                if (!model.nodes.containsKey(ino)) {
                    assertEquals(Errno.ESTALE, errno(() -> fs.getAttributes(ino, out)));
                }
            }
        }

        private long lists() {
            return space.execute(tx -> Inode.load(tx, Orphans.INO).view().entries());
        }

        private void mkdir(final Caller caller) {
            final long parent = pickDirectory();
            final String name = name();
            final int mode = random.nextInt(01000) | (random.nextInt(4) == 0 ? FileType.SET_GID : 0);
            attempt(() -> model.make(caller, parent, name, FileType.DIRECTORY | mode, null, false),
                () -> fs.mkdir(caller, parent, bytes(name), mode, out));
        }

        private void create(final Caller caller) {
            final long parent = pickDirectory();
            final String name = name();
            final int mode = random.nextInt(010000);
            attempt(() -> model.make(caller, parent, name, FileType.REGULAR | mode, null, true),
                () -> fs.create(caller, parent, bytes(name), mode, true, out));
        }

        private void mknod(final Caller caller) {
            final long parent = pickDirectory();
            final String name = name();
            final int type = random.nextBoolean() ? FileType.FIFO : FileType.REGULAR;
            attempt(() -> model.make(caller, parent, name, type | 0644, null, false),
                () -> fs.mknod(caller, parent, bytes(name), type | 0644, 0, out));
        }

        private void symlink(final Caller caller) {
            final long parent = pickDirectory();
            final String name = name();
            final byte[] target = bytes("t".repeat(1 + random.nextInt(random.nextBoolean() ? 50 : 4095)));
            attempt(() -> model.make(caller, parent, name, FileType.SYMLINK | 0777, target, false),
                () -> fs.symlink(caller, parent, bytes(name), target, out));
        }

        private void temporary(final Caller caller) {
            final long parent = pickDirectory();
            attempt(() -> model.createTemporary(caller, parent, 0600),
                () -> fs.createTemporary(caller, parent, 0600, out));
        }

        private void link(final Caller caller) {
            final long ino = pick();
            final long parent = pickDirectory();
            final String name = name();
            attempt(() -> model.link(ino, parent, name), () -> fs.link(caller, ino, parent, bytes(name), out));
        }

        private void unlink(final Caller caller) {
            final long parent = pickDirectory();
            final String name = name();
            always(() -> model.unlink(parent, name), () -> fs.unlink(caller, parent, bytes(name)));
        }

        private void rmdir(final Caller caller) {
            final long parent = pickDirectory();
            final String name = name();
            always(() -> model.rmdir(parent, name), () -> fs.rmdir(caller, parent, bytes(name)));
        }

        private void rename(final Caller caller) {
            final long parent = pickDirectory();
            final long newParent = random.nextInt(3) == 0 ? parent : pickDirectory();
            final String name = name();
            final String newName = name();
            final int flags = random.nextInt(3);
            attemptPlain(() -> model.rename(parent, name, newParent, newName, flags),
                () -> fs.rename(caller, parent, bytes(name), newParent, bytes(newName), flags));
        }

        private void open() {
            final long ino = pick();
            always(() -> model.open(ino), () -> fs.open(ino, out));
        }

        private void release() {
            final long ino = pick();
            if (model.isOpenHere(ino)) {
                always(() -> model.release(ino), () -> fs.release(ino));
            }
        }

        private void write(final Caller caller) {
            final long ino = pick();
            final ModelFileSystem.Node node = model.nodes.get(ino);
            final byte[] data = new byte[1 + random.nextInt(random.nextBoolean() ? 100 : 40_000)];
            random.nextBytes(data);
            final boolean append = random.nextInt(4) == 0;
            final long offset = offset();
            final long expected = append && node != null ? node.size : offset;
            attemptPlain(() -> model.write(caller, ino, expected, data),
                () -> fs.write(caller, ino, offset, new UnsafeBuffer(data), 0, data.length, append));
        }

        private void copyRange(final Caller caller) {
            final long source = pick();
            final long target = pick();
            final ModelFileSystem.Node node = model.nodes.get(source);
            final long offset = node == null || node.size == 0 ? 0 : (long) (random.nextDouble() * node.size);
            final long to = offset();
            if (source != target && node != null && node.isRegular() && node.size > offset) {
                final byte[] data = model.read(source, offset, 50_000);
                attemptPlain(() -> model.write(caller, target, to, data),
                    () -> fs.copyRange(caller, source, offset, target, to, 50_000));
            }
        }

        private void resize(final Caller caller) {
            final long ino = pick();
            final ModelFileSystem.Node node = model.nodes.get(ino);
            final AttributeChange change = new AttributeChange();
            change.setSize = true;
            change.size = random.nextInt(3) == 0 ? 0 : offset();
            final Supplier<Runnable> expected = () -> model.resize(caller, ino, change.size);
            if (node != null && change.size <= node.size) {
                always(expected, () -> fs.setAttributes(caller, ino, change, out));
            } else {
                attemptPlain(expected, () -> fs.setAttributes(caller, ino, change, out));
            }
        }

        private void allocate(final Caller caller) {
            final long ino = pick();
            final long offset = random.nextInt(200_000);
            final int longest = random.nextInt(10) == 0 && !isSmall ? 6 << 20 : 100_000;
            final long length = 1 + random.nextInt(longest);
            final boolean keepSize = random.nextBoolean();
            attemptPlain(() -> model.allocate(caller, ino, offset + length, keepSize),
                () -> fs.allocate(caller, ino, keepSize ? FileSystem.FALLOC_KEEP_SIZE : 0, offset, length));
        }

        private void zero(final Caller caller) {
            final long ino = pick();
            final long offset = Math.min(offset(), Long.MAX_VALUE - 1);
            final long length = 1 + (long) (random.nextDouble() * Math.min(200_000, Long.MAX_VALUE - offset - 1));
            final boolean keepSize = random.nextBoolean();
            if (random.nextBoolean()) {
                always(() -> model.zero(caller, ino, offset, offset + length, true), () -> fs.allocate(caller, ino,
                    FileSystem.FALLOC_PUNCH_HOLE | FileSystem.FALLOC_KEEP_SIZE, offset, length));
            } else if (!isSmall) {
                attemptPlain(() -> model.zero(caller, ino, offset, offset + length, keepSize),
                    () -> fs.allocate(caller, ino,
                        FileSystem.FALLOC_ZERO_RANGE | (keepSize ? FileSystem.FALLOC_KEEP_SIZE : 0), offset, length));
            }
        }

        private void chmodOrChown(final Caller caller) {
            final long ino = pick();
            final AttributeChange change = new AttributeChange();
            if (random.nextBoolean()) {
                change.setMode = true;
                change.mode = random.nextInt(010000);
                always(() -> model.chmod(ino, change.mode), () -> fs.setAttributes(caller, ino, change, out));
            } else {
                change.setUid = true;
                change.setGid = true;
                change.uid = random.nextInt(3);
                change.gid = random.nextInt(3);
                always(() -> model.chown(ino, change.uid, change.gid),
                    () -> fs.setAttributes(caller, ino, change, out));
            }
        }

        private void xattr(final Caller caller) {
            final long ino = pick();
            final String name = "user." + name().substring(0, 1) + random.nextInt(10);
            if (random.nextInt(3) == 0) {
                always(() -> model.removeXattr(ino, name), () -> fs.removeXattr(caller, ino, bytes(name)));
            } else {
                final byte[] value = new byte[random.nextInt(random.nextInt(4) == 0 ? 20_000 : 60)];
                random.nextBytes(value);
                attemptPlain(() -> model.setXattr(ino, name, value),
                    () -> fs.setXattr(caller, ino, bytes(name), value, 0));
            }
        }

        private void crashOrCheck() {
            switch (random.nextInt(10)) {
                case 0 -> {
                    space.restart();
                    model.crash(here);
                    open(here);
                    go(here);
                    space.heap.announceChange();
                }
                case 2 -> {
                    space.fail();
                    model.crash(here);
                    space.heap.announceChange();
                    space.restart();
                    open(here);
                    go(here);
                }
                case 1 -> assertEquals(List.of(), FileSystemCheck.check(space));
                default -> seek();
            }
        }

        private void seek() {
            final long ino = pick();
            final ModelFileSystem.Node node = model.nodes.get(ino);
            if (node == null || !node.isRegular() || node.size == 0) {
                return;
            }
            final long from = (long) (random.nextDouble() * (node.size - 1));
            final long hole = fs.seek(ino, from, true);
            assertTrue(hole >= from && hole <= node.size);
            if (hole < node.size) {
                assertTrue(model.isZero(ino, hole, Math.min(node.size, hole + 1)));
            }
            try {
                final long data = fs.seek(ino, from, false);
                assertTrue(data >= from && data < node.size);
                assertTrue(model.isZero(ino, from, data), "data before the data");
            } catch (final ErrnoException e) {
                assertEquals(Errno.ENXIO, e.errno());
                assertTrue(model.isZero(ino, from, node.size), "data where there is none");
            }
        }

        /** Compares all that can be seen of one inode. */
        private void look(final long ino) {
            final ModelFileSystem.Node node = model.nodes.get(ino);
            if (node == null) {
                return;
            }
            fs.getAttributes(ino, out);
            assertEquals(node.mode, out.mode, "mode");
            assertEquals(node.nlink, out.nlink, "nlink");
            assertEquals(node.uid, out.uid, "uid");
            assertEquals(node.gid, out.gid, "gid");
            assertEquals(node.mtime, out.mtimeSeconds * 1_000_000_000 + out.mtimeNanos, "mtime");
            assertEquals(node.ctime, out.ctimeSeconds * 1_000_000_000 + out.ctimeNanos, "ctime");
            if (node.isDirectory()) {
                lookAtDirectory(node);
            } else {
                assertEquals(node.size, out.size, "size");
            }
            if (node.isRegular()) {
                lookAtContent(node);
            }
            if (node.target != null) {
                assertArrayEquals(node.target, fs.readlink(ino));
            }
            final TreeSet<String> names = new TreeSet<>();
            for (final String name : new String(fs.listXattr(ino), UTF_8).split("\0")) {
                names.add(name);
            }
            names.remove("");
            assertEquals(node.xattrs.keySet(), names);
            node.xattrs.forEach((name, value) -> assertArrayEquals(value, fs.getXattr(ino, bytes(name))));
        }

        private void lookAtContent(final ModelFileSystem.Node node) {
            final List<Long> starts = new ArrayList<>(List.of(0L, Math.max(0, node.size - 5000)));
            node.blocks.keySet().forEach(block -> starts.add(block * ModelFileSystem.BLOCK));
            final byte[] real = new byte[5000];
            for (final long start : starts.subList(0, Math.min(starts.size(), 30))) {
                final int length = fs.read(node.ino, start, new UnsafeBuffer(real), 0, real.length);
                assertArrayEquals(model.read(node.ino, start, real.length), Arrays.copyOf(real, length));
            }
        }

        private void lookAtDirectory(final ModelFileSystem.Node node) {
            final TreeMap<String, Long> listed = new TreeMap<>();
            fs.readDirectory(node.ino, 0, (name, ino, type, cookie) -> {
                assertEquals(null, listed.put(new String(name, UTF_8), ino), "listed twice");
                return true;
            });
            assertEquals(node.ino, listed.remove("."));
            assertEquals(node.parent, listed.remove(".."));
            final TreeMap<String, Long> expected = new TreeMap<>();
            node.children.forEach((name, child) -> expected.put(name, child.ino));
            assertEquals(expected, listed);
            expected.forEach((name, ino) -> {
                fs.lookup(node.ino, bytes(name), out);
                assertEquals(ino, out.ino);
            });
        }

        private void attempt(final Supplier<Consumer<Attributes>> expected, final Runnable actual) {
            attemptPlain(() -> {
                final Consumer<Attributes> apply = expected.get();
                return () -> {
                    apply.accept(out);
                    known.add(out.ino);
                };
            }, actual);
        }

        private void attemptPlain(final Supplier<Runnable> expected, final Runnable actual) {
            compare(expected, actual, isSmall);
        }

        /** For what must work in a full space too. */
        private void always(final Supplier<Runnable> expected, final Runnable actual) {
            compare(expected, actual, false);
        }

        private void compare(final Supplier<Runnable> expected, final Runnable actual, final boolean mayBeFull) {
            Runnable apply = null;
            Errno expectedErrno = null;
            try {
                apply = expected.get();
            } catch (final ErrnoException e) {
                expectedErrno = e.errno();
            }
            final Errno actualErrno = errno(actual);
            if (mayBeFull && actualErrno == Errno.ENOSPC) {
                return;
            }
            assertEquals(expectedErrno, actualErrno);
            if (apply != null) {
                apply.run();
            }
        }

        private static Errno errno(final Runnable operation) {
            try {
                operation.run();
                return null;
            } catch (final ErrnoException e) {
                return e.errno();
            }
        }

        private long pick() {
            return known.get(random.nextInt(known.size()));
        }

        private long pickDirectory() {
            for (int i = 0; i < 20; i++) {
                final long ino = pick();
                final ModelFileSystem.Node node = model.nodes.get(ino);
                if (node != null && node.isDirectory()) {
                    return ino;
                }
            }
            return random.nextInt(10) == 0 ? pick() : FileSystem.ROOT;
        }

        private String name() {
            return NAMES[random.nextInt(NAMES.length)];
        }

        private long offset() {
            return switch (random.nextInt(12)) {
                case 0 -> Long.MAX_VALUE - random.nextInt(100_000);
                case 1 -> (1L << 32 + random.nextInt(31)) + random.nextInt(10_000);
                case 2 -> (long) HoleMap.DIRECT_PAGES * space.largePageSize() - 5000 + random.nextInt(10_000);
                case 3, 4, 5 -> random.nextInt(3500);
                default -> random.nextInt(200_000);
            };
        }

        private static byte[] bytes(final String text) {
            return text.getBytes(UTF_8);
        }
    }
}
