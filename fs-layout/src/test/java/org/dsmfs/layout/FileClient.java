package org.dsmfs.layout;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.sim.History;
import org.dsmfs.layout.FileCall.Plan;

/** A client of a {@link FileWorkload}: a process on one node, with files that it has open. */
final class FileClient {
    private static final String[] FILE_NAMES = {"a", "b", "c"};
    private static final String[] DIRECTORY_NAMES = {"x", "y"};
    private static final int MOST_PAUSE_NS = 200_000;
    private static final int MOST_OPEN = 4;
    /** Further on there is a data page, and more than one. */
    private static final int MOST_OFFSET = 9000;
    /** As background work does, now and then. */
    private static final int CALLS_PER_TIDYING = 6;
    private static final int READ_BYTES = 20_000;
    private static final int PIECE_BYTES = 2_000;

    private final FileWorkload workload;
    private final String name;
    private final int node;
    private final long owner;
    private final FileSystem fs;
    private final History<FileCall>.Life life;
    private final Random random;
    private final List<Long> open = new ArrayList<>();

    FileClient(final FileWorkload workload, final String name, final int node, final FileSystem fs,
               final History<FileCall>.Life life) {
        this.life = life;
        this.workload = workload;
        this.name = name;
        this.node = node;
        this.owner = name.hashCode();
        this.fs = fs;
        this.random = workload.simulation.random();
    }

    void run(final int calls) {
        for (int i = 0; i < calls && !life.isEnding(); i++) {
            if (i % CALLS_PER_TIDYING == 0) {
                tidy();
            }
            workload.simulation.sleep(random.nextInt(MOST_PAUSE_NS));
            if (open.size() < MOST_OPEN && random.nextInt(3) > 0) {
                callByName();
            } else if (!open.isEmpty()) {
                callOpen(open.get(random.nextInt(open.size())));
            }
        }
        while (!open.isEmpty()) {
            release(open.get(0));
        }
    }

    private void tidy() {
        call("tidy", () -> {
            fs.tidy();
            return true;
        }, state -> new Plan(true, () -> { }));
    }

    private void callByName() {
        final long parent = directory();
        switch (random.nextInt(12)) {
            case 0, 1 -> create(parent, fileName(), random.nextBoolean());
            case 2 -> mkdir(parent, directoryName());
            case 3, 4 -> lookup(parent, random.nextBoolean() ? fileName() : directoryName());
            case 5 -> unlink(parent, fileName());
            case 6 -> rmdir(parent, directoryName());
            case 7, 8 -> rename(parent, directory());
            case 9 -> list(parent);
            default -> {
                if (!workload.files.isEmpty()) {
                    open(workload.files.get(random.nextInt(workload.files.size())));
                }
            }
        }
    }

    private void callOpen(final long ino) {
        switch (random.nextInt(15)) {
            case 0, 1 -> write(ino, random.nextBoolean());
            case 2 -> read(ino, 0, READ_BYTES);
            case 3 -> readInPieces(ino);
            case 4 -> truncate(ino);
            case 5 -> stat(ino);
            case 6 -> chmod(ino);
            case 7 -> link(ino, directory(), fileName());
            case 8 -> setXattr(ino);
            case 9, 10 -> lock(ino);
            case 11 -> flock(ino);
            case 12 -> life.sync(() -> fsync(ino));
            case 13 -> getXattr(ino);
            default -> release(ino);
        }
    }

    private void fsync(final long ino) {
        call("fsync " + ino, () -> {
            fs.fsync(ino);
            return true;
        }, state -> new Plan(true, null));
    }

    private void create(final long parent, final String file, final boolean exclusive) {
        final Attributes out = new Attributes();
        final boolean[] isMade = {true};
        final FileCall call = new FileCall((exclusive ? "create exclusive " : "create ") + parent + "/" + file, () -> {
            final boolean made = fs.create(Caller.ROOT, parent, bytes(file), 0644, exclusive, out);
            isMade[0] = made;
            open.add(out.ino);
            learn(workload.files, out.ino);
            return (made ? "made " : "found ") + out.ino;
        }, state -> {
            state.tree.at(node);
            final ModelFileSystem.Node directory = state.tree.nodes.get(parent);
            final ModelFileSystem.Node existing = directory == null ? null : directory.children.get(file);
            final boolean makes = exclusive || existing == null;
            if (!makes && existing.isDirectory()) {
                throw Errno.EISDIR.exception();
            }
            final Runnable change = makes ? make(state, parent, file, FileType.REGULAR | 0644, true, out)
                : state.tree.open(existing.ino);
            final Object result = makes ? made(state, out) : "found " + existing.ino;
            return new Plan(result, change == null ? null : () -> {
                change.run();
                state.locks.opened(node, out.ino);
            });
        });
        life.callVolatile(name, call, call::run, () -> !isMade[0]);
    }

