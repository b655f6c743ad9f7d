package org.dsmfs.mount.kernel;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dsmfs.layout.Attributes;
import org.dsmfs.layout.Caller;
import org.dsmfs.layout.FileSystem;
import org.dsmfs.mount.MemoryFileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NodeTableTest {
    private static final byte[] NAME = "f".getBytes(US_ASCII);

    private final MemoryFileSystem fileSystem = new MemoryFileSystem();
    private final NodeTable nodes = new NodeTable(fileSystem);
    private final Attributes attributes = new Attributes();
    private long node;

    @BeforeEach
    void make() {
        fileSystem.mknod(Caller.ROOT, FileSystem.ROOT, NAME, 0100644, 0, attributes);
        node = attributes.ino;
        nodes.remember(node);
        nodes.remember(node);
    }

    private void unlink() {
        nodes.keepAlive(node, attributes);
        nodes.keepAlive(node, attributes);
        fileSystem.unlink(Caller.ROOT, FileSystem.ROOT, NAME);
    }

    @Test
    void inodeLivesUntilTheLastTimeIsForgotten() {
        unlink();
        nodes.forget(node, 1);
        assertEquals(2, fileSystem.inodes());
        nodes.forget(node, 1);
        assertEquals(1, fileSystem.inodes());
        assertEquals(0, nodes.size());
    }

    @Test
    void moreIsForgottenThanKnown() {
        unlink();
        nodes.forget(node, 1000);
        assertEquals(1, fileSystem.inodes());
        nodes.forget(node, 1);
        assertEquals(0, nodes.size());
    }

    @Test
    void unknownInodeIsNotKept() {
        nodes.forget(node, 2);
        unlink();
        assertEquals(1, fileSystem.inodes());
    }
}
