package org.dsmfs.layout;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * What a POSIX filesystem does, in the simplest way: objects and maps. Each operation checks first, throwing the error
 * to expect, and returns what is to be done if the real one succeeds, given the attributes it answered with.
 */
final class ModelFileSystem {
    static final int BLOCK = 4096;

    /** Most nodes of the cluster. */
    static final int CLUSTER_NODES_MAX = 8;
    /** In place of a time: later than any that was seen. */
    static final long CHANGED = -1;

    final Map<Long, Node> nodes = new HashMap<>();
    private long now;
    private int here;
    /** Nodes of the cluster that are down. */
    private final BitSet down = new BitSet();

    /** An inode. */
    static final class Node {
        final long ino;
        int mode;
        int uid;
        int gid;
        int nlink;
        long size;
        long mtime;
        long ctime;
        /** Latest that anybody saw, where the clocks of the cluster are not known. */
        long mtimeSeen;
        long ctimeSeen;
        /** By node of the cluster. */
        final int[] opens = new int[CLUSTER_NODES_MAX];
        boolean temporary;
        /** It had no name while all nodes that have it open were down: it may be gone. */
        boolean isDoubtful;
        long parent;
        byte[] target;
        final TreeMap<Long, byte[]> blocks = new TreeMap<>();
        final TreeMap<String, Node> children = new TreeMap<>();
        final TreeMap<String, byte[]> xattrs = new TreeMap<>();

        Node(final long ino, final int mode) {
            this.ino = ino;
            this.mode = mode;
        }

        /** A copy without children. */
        private Node(final Node other) {
            this(other.ino, other.mode);
            uid = other.uid;
            gid = other.gid;
            nlink = other.nlink;
            size = other.size;
            mtime = other.mtime;
            ctime = other.ctime;
            mtimeSeen = other.mtimeSeen;
            ctimeSeen = other.ctimeSeen;
            System.arraycopy(other.opens, 0, opens, 0, opens.length);
            temporary = other.temporary;
            isDoubtful = other.isDoubtful;
            parent = other.parent;
            target = other.target;
            other.blocks.forEach((index, block) -> blocks.put(index, block.clone()));
            xattrs.putAll(other.xattrs);
        }

        boolean isDirectory() {
            return FileType.isDirectory(mode);
        }

        boolean isOpen() {
            return Arrays.stream(opens).anyMatch(count -> count > 0);
        }

        boolean isRegular() {
            return FileType.isRegular(mode);
        }
    }

    ModelFileSystem() {
        final Node root = new Node(FileSystem.ROOT, FileType.DIRECTORY | 0755);
        root.nlink = 2;
        root.parent = FileSystem.ROOT;
        nodes.put(root.ino, root);
    }

    void time(final long epochNanos) {
        now = epochNanos;
    }

    /** @return a model of a cluster, whose nodes each have their own clock: each change is later than what was seen */
    static ModelFileSystem ofCluster() {
        final ModelFileSystem model = new ModelFileSystem();
        model.time(CHANGED);
        model.contentChanged(model.node(FileSystem.ROOT));
        return model;
    }

    /** @return a model with the same content that changes on its own */
    ModelFileSystem copy() {
        final ModelFileSystem copy = new ModelFileSystem();
        copy.now = now;
        copy.here = here;
        copy.down.or(down);
        nodes.values().forEach(node -> copy.nodes.put(node.ino, new Node(node)));
        nodes.values().forEach(node -> node.children.forEach(
            (name, child) -> copy.nodes.get(node.ino).children.put(name, copy.nodes.get(child.ino))));
        return copy;
    }

    /** Chooses the node of the cluster that the operations from now on happen on. */
    void at(final int clusterNode) {
        here = clusterNode;
    }

    /** @return whether the inode is open on the chosen node of the cluster */
    boolean isOpenHere(final long ino) {
        return nodes.containsKey(ino) && nodes.get(ino).opens[here] > 0;
    }

    Node node(final long ino) {
        final Node node = nodes.get(ino);
        if (node == null) {
            throw Errno.ESTALE.exception();
        }
        return node;
    }

