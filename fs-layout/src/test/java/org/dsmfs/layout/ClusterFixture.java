package org.dsmfs.layout;

import org.dsmfs.layout.page.PageKind;

/** Nodes with a filesystem each over one shared heap, numbered from 0, each with a clock that the test sets. */
final class ClusterFixture {
    static final int PAGE = 4096;

    final SharedHeap heap = new SharedHeap(PAGE);
    final HeapSpace[] spaces;
    final DsmFileSystem[] nodes;
    final long[] clocks;
    final Attributes out = new Attributes();

    ClusterFixture(final int nodeCount) {
        spaces = new HeapSpace[nodeCount];
        nodes = new DsmFileSystem[nodeCount];
        clocks = new long[nodeCount];
        for (int node = 0; node < nodeCount; node++) {
            clocks[node] = 1_700_000_000_123_456_789L;
            spaces[node] = heap.join(node, 1);
            open(node);
        }
    }

    private void open(final int node) {
        nodes[node] = DsmFileSystem.open(spaces[node], () -> clocks[node], AtimePolicy.RELATIME, Caller.ROOT);
    }

    /** The node dies, and the others are told. */
    void kill(final int node) {
        spaces[node].fail();
        heap.announceChange();
    }

    /** A node that is down starts again, and the others are told. */
    void restart(final int node) {
        spaces[node].restart();
        open(node);
        heap.announceChange();
    }

    /** @return inode number of a new file that is made on the node */
    long file(final int node, final String name) {
        nodes[node].mknod(Caller.ROOT, FileSystem.ROOT, Fixture.bytes(name), FileType.REGULAR | 0644, 0, out);
        return out.ino;
    }

    long directory(final int node, final long parent, final String name) {
        nodes[node].mkdir(Caller.ROOT, parent, Fixture.bytes(name), 0755, out);
        return out.ino;
    }

    void open(final int node, final long ino) {
        nodes[node].open(ino, out);
    }

    void unlink(final int node, final String name) {
        nodes[node].unlink(Caller.ROOT, FileSystem.ROOT, Fixture.bytes(name));
    }

    /** @return whether the inode exists, as nobody sees who asks the pages */
    boolean exists(final long ino) {
        return spaces[0].page(PageKind.INODE.segment(ino), 0) != null;
    }

    Attributes attributes(final int node, final long ino) {
        nodes[node].getAttributes(ino, out);
        return out;
    }
}
