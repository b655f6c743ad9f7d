package org.dsmfs.layout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/** What a filesystem is between two calls: the tree, and the locks. */
final class TreeState {
    final ModelFileSystem tree;
    final LockModel locks;

    TreeState(final ModelFileSystem tree, final LockModel locks) {
        this.tree = tree;
        this.locks = locks;
    }

    TreeState copy() {
        return new TreeState(tree.copy(), locks.copy());
    }

    /** A node's process ends, and with it whatever its clients have open and locked. */
    void crash(final int node) {
        tree.crash(node);
        locks.crash(node);
    }

    /**
     * A node is down for the others though its clients are not gone: its locks don't count meanwhile, and nobody asks it
     * whether a file without a name is still open there.
     */
    void down(final int node) {
        tree.down(node);
        locks.down(node);
    }

    void up(final int node) {
        tree.up(node);
    }

    /** @return what the state may be as well, since nodes were down */
    List<TreeState> alternatives() {
        final List<TreeState> alternatives = new ArrayList<>();
        for (final long ino : tree.doubtful()) {
            final TreeState gone = copy();
            gone.tree.nodes.remove(ino);
            alternatives.add(gone);
        }
        for (final long ino : locks.doubtful()) {
            final TreeState unlocked = copy();
            unlocked.locks.dropDoubtful(ino);
            alternatives.add(unlocked);
        }
        return alternatives;
    }

    /** @return all that a later call could tell apart */
    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder();
        new TreeMap<>(tree.nodes).forEach((ino, node) -> {
            text.append("\n    ").append(ino).append(' ').append(Integer.toOctalString(node.mode)).append(" nlink ")
                .append(node.nlink).append(" size ").append(node.size).append(" opens ").append(Arrays.toString(node.opens)).append(node.isDoubtful ? " doubtful" : "");
            if (node.isDirectory()) {
                text.append(" in ").append(node.parent).append(':');
                node.children.forEach((name, child) -> text.append(' ').append(name).append('=').append(child.ino));
            }
            node.blocks.forEach((index, block) ->
                text.append(" b").append(index).append('=').append(Integer.toHexString(Arrays.hashCode(block))));
            node.xattrs.forEach((name, value) ->
                text.append(' ').append(name).append('=').append(Arrays.hashCode(value)));
        });
        return text.append("\n    ").append(tree.down()).append(" down, ").append(locks).toString();
    }
}