    Consumer<Attributes> make(
        final Caller caller, final long parent, final String name, final int mode, final byte[] target,
        final boolean opened) {
        final Node directory = linkedDirectory(parent);
        if (directory.children.containsKey(name)) {
            throw Errno.EEXIST.exception();
        }
        return out -> {
            final Node node = newNode(caller, directory, out.ino, mode);
            node.nlink = node.isDirectory() ? 2 : 1;
            node.parent = parent;
            node.target = target;
            node.size = target == null ? 0 : target.length;
            node.opens[here] = opened ? 1 : 0;
            directory.children.put(name, node);
            directory.nlink += node.isDirectory() ? 1 : 0;
            contentChanged(directory);
        };
    }

    Consumer<Attributes> createTemporary(final Caller caller, final long parent, final int mode) {
        final Node directory = linkedDirectory(parent);
        return out -> {
            final Node node = newNode(caller, directory, out.ino, FileType.REGULAR | mode);
            node.temporary = true;
            node.opens[here] = 1;
        };
    }

    Consumer<Attributes> link(final long ino, final long parent, final String name) {
        final Node node = node(ino);
        if (node.isDirectory()) {
            throw Errno.EPERM.exception();
        }
        if (node.nlink == 0 && !(node.temporary && isOpenHere(ino))) {
            throw Errno.ENOENT.exception();
        }
        final Node directory = linkedDirectory(parent);
        if (directory.children.containsKey(name)) {
            throw Errno.EEXIST.exception();
        }
        return out -> {
            directory.children.put(name, node);
            node.nlink++;
            node.temporary = false;
            node.ctime = now;
            contentChanged(directory);
        };
    }

    Runnable unlink(final long parent, final String name) {
        final Node directory = directory(parent);
        final Node node = child(directory, name);
        if (node.isDirectory()) {
            throw Errno.EISDIR.exception();
        }
        return () -> {
            directory.children.remove(name);
            contentChanged(directory);
            dropLink(node);
        };
    }

    Runnable rmdir(final long parent, final String name) {
        final Node directory = directory(parent);
        final Node node = child(directory, name);
        if (!node.isDirectory()) {
            throw Errno.ENOTDIR.exception();
        }
        if (!node.children.isEmpty()) {
            throw Errno.ENOTEMPTY.exception();
        }
        return () -> {
            directory.children.remove(name);
            directory.nlink--;
            contentChanged(directory);
            dropLink(node);
        };
    }

    Runnable rename(final long parent, final String name, final long newParent, final String newName,
                    final int flags) {
        final Node from = directory(parent);
        final Node to = linkedDirectory(newParent);
        final Node source = child(from, name);
        final Node target = to.children.get(newName);
        if (target != null && flags == FileSystem.RENAME_NOREPLACE) {
            throw Errno.EEXIST.exception();
        }
        if (target == null && flags == FileSystem.RENAME_EXCHANGE) {
            throw Errno.ENOENT.exception();
        }
        if (source == target) {
            return () -> { };
        }
        requireNotWithin(to, source);
        if (flags == FileSystem.RENAME_EXCHANGE) {
            requireNotWithin(from, target);
            return () -> {
                place(to, newName, source, from);
                place(from, name, target, to);
                contentChanged(from);
                contentChanged(to);
            };
        }
        if (target != null) {
            if (target.isDirectory() && !source.isDirectory()) {
                throw Errno.EISDIR.exception();
            }
            if (source.isDirectory() && !target.isDirectory()) {
                throw Errno.ENOTDIR.exception();
            }
            if (!target.children.isEmpty()) {
                throw Errno.ENOTEMPTY.exception();
            }
        }
        return () -> {
            from.children.remove(name);
            place(to, newName, source, from);
            contentChanged(from);
            contentChanged(to);
            if (target != null) {
                to.nlink -= target.isDirectory() ? 1 : 0;
                dropLink(target);
            }
        };
    }

    Runnable open(final long ino) {
        final Node node = node(ino);
        if (node.nlink == 0 && !isOpenHere(ino)) {
            throw Errno.ESTALE.exception();
        }
        return () -> node.opens[here]++;
    }

    Runnable release(final long ino) {
        final Node node = node(ino);
        return () -> {
            node.opens[here]--;
            forgetIfUnused(node);
        };
    }

