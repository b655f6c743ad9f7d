package org.dsmfs.layout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.node.SteppedNodes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What nodes know of files that are gone does not pile up. */
class NotesOnRemovedFilesTest {
    /** Until everything is settled and forgotten that can be. */
    private static final int WORK_AT_END = 50;
    private static final int NODES = 2;
    private static final long MEMORY_BYTES = 32 << 20;
    private static final int ROUNDS = 300;
    /** Too much for the inode. */
    private static final int LENGTH_BYTES = 100_000;
    private static final int ROUNDS_PER_WORK = 20;
    /** When each round leaves a note, there are this many and more. */
    private static final int MOST_MORE_NOTES = ROUNDS / 2;

    private final SteppedNodes nodes = new SteppedNodes(NODES, MEMORY_BYTES);
    private final List<FileSystem> mounts = new ArrayList<>();
    private final Attributes out = new Attributes();

    @BeforeEach
    void mount() {
        for (int node = 0; node < NODES; node++) {
            mounts.add(DsmFileSystem.open(nodes.space(node), () -> 1, AtimePolicy.NOATIME, Caller.ROOT));
        }
    }

    @AfterEach
    void close() {
        nodes.close();
    }

    private static byte[] bytes(final String name) {
        return name.getBytes(UTF_8);
    }

    /** Makes a file that takes the place of another one, which each node has read, and reads it on the others. */
    private void replace(final int node) {
        final FileSystem fs = mounts.get(node);
        fs.create(Caller.ROOT, FileSystem.ROOT, bytes("new" + node), 0644, true, out);
        final long ino = out.ino;
        fs.write(Caller.ROOT, ino, 0, new UnsafeBuffer(new byte[LENGTH_BYTES]), 0, LENGTH_BYTES, false);
        fs.release(ino);
        fs.rename(Caller.ROOT, FileSystem.ROOT, bytes("new" + node), FileSystem.ROOT, bytes("file"), 0);
        for (final FileSystem reader : mounts) {
            reader.lookup(FileSystem.ROOT, bytes("file"), out);
            reader.read(out.ino, 0, new UnsafeBuffer(new byte[LENGTH_BYTES]), 0, LENGTH_BYTES);
            reader.seek(out.ino, 0, false);
        }
    }

    @Test
    void replacedFilesLeaveNothing() {
        replaceMany();
        final long before = nodes.notes(WORK_AT_END);
        replaceMany();
        final long more = nodes.notes(WORK_AT_END) - before;
        assertTrue(more < MOST_MORE_NOTES, more + " notes of " + ROUNDS + " files");
    }

    private void replaceMany() {
        for (int round = 0; round < ROUNDS; round++) {
            replace(round % NODES);
            if (round % ROUNDS_PER_WORK == 0) {
                mounts.forEach(FileSystem::tidy);
                nodes.doWork();
            }
        }
    }
}
