package org.dsmfs.layout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;

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

    /** @return what the state may be as well, since nodes were down: whatever may be gone is, or is not */
    List<TreeState> alternatives() {
        final List<TreeState> alternatives = new ArrayList<>(List.of(this));
        tree.doubtful().forEach(ino -> addEach(alternatives, state -> state.tree.nodes.remove(ino)));
        locks.doubtful().forEach(file -> addEach(alternatives, state -> state.locks.dropDoubtful(file)));
        return alternatives.subList(1, alternatives.size());
    }

    private static void addEach(final List<TreeState> alternatives, final Consumer<TreeState> loss) {
        for (final TreeState alternative : List.copyOf(alternatives)) {
            final TreeState other = alternative.copy();
            loss.accept(other);
            alternatives.add(other);
        }
    }

    /**
     * @param seen the latest that anybody saw
     * @return when the last change was
     */
    static String time(final long time, final long seen) {
        return time == ModelFileSystem.CHANGED ? "after " + seen : "" + seen;
    }

    /** @return all that a later call could tell apart */
    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder();
        new TreeMap<>(tree.nodes).forEach((ino, node) -> {
            text.append("\n    ").append(ino).append(' ').append(Integer.toOctalString(node.mode)).append(" nlink ")
                .append(node.nlink).append(" size ").append(node.size).append(" opens ").append(Arrays.toString(node.opens)).append(node.isDoubtful ? " doubtful" : "")
                .append(" mtime ").append(time(node.mtime, node.mtimeSeen))
                .append(" ctime ").append(time(node.ctime, node.ctimeSeen));
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
