package org.dsmfs.engine.core;

import org.agrona.BitUtil;
import org.agrona.UnsafeApi;
import org.agrona.collections.IntArrayList;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.SpaceClosedException;

/**
 * Native memory for pages: one region, cut into frames of a large page, each of which holds a large page or several
 * small ones. So pages that come and go, in whatever order and of whatever size, leave next to no gaps, and the process
 * takes no more memory than the limit says. What does not fit is taken from the C library's heap, and given back to it
 * as soon as it is free. The system gives the region memory as it is touched. Thread-safe.
 */
public final class PagePool {
    private static final int SMALL = Segment.SMALL_PAGE_SIZE;
    /** Frame that an address outside of the region is in. */
    private static final int OUTSIDE = -1;

    private final int frameBytes;
    private final int frames;
    /** Bit set of a frame whose small pages are all free. */
    private final int allFree;
    private final long allocation;
    private final long start;
    /** Frames from here on were never used. */
    private int firstUntouched;
    /** Frames that are free, but were used; the last one given back comes first, for it may still be in a cache. */
    private final IntArrayList freeFrames = new IntArrayList();
    /** Frames that hold small pages, and have room for more. */
    private final IntArrayList partFrames = new IntArrayList();
    /** By frame: its place in {@link #partFrames}. */
    private final int[] partPosition;
    /** By frame: bit set of the small pages in it that are free; 0 for frames that hold none or are free as a whole. */
    private final int[] freeSmall;
    private int used;
    private boolean closed;

    /**
     * @param limitBytes size of the region, at least a frame
     * @param frameBytes bytes of a large page: 4 KiB to 128 KiB, a power of two
     */
    PagePool(final long limitBytes, final int frameBytes) {
        if (!BitUtil.isPowerOfTwo(frameBytes) || frameBytes < SMALL || frameBytes / SMALL > Integer.SIZE) {
            throw new IllegalArgumentException("large pages of " + frameBytes + " bytes");
        }
        this.frameBytes = frameBytes;
        this.frames = (int) Math.min(Integer.MAX_VALUE, Math.max(1, limitBytes / frameBytes));
        this.allFree = -1 >>> Integer.SIZE - frameBytes / SMALL;
        this.allocation = UnsafeApi.allocateMemory((long) frames * frameBytes + SMALL);
        this.start = BitUtil.align(allocation, SMALL);
        this.partPosition = new int[frames];
        this.freeSmall = new int[frames];
    }

    /**
     * @return address of memory for a page of that size, with anything in it
     * @throws SpaceClosedException after {@link #close}
     */
    public synchronized long allocate(final int pageBytes) {
        if (closed) {
            throw new SpaceClosedException("the space is closed", null);
        }
        final long address = pageBytes == frameBytes ? allocateFrame() : allocateSmall();
        used++;
        return address;
    }

    private long allocateFrame() {
        final int frame = takeFrame();
        return frame == OUTSIDE ? UnsafeApi.allocateMemory(frameBytes) : addressOf(frame);
    }

    private long allocateSmall() {
        if (partFrames.isEmpty()) {
            final int frame = takeFrame();
            if (frame == OUTSIDE) {
                return UnsafeApi.allocateMemory(SMALL);
            }
            freeSmall[frame] = allFree;
            addPart(frame);
        }
        final int frame = partFrames.getInt(partFrames.size() - 1);
        final int small = Integer.numberOfTrailingZeros(freeSmall[frame]);
        freeSmall[frame] &= ~(1 << small);
        if (freeSmall[frame] == 0) {
            removePart(frame);
        }
        return addressOf(frame) + (long) small * SMALL;
    }

    /** Gives memory back. @param pageBytes what it was allocated for */
    public synchronized void free(final long address, final int pageBytes) {
        used--;
        final int frame = frameOf(address);
        if (frame == OUTSIDE) {
            UnsafeApi.freeMemory(address);
        } else if (pageBytes == frameBytes) {
            freeFrames.addInt(frame);
        } else {
            freeSmall(frame, (int) ((address - addressOf(frame)) / SMALL));
        }
        releaseIfDone();
    }

    private void freeSmall(final int frame, final int small) {
        if (freeSmall[frame] == 0) {
            addPart(frame);
        }
        freeSmall[frame] |= 1 << small;
        if (freeSmall[frame] == allFree) {
            freeSmall[frame] = 0;
            removePart(frame);
            freeFrames.addInt(frame);
        }
    }

    private int takeFrame() {
        if (!freeFrames.isEmpty()) {
            return freeFrames.popInt();
        }
        return firstUntouched < frames ? firstUntouched++ : OUTSIDE;
    }

    private void addPart(final int frame) {
        partPosition[frame] = partFrames.size();
        partFrames.addInt(frame);
    }

    private void removePart(final int frame) {
        final int last = partFrames.popInt();
        if (last != frame) {
            partFrames.setInt(partPosition[frame], last);
            partPosition[last] = partPosition[frame];
        }
    }

    private long addressOf(final int frame) {
        return start + (long) frame * frameBytes;
    }

    private int frameOf(final long address) {
        return address < start || address >= start + (long) frames * frameBytes ? OUTSIDE
            : (int) ((address - start) / frameBytes);
    }

    /** Nothing is allocated any more. The region is given back once all pages are. */
    synchronized void close() {
        if (!closed) {
            closed = true;
            releaseIfDone();
        }
    }

    private void releaseIfDone() {
        if (closed && used == 0) {
            UnsafeApi.freeMemory(allocation);
        }
    }
}
