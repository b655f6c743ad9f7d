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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How much of a file's content goes over the network when another node than the one that wrote it frees it. */
class FreeingElsewhereTest {
    private static final int NODES = 2;
    private static final long MEMORY_BYTES = 16 << 20;
    private static final int PAGES = 100;
    /** For names, inode, hole map, and the list of what is to be freed. */
    private static final long MOST_PAGES_BESIDES = 20;
    private static final byte[] NAME = "f".getBytes(UTF_8);

    private final SteppedNodes nodes = new SteppedNodes(NODES, MEMORY_BYTES);
    private final List<FileSystem> mounts = new ArrayList<>();
    private final Attributes out = new Attributes();

    @BeforeEach
    void write() {
        for (int node = 0; node < NODES; node++) {
            mounts.add(DsmFileSystem.open(nodes.space(node), () -> 1, AtimePolicy.NOATIME, Caller.ROOT));
        }
        mounts.get(0).mknod(Caller.ROOT, FileSystem.ROOT, NAME, FileType.REGULAR | 0644, 0, out);
        final byte[] page = new byte[nodes.space(0).largePageSize()];
        Arrays.fill(page, (byte) 1);
        for (int i = 0; i < PAGES; i++) {
            mounts.get(0).write(Caller.ROOT, out.ino, 0, new UnsafeBuffer(page), 0, page.length, true);
            nodes.doWork();
        }
    }

    @AfterEach
    void close() {
        nodes.close();
    }

    private long pagesSent() {
        return nodes.space(0).neighbours().status().orElseThrow().messagesSent().getOrDefault("DataM", 0L);
    }

    private long dataPages() {
        return nodes.space(0).status().pagesByKind().getOrDefault(PageKind.DATA.code(), 0L);
    }

    @Test
    void whatIsRemovedStaysWhereItIs() {
        final long before = pagesSent();
        mounts.get(1).unlink(Caller.ROOT, FileSystem.ROOT, NAME);
        mounts.get(0).tidy();
        final long moved = pagesSent() - before;
        assertTrue(moved < MOST_PAGES_BESIDES, moved + " pages");
        assertEquals(0L, dataPages());
    }

    @Test
    void whatIsCutOffMovesOnce() {
        final AttributeChange change = new AttributeChange();
        change.setSize = true;
        change.size = 0;
        final long before = pagesSent();
        mounts.get(1).setAttributes(Caller.ROOT, out.ino, change, out);
        final long moved = pagesSent() - before;
        assertTrue(moved < PAGES + MOST_PAGES_BESIDES, moved + " pages");
    }
}