    Runnable write(final Caller caller, final long ino, final long offset, final byte[] bytes) {
        final Node node = regular(ino);
        requireEnd(offset, bytes.length);
        return () -> {
            put(node, offset, bytes);
            node.size = Math.max(node.size, offset + bytes.length);
            written(caller, node);
        };
    }

    Runnable resize(final Caller caller, final long ino, final long size) {
        final Node node = regular(ino);
        return () -> {
            cut(node, size);
            node.size = size;
            written(caller, node);
        };
    }

    /** fallocate without a hole; it shows only in size and times. */
    Runnable allocate(final Caller caller, final long ino, final long end, final boolean keepSize) {
        final Node node = regular(ino);
        return () -> {
            node.size = keepSize ? node.size : Math.max(node.size, end);
            written(caller, node);
        };
    }

    Runnable zero(final Caller caller, final long ino, final long offset, final long end, final boolean keepSize) {
        final Node node = regular(ino);
        return () -> {
            for (final long block : node.blocks.subMap(offset / BLOCK, true, end / BLOCK, true).keySet()) {
                final long start = Math.max(offset, block * BLOCK);
                final long stop = Math.min(end - block * BLOCK, BLOCK);
                Arrays.fill(node.blocks.get(block), (int) (start - block * BLOCK), (int) stop, (byte) 0);
            }
            node.size = keepSize ? node.size : Math.max(node.size, end);
            written(caller, node);
        };
    }

    byte[] read(final long ino, final long offset, final int length) {
        final Node node = regular(ino);
        final byte[] bytes = new byte[(int) Math.max(0, Math.min(length, node.size - offset))];
        for (int done = 0; done < bytes.length; done += pieceLength(offset + done, bytes.length - done)) {
            final byte[] block = node.blocks.get((offset + done) / BLOCK);
            if (block != null) {
                System.arraycopy(block, (int) ((offset + done) % BLOCK), bytes, done,
                    pieceLength(offset + done, bytes.length - done));
            }
        }
        return bytes;
    }

    /** @return whether no byte but zeros is in the range */
    boolean isZero(final long ino, final long from, final long to) {
        if (from >= to) {
            return true;
        }
        for (final Map.Entry<Long, byte[]> entry
            : node(ino).blocks.subMap(from / BLOCK, true, (to - 1) / BLOCK, true).entrySet()) {
            for (int i = 0; i < BLOCK; i++) {
                final long at = entry.getKey() * BLOCK + i;
                if (at >= from && at < to && entry.getValue()[i] != 0) {
                    return false;
                }
            }
        }
        return true;
    }

    Runnable chmod(final long ino, final int mode) {
        final Node node = node(ino);
        return () -> {
            node.mode = FileType.of(node.mode) | mode;
            node.ctime = now;
        };
    }

    Runnable chown(final long ino, final int uid, final int gid) {
        final Node node = node(ino);
        return () -> {
            node.uid = uid;
            node.gid = gid;
            node.ctime = now;
            if (!node.isDirectory()) {
                dropSetId(node);
            }
        };
    }

    Runnable setXattr(final long ino, final String name, final byte[] value) {
        final Node node = node(ino);
        if (!node.isDirectory() && !node.isRegular()) {
            throw Errno.EPERM.exception();
        }
        return () -> {
            node.xattrs.put(name, value);
            node.ctime = now;
        };
    }

    Runnable removeXattr(final long ino, final String name) {
        final Node node = node(ino);
        if (!node.xattrs.containsKey(name)) {
            throw Errno.ENODATA.exception();
        }
        return () -> {
            node.xattrs.remove(name);
            node.ctime = now;
        };
    }

    /** Forgets what is open on a node of the cluster, as its crash does. */
    void crash(final int clusterNode) {
        for (final Node node : nodes.values().toArray(new Node[0])) {
            node.opens[clusterNode] = 0;
            forgetIfUnused(node);
        }
    }

    /** The others go on without a node of the cluster, whose processes live. */
    void down(final int clusterNode) {
        down.set(clusterNode);
    }

    void up(final int clusterNode) {
        for (final Node node : nodes.values()) {
            node.isDoubtful |= node.nlink == 0
                && IntStream.range(0, CLUSTER_NODES_MAX).allMatch(i -> node.opens[i] == 0 || down.get(i));
        }
        down.clear(clusterNode);
    }

