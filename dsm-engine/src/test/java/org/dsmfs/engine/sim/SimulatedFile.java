package org.dsmfs.engine.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/** A file of a simulated disk: what a process sees of it, what is on the platter, and what happened in between. */
final class SimulatedFile {
    private static final int SECTOR_BYTES = 512;

    /** What a process did and no sync made durable yet. */
    private interface Change {
    }

    private record Write(long position, byte[] bytes) implements Change {
    }

    private record Resize(long size) implements Change {
    }

    private record Allocate(long firstBlock, long lastBlock, long end) implements Change {
    }

    private record Deallocate(long firstBlock, long lastBlock) implements Change {
    }

    private final SparseImage seen;
    private final SparseImage durable;
    private final List<Change> unsynced = new ArrayList<>();
    private final TreeSet<Long> dirtyBlocks = new TreeSet<>();
    private boolean nameDurable;

    SimulatedFile() {
        this(new SparseImage(), new SparseImage());
    }

    private SimulatedFile(final SparseImage seen, final SparseImage durable) {
        this.seen = seen;
        this.durable = durable;
    }

    /** @return what a process sees; to be changed only through this file */
    SparseImage seen() {
        return seen;
    }

    boolean isNameDurable() {
        return nameDurable;
    }

    void makeNameDurable() {
        nameDurable = true;
    }

    void write(final long position, final byte[] bytes) {
        if (bytes.length == 0) {
            return;
        }
        seen.write(position, bytes, 0, bytes.length);
        unsynced.add(new Write(position, bytes));
        SparseImage.forEachPart(position, bytes.length,
            (block, inBlock, inRange, length) -> dirtyBlocks.add(block));
    }

    void resize(final long size) {
        seen.forEachBlockFrom(size / SparseImage.BLOCK_BYTES, dirtyBlocks::add);
        durable.forEachBlockFrom(size / SparseImage.BLOCK_BYTES, dirtyBlocks::add);
        seen.resize(size);
        unsynced.add(new Resize(size));
    }

    /** Allocates the blocks, and extends the file to the end if it is shorter. */
    void allocate(final long firstBlock, final long lastBlock, final long end) {
        final Allocate change = new Allocate(firstBlock, lastBlock, end);
        allocate(seen, change);
        unsynced.add(change);
    }

    private static void allocate(final SparseImage image, final Allocate change) {
        for (long block = change.firstBlock; block <= change.lastBlock; block++) {
            image.allocateBlock(block);
        }
        if (change.end > image.size()) {
            image.resize(change.end);
        }
    }

    /** Gives the blocks up, of which the rest of the file's range reads as zeros. */
    void deallocate(final long firstBlock, final long lastBlock) {
        final Deallocate change = new Deallocate(firstBlock, lastBlock);
        deallocate(seen, change);
        for (long block = firstBlock; block <= lastBlock; block++) {
            dirtyBlocks.add(block);
        }
        unsynced.add(change);
    }

    private static void deallocate(final SparseImage image, final Deallocate change) {
        for (long block = change.firstBlock; block <= change.lastBlock; block++) {
            image.deallocateBlock(block);
        }
    }

    void sync() {
        for (final long block : dirtyBlocks) {
            durable.share(seen, block);
        }
        durable.shareShape(seen);
        dirtyBlocks.clear();
        unsynced.clear();
        nameDurable = true;
    }

    /**
     * A sync that failed as Linux has it fail: some of the changes reached the platter, the rest is seen still, but
     * forgotten, so that no later sync writes it unless its block is written again.
     */
    void failSync(final Random random) {
        loseUnsynced(durable, random);
        dirtyBlocks.clear();
        unsynced.clear();
    }

    void flipBit(final long position, final int bit) {
        seen.flipBit(position, bit);
        if (position < durable.size()) {
            durable.flipBit(position, bit);
        }
    }

    /** @return this file as the next process sees it after this one was killed */
    SimulatedFile afterKill() {
        final SimulatedFile file = new SimulatedFile(seen.copy(), durable.copy());
        file.unsynced.addAll(unsynced);
        file.dirtyBlocks.addAll(dirtyBlocks);
        file.nameDurable = nameDurable;
        return file;
    }

    /** @return this file as it is found after a power cut */
    SimulatedFile afterPowerCut(final Random random) {
        final SparseImage image = durable.copy();
        loseUnsynced(image, random);
        final SimulatedFile file = new SimulatedFile(image, image.copy());
        file.nameDurable = true;
        return file;
    }

    /** Applies those changes, and of writes those sectors, that chance picks. */
    private void loseUnsynced(final SparseImage image, final Random random) {
        long size = image.size();
        for (final Change change : unsynced) {
            if (change instanceof Write write) {
                applySome(image, write, random);
                if (random.nextBoolean()) {
                    size = Math.max(size, write.position + write.bytes.length);
                }
            } else if (change instanceof Resize resize && random.nextBoolean()) {
                image.resize(resize.size);
                size = resize.size;
            } else if (change instanceof Deallocate deallocate && random.nextBoolean()) {
                deallocate(image, deallocate);
            } else if (change instanceof Allocate allocate && random.nextBoolean()) {
                allocate(image, allocate);
                size = Math.max(size, allocate.end);
            }
        }
        image.resize(size);
    }

    private static void applySome(final SparseImage image, final Write write, final Random random) {
        final int length = write.bytes.length;
        switch (random.nextInt(3)) {
            case 0:
                break;
            case 1:
                image.write(write.position, write.bytes, 0, length);
                break;
            default:
                for (int from = 0; from < length;) {
                    final int inSector = (int) ((write.position + from) % SECTOR_BYTES);
                    final int partLength = Math.min(length - from, SECTOR_BYTES - inSector);
                    if (random.nextBoolean()) {
                        image.write(write.position, write.bytes, from, partLength);
                    }
                    from += partLength;
                }
        }
    }
}
