package org.dsmfs.engine.core;

import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.store.PageIndex.Location;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** Copies of dirty pages on their way to their slots, so that the pages can change meanwhile. */
public final class PageCopies {
    private final ByteBuffer bytes;
    private final UnsafeBuffer buffer;
    private final CRC32C crc = new CRC32C();
    private final Page[] pages;
    private final long[] versions;
    private final int[] slots;
    private final int[] offsets;
    private final int[] lengths;
    private final int[] crcs;
    private int count;
    private int used;

    /** @param capacity room for copies, bytes */
    public PageCopies(final int capacity) {
        final int maxPages = capacity / Segment.SMALL_PAGE_SIZE;
        bytes = ByteBuffer.allocateDirect(capacity);
        buffer = new UnsafeBuffer(bytes);
        pages = new Page[maxPages];
        versions = new long[maxPages];
        slots = new int[maxPages];
        offsets = new int[maxPages];
        lengths = new int[maxPages];
        crcs = new int[maxPages];
    }

    void clear() {
        Arrays.fill(pages, 0, count, null);
        count = 0;
        used = 0;
    }

    boolean hasRoom(final int size) {
        return used + size <= bytes.capacity();
    }

    void add(final Page page, final int slot) {
        buffer.putBytes(used, page.buffer, 0, page.size);
        int length = page.size;
        while (length > 8 && buffer.getLong(used + length - 8) == 0) {
            length -= 8;
        }
        pages[count] = page;
        versions[count] = page.version;
        slots[count] = slot;
        offsets[count] = used;
        lengths[count] = length;
        used += page.size;
        count++;
    }

    /** Computes the checksums; call it before writing, outside the lock. */
    public void seal() {
        for (int i = 0; i < count; i++) {
            crc.reset();
            bytes.limit(offsets[i] + lengths[i]).position(offsets[i]);
            crc.update(bytes);
            bytes.clear();
            crcs[i] = (int) crc.getValue();
        }
    }

    /** @return copies */
    public int count() {
        return count;
    }

    /** @return whether the copy goes to the slab of large pages */
    public boolean isLarge(final int copy) {
        return Segment.isLarge(pages[copy].segment);
    }

    /** @return slot that the copy goes to */
    public int slot(final int copy) {
        return slots[copy];
    }

    /** @return address of the copy */
    public long address(final int copy) {
        return buffer.addressOffset() + offsets[copy];
    }

    /** @return bytes to write; the rest of the page is zeros */
    public int length(final int copy) {
        return lengths[copy];
    }

    Page page(final int copy) {
        return pages[copy];
    }

    long version(final int copy) {
        return versions[copy];
    }

    void location(final int copy, final Location location) {
        location.slot = slots[copy];
        location.version = versions[copy];
        location.length = lengths[copy];
        location.crc = crcs[copy];
    }
}
