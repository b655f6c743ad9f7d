package org.dsmfs.layout;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.dsmfs.engine.PageTransaction;
import org.dsmfs.engine.Segment;
import org.dsmfs.layout.page.Bitmap;
import org.dsmfs.layout.page.DamagedPageException;
import org.dsmfs.layout.page.InodePage;
import org.dsmfs.layout.page.PageKind;

/**
 * Which data pages of a file exist, since the engine cannot enumerate the pages of a segment. The first
 * {@link #DIRECT_PAGES} have their bits in the inode's body. The others are in a tree of bitmap pages with computed
 * addresses: page i of level 0 holds the bits of data pages i * 32768 and following; bit i of level n + 1 says that
 * page i of level n exists; the topmost bits are in the body. A bitmap page without a set bit does not exist, and is
 * hardly ever asked for: to know that a page is absent, another node may have to be asked.
 *
 * <p>Invariant: {@link InodePage#pages} is the number of set bits.
 */
final class HoleMap {
    /** Returned when there is no such page. */
    static final long NONE = -1;
    /** Data pages whose bits lie in the inode. */
    static final int DIRECT_PAGES = 20480;

    private static final int ROOT_OFFSET = InodePage.BODY_OFFSET;
    private static final int ROOT_BITS = 64;
    private static final int DIRECT_OFFSET = ROOT_OFFSET + ROOT_BITS / 8;
    /** Bits of a bitmap page, as a power of two. */
    private static final int FANOUT_SHIFT = 15;
    private static final int FANOUT = 1 << FANOUT_SHIFT;
    /** With these levels the root's bits reach every page of the largest file, 2^63 bytes in pages of 4 KiB. */
    private static final int LEVELS = 3;
    private static final int LEVEL_SHIFT = 40;

    static {
        if (DIRECT_OFFSET + DIRECT_PAGES / 8 > InodePage.BODY_OFFSET + InodePage.BODY_LENGTH
            || FANOUT / 8 != Segment.SMALL_PAGE_SIZE) {
            throw new IllegalStateException("hole map does not fit its pages");
        }
    }

    private final PageTransaction tx;
    private final Inode inode;
    private final long segment;

    HoleMap(final Inode inode) {
        this.tx = inode.tx();
        this.inode = inode;
        this.segment = PageKind.HOLES.segment(inode.ino());
    }

    boolean isPresent(final long page) {
        if (page < DIRECT_PAGES) {
            return Bitmap.get(inode.view().buffer(), DIRECT_OFFSET, (int) page);
        }
        final DirectBuffer bitmap = bitmapOf(page);
        return bitmap != null && Bitmap.get(bitmap, 0, bit(page));
    }

    /** Notes that a page came into being. */
    void add(final long page) {
        if (page < DIRECT_PAGES) {
            Bitmap.set(inode.edit().editable(), DIRECT_OFFSET, (int) page);
        } else {
            addToTree(page);
        }
        inode.edit().pages(inode.view().pages() + 1);
    }

    /** Notes that a page is gone. */
    void remove(final long page) {
        if (page < DIRECT_PAGES) {
            Bitmap.clear(inode.edit().editable(), DIRECT_OFFSET, (int) page);
        } else {
            removeFromTree(page);
        }
        inode.edit().pages(inode.view().pages() - 1);
    }

    /** @return the first present page at or after {@code from}; {@link #NONE} if there is none */
    long nextPresent(final long from) {
        if (from < DIRECT_PAGES) {
            final int bit = Bitmap.nextSet(inode.view().buffer(), DIRECT_OFFSET, DIRECT_PAGES, (int) from);
            if (bit < DIRECT_PAGES) {
                return bit;
            }
        }
        return nextSet(0, Math.max(from, DIRECT_PAGES));
    }