    /** @return nodes of the cluster that are down */
    BitSet down() {
        return down;
    }

    /** @return inode numbers of what may be gone */
    List<Long> doubtful() {
        return nodes.values().stream().filter(node -> node.isDoubtful).map(node -> node.ino).toList();
    }

    private Node newNode(final Caller caller, final Node directory, final long ino, final int mode) {
        final Node node = new Node(ino, FileType.isSymlink(mode) ? mode : mode & ~caller.umask());
        final boolean groupOfParent = (directory.mode & FileType.SET_GID) != 0;
        node.uid = caller.uid();
        node.gid = groupOfParent ? directory.gid : caller.gid();
        node.mode |= groupOfParent && node.isDirectory() ? FileType.SET_GID : 0;
        contentChanged(node);
        nodes.put(ino, node);
        return node;
    }

    private void place(final Node directory, final String name, final Node node, final Node before) {
        directory.children.put(name, node);
        node.ctime = now;
        if (node.isDirectory() && directory != before) {
            node.parent = directory.ino;
            before.nlink--;
            directory.nlink++;
        }
    }

    private void dropLink(final Node node) {
        node.nlink = node.isDirectory() ? 0 : node.nlink - 1;
        node.ctime = now;
        forgetIfUnused(node);
    }

    private void forgetIfUnused(final Node node) {
        if (node.nlink == 0 && !node.isOpen()) {
            nodes.remove(node.ino);
        }
    }

    private void contentChanged(final Node node) {
        node.mtime = now;
        node.ctime = now;
    }

    private void written(final Caller caller, final Node node) {
        contentChanged(node);
        if (caller.uid() != 0) {
            dropSetId(node);
        }
    }

    private static void dropSetId(final Node node) {
        node.mode &= ~FileType.SET_UID;
        if ((node.mode & FileType.GROUP_EXECUTE) != 0) {
            node.mode &= ~FileType.SET_GID;
        }
    }

    private static void put(final Node node, final long offset, final byte[] bytes) {
        for (int done = 0; done < bytes.length; done += pieceLength(offset + done, bytes.length - done)) {
            System.arraycopy(bytes, done,
                node.blocks.computeIfAbsent((offset + done) / BLOCK, block -> new byte[BLOCK]),
                (int) ((offset + done) % BLOCK), pieceLength(offset + done, bytes.length - done));
        }
    }

    /** @return bytes from the offset to the end of its block, if there are as many */
    private static int pieceLength(final long offset, final int length) {
        return (int) Math.min(length, BLOCK - offset % BLOCK);
    }

    private static void cut(final Node node, final long size) {
        final byte[] last = node.blocks.get(size / BLOCK);
        if (last != null) {
            Arrays.fill(last, (int) (size % BLOCK), BLOCK, (byte) 0);
        }
        node.blocks.tailMap(size / BLOCK, false).clear();
    }

    private Node directory(final long ino) {
        final Node node = node(ino);
        if (!node.isDirectory()) {
            throw Errno.ENOTDIR.exception();
        }
        return node;
    }

    private Node linkedDirectory(final long ino) {
        final Node node = directory(ino);
        if (node.nlink == 0) {
            throw Errno.ENOENT.exception();
        }
        return node;
    }

    private Node regular(final long ino) {
        final Node node = node(ino);
        if (!node.isRegular()) {
            throw (node.isDirectory() ? Errno.EISDIR : Errno.EINVAL).exception();
        }
        return node;
    }

    private static Node child(final Node directory, final String name) {
        final Node node = directory.children.get(name);
        if (node == null) {
            throw Errno.ENOENT.exception();
        }
        return node;
    }

    private void requireNotWithin(final Node directory, final Node moved) {
        for (Node above = directory; ; above = node(above.parent)) {
            if (above == moved && moved.isDirectory()) {
                throw Errno.EINVAL.exception();
            }
            if (above.ino == FileSystem.ROOT) {
                return;
            }
        }
    }

    private static void requireEnd(final long offset, final int length) {
        if (Long.MAX_VALUE - offset < length) {
            throw Errno.EFBIG.exception();
        }
    }
}