    private void mkdir(final long parent, final String directory) {
        final Attributes out = new Attributes();
        call("mkdir " + parent + "/" + directory, () -> {
            fs.mkdir(Caller.ROOT, parent, bytes(directory), 0755, out);
            learn(workload.directories, out.ino);
            return "made " + out.ino;
        }, state -> {
            final Runnable change = make(state, parent, directory, FileType.DIRECTORY | 0755, false, out);
            return new Plan(made(state, out), change);
        });
    }

    /** @return null if a call that a crash cut off made nothing: it did not come so far, or its number came again */
    private static Runnable make(final TreeState state, final long parent, final String name, final int mode,
                                 final boolean opened, final Attributes out) {
        final var change = state.tree.make(Caller.ROOT, parent, name, mode, null, opened);
        return out.ino == 0 || state.tree.nodes.containsKey(out.ino) ? null : () -> change.accept(out);
    }

    private static String made(final TreeState state, final Attributes out) {
        return state.tree.nodes.containsKey(out.ino) ? "a new inode" : "made " + out.ino;
    }

    private void lookup(final long parent, final String child) {
        final Attributes out = new Attributes();
        look("lookup " + parent + "/" + child, out, () -> {
            fs.lookup(parent, bytes(child), out);
            learn(FileType.isDirectory(out.mode) ? workload.directories : workload.files, out.ino);
        }, state -> {
            final ModelFileSystem.Node directory = state.tree.node(parent);
            if (!directory.isDirectory()) {
                // What was a directory's number is another inode's now: a crash took the directory.
                throw Errno.ENOTDIR.exception();
            }
            final ModelFileSystem.Node found = directory.children.get(child);
            if (found == null) {
                throw Errno.ENOENT.exception();
            }
            return found;
        });
    }

    private void unlink(final long parent, final String file) {
        call("unlink " + parent + "/" + file, () -> {
            fs.unlink(Caller.ROOT, parent, bytes(file));
            return true;
        }, state -> new Plan(true, state.tree.unlink(parent, file)));
    }

    private void rmdir(final long parent, final String directory) {
        call("rmdir " + parent + "/" + directory, () -> {
            fs.rmdir(Caller.ROOT, parent, bytes(directory));
            return true;
        }, state -> new Plan(true, state.tree.rmdir(parent, directory)));
    }

    private void rename(final long parent, final long newParent) {
        final String from = random.nextBoolean() ? fileName() : directoryName();
        final String to = random.nextInt(4) == 0 ? fileName() : directoryName();
        final int flags = random.nextInt(3);
        call("rename " + parent + "/" + from + " to " + newParent + "/" + to + " flags " + flags, () -> {
            fs.rename(Caller.ROOT, parent, bytes(from), newParent, bytes(to), flags);
            return true;
        }, state -> new Plan(true, state.tree.rename(parent, from, newParent, to, flags)));
    }

    private TreeMap<String, Long> list(final long directory) {
        final TreeMap<String, Long> listed = new TreeMap<>();
        call("list " + directory, () -> {
            listed.putAll(FileWorkload.list(fs, directory));
            return listed;
        }, state -> {
            final ModelFileSystem.Node listedNode = state.tree.node(directory);
            if (!listedNode.isDirectory()) {
                throw Errno.ENOTDIR.exception();
            }
            final TreeMap<String, Long> expected = new TreeMap<>();
            listedNode.children.forEach((child, found) -> expected.put(child, found.ino));
            expected.put(".", directory);
            expected.put("..", listedNode.parent);
            return new Plan(expected, null);
        });
        return listed;
    }

    private void open(final long ino) {
        callVolatile("open " + ino, () -> {
            fs.open(ino, new Attributes());
            open.add(ino);
            return true;
        }, state -> {
            if (state.tree.node(ino).nlink == 0 && !state.locks.isOpen(node, ino)) {
                throw Errno.ESTALE.exception();
            }
            final Runnable change = state.tree.open(ino);
            return new Plan(true, () -> {
                change.run();
                state.locks.opened(node, ino);
            });
        });
    }

    private void release(final long ino) {
        open.remove(ino);
        final FileCall call = new FileCall("release " + ino, () -> {
            fs.release(ino);
            return true;
        }, state -> {
            state.tree.at(node);
            // What is gone while it was open can be closed nevertheless.
            final Runnable change = state.tree.nodes.containsKey(ino) ? state.tree.release(ino) : () -> { };
            return new Plan(true, () -> {
                change.run();
                state.locks.released(node, ino);
            });
        });
        life.close(name, call, call::run);
    }

