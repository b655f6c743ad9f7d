package org.dsmfs.engine.core;

import org.agrona.collections.Int2ObjectHashMap;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.store.PageIndex;
import org.dsmfs.engine.store.PageIndex.Location;

import java.util.ArrayList;
import java.util.List;

/**
 * The <em>local disk cache</em>: which pages rest in which slot of the local disk, and how that differs from what the
 * disk's slot tables say (the state of the last checkpoint).
 */
final class DiskCache {
    private final PageIndex index;
    private final SlotBudget small;
    private final SlotBudget large;
    private final Location scratch = new Location();
    /** Slots whose table entry is out of date, and what it shall be. */
    private Int2ObjectHashMap<SlotImage> smallChanges = new Int2ObjectHashMap<>();
    private Int2ObjectHashMap<SlotImage> largeChanges = new Int2ObjectHashMap<>();

    DiskCache(final PageIndex index, final int largePageSize) {
        this.index = index;
        this.small = new SlotBudget(Segment.SMALL_PAGE_SIZE, Abandoned.GROW_SMALL);
        this.large = new SlotBudget(largePageSize, Abandoned.GROW_LARGE);
    }

    SlotBudget budget(final boolean isLarge) {
        return isLarge ? large : small;
    }

    SlotAllocator allocator(final boolean isLarge) {
        return budget(isLarge).slots();
    }

    /** A page of the segment was made that rests nowhere yet. */
    void made(final long segment) {
        countUnplaced(segment, 1);
    }

    private void countUnplaced(final long segment, final int change) {
        budget(Segment.isLarge(segment)).countUnplaced(change);
    }

    /** @return whether the page rests on disk */
    boolean locate(final long segment, final long page, final Location found) {
        return index.get(segment, page, found);
    }

    /** The page rests in this taken slot now; another one where it rested before is retired. */
    void place(final long segment, final long page, final Location location) {
        if (!index.get(segment, page, scratch)) {
            countUnplaced(segment, -1);
        } else if (scratch.slot != location.slot) {
            retire(segment, scratch.slot);
        }
        index.put(segment, page, location);
        changes(Segment.isLarge(segment)).put((int) location.slot, new SlotImage(Segment.isLarge(segment),
            (int) location.slot, segment, page, location.version, location.length, location.crc));
    }

    /** The page, which exists, becomes absent. */
    void forget(final long segment, final long page) {
        if (index.get(segment, page, scratch)) {
            retire(segment, scratch.slot);
            index.remove(segment, page);
        } else {
            countUnplaced(segment, -1);
        }
    }

    private void retire(final long segment, final long slot) {
        final boolean isLarge = Segment.isLarge(segment);
        allocator(isLarge).retire();
        changes(isLarge).put((int) slot, SlotImage.free(isLarge, (int) slot));
    }

    private Int2ObjectHashMap<SlotImage> changes(final boolean isLarge) {
        return isLarge ? largeChanges : smallChanges;
    }

    /** @return how many entries of the slot tables are out of date */
    int changeCount() {
        return smallChanges.size() + largeChanges.size();
    }

    /** @return the entries of the slot tables that are out of date, which a checkpoint takes over, in slot order */
    List<SlotImage> takeChanges() {
        final List<SlotImage> images = new ArrayList<>(changeCount());
        images.addAll(smallChanges.values());
        images.addAll(largeChanges.values());
        images.sort((a, b) -> a.large() != b.large() ? Boolean.compare(a.large(), b.large())
            : Integer.compare(a.slot(), b.slot()));
        smallChanges = new Int2ObjectHashMap<>();
        largeChanges = new Int2ObjectHashMap<>();
        return images;
    }

    /** The slot tables say now what these images say. */
    void checkpointed(final List<SlotImage> images) {
        for (final SlotImage image : images) {
            if (image.isFree()) {
                allocator(image.large()).releaseRetired(image.slot());
            }
        }
    }

    /** At the start: the disk says that the page rests here. */
    void load(final SlotImage image) {
        allocator(image.large()).take(image.slot());
    }

    /** The slot table's entry of this slot, which is in use, has to be written again. */
    void rewrite(final SlotImage image) {
        changes(image.large()).put(image.slot(), image);
    }

    PageIndex index() {
        return index;
    }
}
