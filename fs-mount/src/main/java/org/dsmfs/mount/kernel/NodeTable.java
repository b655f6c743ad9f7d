package org.dsmfs.mount.kernel;

import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import org.agrona.collections.Long2LongHashMap;
import org.dsmfs.layout.Attributes;
import org.dsmfs.layout.FileSystem;

/**
 * How often the kernel was told of each node, less what it has forgotten: as long as that is not 0, it may ask for the
 * node, also when the last name is gone. A node's number is its inode number. Thread-safe.
 */
final class NodeTable {
    private static final int SHARDS = 16;
    /** Counts are kept doubled, the lowest bit says that the inode is kept open. */
    private static final long PINNED = 1;
    private static final long ONE = 2;

    private final FileSystem fileSystem;
    private final Long2LongHashMap[] shards = new Long2LongHashMap[SHARDS];

    NodeTable(final FileSystem fileSystem) {
        this.fileSystem = fileSystem;
        for (int i = 0; i < SHARDS; i++) {
            shards[i] = new Long2LongHashMap(0);
        }
    }

    /** The kernel is told of the node once more. */
    void remember(final long node) {
        final Long2LongHashMap shard = shard(node);
        synchronized (shard) {
            shard.put(node, shard.get(node) + ONE);
        }
    }

    /**
     * The node is about to lose what may be its last name: keeps the inode alive until the kernel forgets it, which it
     * does not while it asks for the removal.
     *
     * @param attributes receives those of the inode
     */
    void keepAlive(final long node, final Attributes attributes) {
        if (changePinned(node, true)) {
            try {
                fileSystem.open(node, attributes);
            } catch (final RuntimeException failure) {
                changePinned(node, false);
                throw failure;
            }
        }
    }

    /** @return whether that is a change; not of a node that the kernel does not know */
    private boolean changePinned(final long node, final boolean isPinned) {
        final Long2LongHashMap shard = shard(node);
        synchronized (shard) {
            final long state = shard.get(node);
            if (state < ONE || (state & PINNED) != 0 == isPinned) {
                return false;
            }
            shard.put(node, state ^ PINNED);
            return true;
        }
    }

    /** @return whether the kernel may know the node; never waits for the filesystem */
    boolean isKnown(final long node) {
        final Long2LongHashMap shard = shard(node);
        synchronized (shard) {
            return node == FileSystem.ROOT || shard.get(node) >= ONE;
        }
    }

    /** The kernel forgets that many times (unsigned) that it was told of the node. */
    void forget(final long node, final long count) {
        final Long2LongHashMap shard = shard(node);
        final boolean isToBeReleased;
        synchronized (shard) {
            final long state = shard.get(node);
            if (Long.compareUnsigned(state / ONE, count) > 0) {
                shard.put(node, state - count * ONE);
                return;
            }
            shard.remove(node);
            isToBeReleased = (state & PINNED) != 0;
        }
        if (isToBeReleased) {
            fileSystem.release(node);
        }
    }

    /** Has each node looked at that the kernel may know, the root included. */
    void forEachKnown(final LongConsumer action) {
        action.accept(FileSystem.ROOT);
        for (final Long2LongHashMap shard : shards) {
            final long[] known;
            synchronized (shard) {
                known = shard.keySet().stream().mapToLong(Long::longValue).toArray();
            }
            LongStream.of(known).filter(node -> node != FileSystem.ROOT).forEach(action);
        }
    }

    /** @return nodes that the kernel knows, besides the root */
    int size() {
        int size = 0;
        for (final Long2LongHashMap shard : shards) {
            synchronized (shard) {
                size += shard.size();
            }
        }
        return size;
    }

    private Long2LongHashMap shard(final long node) {
        return shards[(int) (node % SHARDS + SHARDS) % SHARDS];
    }
}