    private void write(final long ino, final boolean append) {
        final byte[] data = new byte[1 + random.nextInt(random.nextInt(6) == 0 ? MOST_OFFSET : 200)];
        Arrays.fill(data, (byte) ('a' + random.nextInt(26)));
        final long offset = random.nextInt(random.nextBoolean() ? MOST_OFFSET : 100);
        call((append ? "append to " : "write to ") + ino + " at " + offset + ": "
            + FileWorkload.describe(data, data.length),
            () -> fs.write(Caller.ROOT, ino, offset, new UnsafeBuffer(data), 0, data.length, append),
            state -> new Plan(data.length, state.tree.write(Caller.ROOT, ino,
                append ? state.tree.node(ino).size : offset, data)));
    }

    /** Front to back, so that what follows is read ahead. */
    private void readInPieces(final long ino) {
        for (long offset = 0; offset < MOST_OFFSET; offset += PIECE_BYTES) {
            read(ino, offset, PIECE_BYTES);
        }
    }

    private void read(final long ino, final long offset, final int length) {
        call("read " + length + " of " + ino + " at " + offset,
            () -> FileWorkload.read(fs, ino, offset, length), state -> {
                final byte[] bytes = state.tree.read(ino, offset, length);
                return new Plan(FileWorkload.describe(bytes, bytes.length), null);
            });
    }

    private void truncate(final long ino) {
        final AttributeChange change = new AttributeChange();
        change.setSize = true;
        change.size = random.nextInt(random.nextBoolean() ? MOST_OFFSET : 100);
        call("truncate " + ino + " to " + change.size, () -> {
            fs.setAttributes(Caller.ROOT, ino, change, new Attributes());
            return true;
        }, state -> new Plan(true, state.tree.resize(Caller.ROOT, ino, change.size)));
    }

    private void chmod(final long ino) {
        final AttributeChange change = new AttributeChange();
        change.setMode = true;
        change.mode = random.nextInt(01000);
        call("chmod " + ino + " " + Integer.toOctalString(change.mode), () -> {
            fs.setAttributes(Caller.ROOT, ino, change, new Attributes());
            return true;
        }, state -> new Plan(true, state.tree.chmod(ino, change.mode)));
    }

    private void stat(final long ino) {
        final Attributes out = new Attributes();
        look("stat " + ino, out, () -> fs.getAttributes(ino, out), state -> state.tree.node(ino));
    }

    /**
     * Looks at an inode. Its times are those that were seen before or, after a change, later ones.
     *
     * @param out where its attributes are afterwards
     */
    private void look(final String text, final Attributes out, final Runnable real,
                      final Function<TreeState, ModelFileSystem.Node> model) {
        final boolean[] isSeen = {false};
        call(text, () -> {
            real.run();
            isSeen[0] = true;
            return describe(out) + " mtime " + mtime(out) + " ctime " + ctime(out);
        }, state -> {
            final ModelFileSystem.Node node = model.apply(state);
            final String times = " mtime " + expected(node.mtime, node.mtimeSeen, mtime(out))
                + " ctime " + expected(node.ctime, node.ctimeSeen, ctime(out));
            return new Plan(describe(node) + times, isSeen[0] ? () -> {
                node.mtime = mtime(out);
                node.mtimeSeen = mtime(out);
                node.ctime = ctime(out);
                node.ctimeSeen = ctime(out);
            } : null);
        });
    }

    private static String expected(final long time, final long seen, final long actual) {
        final boolean isRight = time == ModelFileSystem.CHANGED ? actual > seen : actual == seen;
        return isRight ? "" + actual : TreeState.time(time, seen);
    }

    private static long mtime(final Attributes out) {
        return TimeUnit.SECONDS.toNanos(out.mtimeSeconds) + out.mtimeNanos;
    }

    private static long ctime(final Attributes out) {
        return TimeUnit.SECONDS.toNanos(out.ctimeSeconds) + out.ctimeNanos;
    }

    private void link(final long ino, final long parent, final String file) {
        call("link " + ino + " to " + parent + "/" + file, () -> {
            fs.link(Caller.ROOT, ino, parent, bytes(file), new Attributes());
            return true;
        }, state -> {
            final var change = state.tree.link(ino, parent, file);
            return new Plan(true, () -> change.accept(null));
        });
    }

    private void setXattr(final long ino) {
        final byte[] value = bytes("v" + random.nextInt(1000));
        call("set xattr of " + ino + " to " + new String(value, UTF_8), () -> {
            fs.setXattr(Caller.ROOT, ino, bytes("user.v"), value, 0);
            return true;
        }, state -> new Plan(true, state.tree.setXattr(ino, "user.v", value)));
    }

