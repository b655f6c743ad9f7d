package org.dsmfs.layout;

import java.util.Arrays;
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

    /** @return all that a later call could tell apart */
    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder();
        new TreeMap<>(tree.nodes).forEach((ino, node) -> {
            text.append("\n    ").append(ino).append(' ').append(Integer.toOctalString(node.mode)).append(" nlink ")
                .append(node.nlink).append(" size ").append(node.size).append(" opens ").append(Arrays.toString(node.opens));
            if (node.isDirectory()) {
                text.append(" in ").append(node.parent).append(':');
                node.children.forEach((name, child) -> text.append(' ').append(name).append('=').append(child.ino));
            }
            node.blocks.forEach((index, block) ->
                text.append(" b").append(index).append('=').append(Integer.toHexString(Arrays.hashCode(block))));
            node.xattrs.forEach((name, value) ->
                text.append(' ').append(name).append('=').append(Arrays.hashCode(value)));
        });
        return text.append("\n    ").append(locks).toString();
    }
}
