package org.dsmfs.mount.jnrfuse;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import org.dsmfs.layout.Attributes;
import org.dsmfs.layout.FileSystem;

/**
 * Inodes that have lost their name while they are open, by the kernel's number (node) for them. libfuse finds an inode
 * only by its path; what it does about an open file that is removed is to rename it to a hidden name, which has the
 * node's number in it. We take such a rename as the removal it stands for, and the hidden name for the inode.
 * Thread-safe.
 */
final class NamelessNodes {
    private static final byte[] HIDDEN_PREFIX = ".fuse_hidden".getBytes(StandardCharsets.US_ASCII);
    private static final int NODE_DIGITS = 8;
    /** The prefix, the node and a counter. */
    private static final int HIDDEN_LENGTH = HIDDEN_PREFIX.length + 2 * NODE_DIGITS;

    private final ConcurrentHashMap<Long, Long> inosByNode = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Long, Integer> nodesPerIno = new ConcurrentHashMap<>();

    /** The inode has lost the name that the node stands for. */
    void add(final long node, final long ino) {
        if (inosByNode.put(node, ino) == null) {
            nodesPerIno.merge(ino, 1, Integer::sum);
        }
    }

    private void remove(final long node) {
        final Long ino = inosByNode.remove(node);
        if (ino != null) {
            nodesPerIno.computeIfPresent(ino, (same, count) -> count == 1 ? null : count - 1);
        }
    }

    /** @param hiddenName as libfuse makes it up */
    void add(final byte[] hiddenName, final long ino) {
        add(node(hiddenName), ino);
    }

    /** Takes back {@link #add(byte[], long)}. */
    void remove(final byte[] hiddenName) {
        remove(node(hiddenName));
    }

    /** @return whether the name is a hidden one and stands for an inode here */
    boolean contains(final byte[] name) {
        return !inosByNode.isEmpty() && isHidden(name) && inosByNode.containsKey(node(name));
    }

    /** @return whether some node here stands for the inode, which may have other names */
    boolean containsInode(final long ino) {
        return !nodesPerIno.isEmpty() && nodesPerIno.containsKey(ino);
    }

    /** As {@link FileSystem#lookup} of a name that {@link #contains} knows. */
    void getAttributes(final FileSystem fileSystem, final byte[] hiddenName, final Attributes out) {
        fileSystem.getAttributes(inosByNode.get(node(hiddenName)), out);
    }

    /** @return whether the name has the form of those that libfuse makes up */
    static boolean isHidden(final byte[] name) {
        return name.length == HIDDEN_LENGTH
            && Arrays.equals(name, 0, HIDDEN_PREFIX.length, HIDDEN_PREFIX, 0, HIDDEN_PREFIX.length);
    }

    private static long node(final byte[] hiddenName) {
        return Long.parseLong(new String(hiddenName, HIDDEN_PREFIX.length, NODE_DIGITS, StandardCharsets.US_ASCII), 16);
    }

    /**
     * Prepares a request before libfuse sees it: fstat(2) reaches us without a handle, and would fail for want of a
     * path once the directory that the file was in is gone too.
     */
    void prepare(final IncomingRequest request) {
        if (inosByNode.isEmpty()) {
            return;
        }
        if (request.isGetattr()) {
            final Long ino = inosByNode.get(request.node());
            if (ino != null) {
                request.setHandle(Handles.ofInode(ino));
            }
        } else {
            request.forEachForgotten(this::remove);
        }
    }
}