    private void getXattr(final long ino) {
        call("get xattr of " + ino, () -> new String(fs.getXattr(ino, bytes("user.v")), UTF_8), state -> {
            final byte[] value = state.tree.node(ino).xattrs.get("user.v");
            if (value == null) {
                throw Errno.ENODATA.exception();
            }
            return new Plan(new String(value, UTF_8), null);
        });
    }

    private void lock(final long ino) {
        final LockRange range = new LockRange();
        range.type = random.nextInt(3);
        range.start = random.nextInt(LockModel.BYTES);
        range.end = range.start + random.nextInt(LockModel.BYTES - (int) range.start);
        range.pid = 1;
        final int start = (int) range.start;
        final int end = (int) range.end + 1;
        callVolatile("lock " + ino + " from " + start + " to " + end + " type " + range.type,
            () -> isGranted(range.type, () -> fs.setLock(ino, owner, range)), state -> {
                requireLockable(state, ino, range.type);
                final boolean isFree = state.locks.isFree(node, ino, owner, range.type, start, end);
                return new Plan(isFree,
                    isFree ? () -> state.locks.set(node, ino, owner, range.type, start, end) : null);
            });
    }

    private void flock(final long ino) {
        final int type = random.nextInt(3);
        callVolatile("flock " + ino + " type " + type, () -> isGranted(type, () -> fs.setFlock(ino, owner, type)), state -> {
            requireLockable(state, ino, type);
            final boolean isFree = state.locks.isFlockFree(node, ino, owner, type);
            return new Plan(isFree,
                () -> state.locks.setFlock(node, ino, owner, isFree ? type : LockRange.UNLOCKED));
        });
    }

    /** To unlock a file that is gone may be an error, or not: that depends on whether the node has locks there. */
    private static boolean isGranted(final int type, final BooleanSupplier lock) {
        try {
            return lock.getAsBoolean();
        } catch (final ErrnoException e) {
            if (type == LockRange.UNLOCKED && e.errno() == Errno.ESTALE) {
                return true;
            }
            throw e;
        }
    }

    /** A file that is open can be gone: it had no name, and the node was down. */
    private static void requireLockable(final TreeState state, final long ino, final int type) {
        if (type != LockRange.UNLOCKED) {
            state.tree.node(ino);
        }
    }

    /** Looks at every directory, name, attribute and byte. */
    void lookAtAll() {
        final List<Long> directoriesLeft = new ArrayList<>(List.of(FileSystem.ROOT));
        while (!directoriesLeft.isEmpty()) {
            final long directory = directoriesLeft.remove(0);
            list(directory).forEach((child, ino) -> {
                if (child.startsWith(".")) {
                    return;
                }
                lookup(directory, child);
                if (workload.directories.contains(ino)) {
                    directoriesLeft.add(ino);
                } else {
                    read(ino, 0, READ_BYTES);
                    getXattr(ino);
                }
            });
        }
    }

    private void call(final String text, final Supplier<Object> real, final FileCall.Model model) {
        final FileCall call = fileCall(text, real, model);
        life.call(name, call, call::run);
    }

    private void callVolatile(final String text, final Supplier<Object> real, final FileCall.Model model) {
        final FileCall call = fileCall(text, real, model);
        life.callVolatile(name, call, call::run, () -> true);
    }

    private FileCall fileCall(final String text, final Supplier<Object> real, final FileCall.Model model) {
        return new FileCall(text, real, state -> {
            state.tree.at(node);
            return model.plan(state);
        });
    }

    private static void learn(final List<Long> known, final long ino) {
        if (!known.contains(ino)) {
            known.add(ino);
        }
    }

    private long directory() {
        final List<Long> known = workload.directories;
        return random.nextBoolean() ? FileSystem.ROOT : known.get(random.nextInt(known.size()));
    }

    private String fileName() {
        return FILE_NAMES[random.nextInt(FILE_NAMES.length)];
    }

    private String directoryName() {
        return DIRECTORY_NAMES[random.nextInt(DIRECTORY_NAMES.length)];
    }

    private static String describe(final Attributes out) {
        return describe(out.ino, out.mode, out.nlink, out.size);
    }

    private static String describe(final ModelFileSystem.Node node) {
        return describe(node.ino, node.mode, node.nlink, node.size);
    }

    private static String describe(final long ino, final int mode, final int nlink, final long size) {
        return "inode " + ino + " mode " + Integer.toOctalString(mode) + " nlink " + nlink
            + (FileType.isDirectory(mode) ? "" : " size " + size);
    }

    private static byte[] bytes(final String text) {
        return text.getBytes(UTF_8);
    }
}
