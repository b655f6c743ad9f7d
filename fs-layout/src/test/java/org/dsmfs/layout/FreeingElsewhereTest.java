package org.dsmfs.layout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.node.SteppedNodes;
import org.dsmfs.layout.page.PageKind;
import org.junit.jupiter.api.Test;

/** Removing a file on one node does not bring its content there from the node that wrote it. */
class FreeingElsewhereTest {
    private static final long MEMORY_BYTES = 16 << 20;
    private static final int PAGES = 100;
    /** For names, inode, hole map, and the list of what is to be freed. */
    private static final long MOST_PAGES_MOVED = 20;

    private static long pagesSent(final SteppedNodes nodes, final int node) {
        return nodes.space(node).neighbours().status().orElseThrow().messagesSent().getOrDefault("DataM", 0L);
    }

    @Test
    void theContentStaysWhereItIs() {
        final byte[] name = "f".getBytes(UTF_8);
        final Attributes out = new Attributes();
        try (SteppedNodes nodes = new SteppedNodes(2, MEMORY_BYTES)) {
            final List<FileSystem> mounts = new ArrayList<>();
            for (int node = 0; node < 2; node++) {
                mounts.add(DsmFileSystem.open(nodes.space(node), () -> 1, AtimePolicy.NOATIME, Caller.ROOT));
            }
            mounts.get(0).mknod(Caller.ROOT, FileSystem.ROOT, name, FileType.REGULAR | 0644, 0, out);
            final byte[] page = new byte[nodes.space(0).largePageSize()];
            Arrays.fill(page, (byte) 1);
            for (int i = 0; i < PAGES; i++) {
                mounts.get(0).write(Caller.ROOT, out.ino, 0, new UnsafeBuffer(page), 0, page.length, true);
                nodes.doWork();
            }
            final long before = pagesSent(nodes, 0);
            mounts.get(1).unlink(Caller.ROOT, FileSystem.ROOT, name);
            mounts.get(0).tidy();
            final long moved = pagesSent(nodes, 0) - before;
            assertTrue(moved < MOST_PAGES_MOVED, moved + " pages");
            assertEquals(0L, nodes.space(0).status().pagesByKind().getOrDefault(PageKind.DATA.code(), 0L));
        }
    }
}