    /** @return the first absent page at or after {@code from} */
    long nextAbsent(final long from) {
        long page = from;
        if (page < DIRECT_PAGES) {
            final int bit = Bitmap.nextClear(inode.view().buffer(), DIRECT_OFFSET, DIRECT_PAGES, (int) page);
            if (bit < DIRECT_PAGES) {
                return bit;
            }
            page = DIRECT_PAGES;
        }
        while (true) {
            final DirectBuffer bitmap = bitmapOf(page);
            if (bitmap == null) {
                return page;
            }
            final int bit = Bitmap.nextClear(bitmap, 0, FANOUT, bit(page));
            page = (page & -FANOUT) + bit;
            if (bit < FANOUT) {
                return page;
            }
        }
    }

    /**
     * Visits the bitmap pages that the tree leads to.
     *
     * @return their number
     * @throws DamagedPageException if one is missing or empty
     */
    long countBitmapPages() {
        long count = 0;
        for (int level = LEVELS - 1; level >= 0; level--) {
            for (long index = nextSet(level + 1, 0); index != NONE; index = nextSet(level + 1, index + 1)) {
                requireBitmap(level, index);
                count++;
            }
        }
        return count;
    }

    /**
     * @param from bit to start at, counted over all pages of the level
     * @return the first set bit of the level at or after it; {@link #NONE} if there is none
     */
    private long nextSet(final int level, final long from) {
        if (level == LEVELS) {
            final int bit = from >= ROOT_BITS ? ROOT_BITS
                : Bitmap.nextSet(inode.view().buffer(), ROOT_OFFSET, ROOT_BITS, (int) from);
            return bit == ROOT_BITS ? NONE : bit;
        }
        final long firstPage = from >> FANOUT_SHIFT;
        for (long page = nextSet(level + 1, firstPage); page != NONE; page = nextSet(level + 1, page + 1)) {
            final int start = page == firstPage ? bit(from) : 0;
            final int bit = Bitmap.nextSet(requireBitmap(level, page), 0, FANOUT, start);
            if (bit < FANOUT) {
                return (page << FANOUT_SHIFT) + bit;
            }
        }
        return NONE;
    }

    /** @return the bitmap with the bit of a data page; null if there is none */
    private DirectBuffer bitmapOf(final long page) {
        final int top = (int) (page >> LEVELS * FANOUT_SHIFT);
        return Bitmap.get(inode.view().buffer(), ROOT_OFFSET, top) ? tx.read(segment, address(0, page >> FANOUT_SHIFT))
            : null;
    }

    private DirectBuffer requireBitmap(final int level, final long index) {
        final DirectBuffer bitmap = tx.read(segment, address(level, index));
        if (bitmap == null || Bitmap.nextSet(bitmap, 0, FANOUT, 0) == FANOUT) {
            throw new DamagedPageException(segment, address(level, index), "bitmap of data pages is missing or empty");
        }
        return bitmap;
    }

    private void addToTree(final long page) {
        long index = page;
        for (int level = 0; level < LEVELS; level++) {
            final long address = address(level, index >> FANOUT_SHIFT);
            final boolean existed = tx.exists(segment, address);
            Bitmap.set(tx.write(segment, address), 0, bit(index));
            if (existed) {
                return;
            }
            index >>= FANOUT_SHIFT;
        }
        Bitmap.set(inode.edit().editable(), ROOT_OFFSET, (int) index);
    }

    private void removeFromTree(final long page) {
        long index = page;
        for (int level = 0; level < LEVELS; level++) {
            final long address = address(level, index >> FANOUT_SHIFT);
            final MutableDirectBuffer bitmap = tx.write(segment, address);
            Bitmap.clear(bitmap, 0, bit(index));
            if (Bitmap.nextSet(bitmap, 0, FANOUT, 0) < FANOUT) {
                return;
            }
            tx.free(segment, address);
            index >>= FANOUT_SHIFT;
        }
        Bitmap.clear(inode.edit().editable(), ROOT_OFFSET, (int) index);
    }

    private static long address(final int level, final long index) {
        return ((long) level << LEVEL_SHIFT) + index;
    }

    private static int bit(final long index) {
        return (int) (index & FANOUT - 1);
    }
}
