package org.dsmfs.engine.sim;

import org.agrona.collections.Long2ObjectHashMap;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.LongConsumer;

/**
 * Content of a file: its size, which 4 KiB blocks have room on disk, and the bytes of those that were written. Images
 * share blocks until one of them writes, so a copy costs little.
 */
final class SparseImage {
    static final int BLOCK_BYTES = 4096;

    private static final class Block {
        private final byte[] bytes;
        /** The only image that may write to the bytes; null if they are shared. */
        private SparseImage owner;

        private Block(final byte[] bytes, final SparseImage owner) {
            this.bytes = bytes;
            this.owner = owner;
        }
    }

    private final Long2ObjectHashMap<Block> blocks = new Long2ObjectHashMap<>();
    private final BitSet allocated = new BitSet();
    private long size;

    SparseImage copy() {
        final SparseImage copy = new SparseImage();
        blocks.forEachLong((index, block) -> {
            block.owner = null;
            copy.blocks.put(index, block);
        });
        copy.allocated.or(allocated);
        copy.size = size;
        return copy;
    }

    /** @return bytes */
    long size() {
        return size;
    }

    /** @return blocks that have room on disk */
    int allocatedBlocks() {
        return allocated.cardinality();
    }

    boolean isAllocated(final long block) {
        return allocated.get(Math.toIntExact(block));
    }

    void deallocateBlock(final long block) {
        allocated.clear(Math.toIntExact(block));
        blocks.remove(block);
    }

    void allocateBlock(final long block) {
        allocated.set(Math.toIntExact(block));
    }

    void read(final long position, final byte[] target) {
        forEachPart(position, target.length, (index, inBlock, offset, length) -> {
            final Block block = blocks.get(index);
            if (block == null) {
                Arrays.fill(target, offset, offset + length, (byte) 0);
            } else {
                System.arraycopy(block.bytes, inBlock, target, offset, length);
            }
        });
    }

    /** Writes a part of the source to where that part belongs if the whole source belongs at the position. */
    void write(final long position, final byte[] source, final int from, final int length) {
        forEachPart(position + from, length, (index, inBlock, offset, partLength) -> {
            allocateBlock(index);
            System.arraycopy(source, from + offset, own(index).bytes, inBlock, partLength);
        });
        size = Math.max(size, position + from + length);
    }

    void flipBit(final long position, final int bit) {
        own(position / BLOCK_BYTES).bytes[(int) (position % BLOCK_BYTES)] ^= (byte) (1 << bit);
    }

    /** Cuts, or extends with zeros that take no room. */
    void resize(final long newSize) {
        if (newSize < size) {
            final long kept = (newSize + BLOCK_BYTES - 1) / BLOCK_BYTES;
            blocks.keySet().removeIf(index -> index >= kept);
            allocated.clear(Math.toIntExact(kept), Math.max(Math.toIntExact(kept), allocated.length()));
            final int tail = (int) (newSize % BLOCK_BYTES);
            if (tail != 0 && blocks.containsKey(newSize / BLOCK_BYTES)) {
                Arrays.fill(own(newSize / BLOCK_BYTES).bytes, tail, BLOCK_BYTES, (byte) 0);
            }
        }
        size = newSize;
    }

    /** Calls the action with the index of every written block from the first on, in no order. */
    void forEachBlockFrom(final long first, final LongConsumer action) {
        blocks.forEachLong((index, block) -> {
            if (index >= first) {
                action.accept(index);
            }
        });
    }

    /** Takes over a block, written or not, from another image of the same file. */
    void share(final SparseImage other, final long index) {
        final Block block = other.blocks.get(index);
        if (block == null) {
            blocks.remove(index);
        } else {
            block.owner = null;
            blocks.put(index, block);
        }
    }

    /** Takes over size and allocation from another image of the same file. */
    void shareShape(final SparseImage other) {
        resize(other.size);
        allocated.clear();
        allocated.or(other.allocated);
    }

    private Block own(final long index) {
        Block block = blocks.get(index);
        if (block == null) {
            block = new Block(new byte[BLOCK_BYTES], this);
            blocks.put(index, block);
        } else if (block.owner != this) {
            block = new Block(block.bytes.clone(), this);
            blocks.put(index, block);
        }
        return block;
    }

    /** Part of a range that lies in one block. */
    @FunctionalInterface
    interface Part {
        void accept(long block, int inBlock, int inRange, int length);
    }

    static void forEachPart(final long position, final int length, final Part part) {
        for (int done = 0; done < length;) {
            final int inBlock = (int) ((position + done) % BLOCK_BYTES);
            final int partLength = Math.min(length - done, BLOCK_BYTES - inBlock);
            part.accept((position + done) / BLOCK_BYTES, inBlock, done, partLength);
            done += partLength;
        }
    }
}
