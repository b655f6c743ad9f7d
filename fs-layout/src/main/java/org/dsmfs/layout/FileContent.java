package org.dsmfs.layout;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.PageTransaction;
import org.dsmfs.layout.page.InodePage;
import org.dsmfs.layout.page.PageKind;

/**
 * The bytes of a regular file, or of a symbolic link's target: in the inode while they fit, else in data pages.
 *
 * <p>Invariant: what lies beyond the size, in the inode's body or in the last data page, is zero. Data pages beyond the
 * size exist only if they were allocated so, or wait to be trimmed.
 */
final class FileContent {
    /** Largest size, bytes. */
    static final long MAX_SIZE = Long.MAX_VALUE;
    /** Most data pages that are freed or allocated in one transaction, to keep it bounded. */
    static final int MAX_PAGES_PER_RUN = 1024;
    /** Returned when all pages of a range were dealt with. */
    static final long DONE = -1;

    private static final int INLINE_CAPACITY = InodePage.BODY_LENGTH;
    private static final UnsafeBuffer ZEROS = new UnsafeBuffer(new byte[128 << 10]);

    private final PageTransaction tx;
    private final Inode inode;
    private final long segment;
    private final int pageSize;
    private final int pageShift;

    FileContent(final Inode inode) {
        this.tx = inode.tx();
        this.inode = inode;
        this.segment = PageKind.DATA.segment(inode.ino());
        this.pageSize = tx.pageSize(segment);
        this.pageShift = Integer.numberOfTrailingZeros(pageSize);
    }

    long size() {
        return inode.view().size();
    }

    /** @return data page that the byte lies in */
    long pageOf(final long offset) {
        return offset >>> pageShift;
    }

    /** @return bytes read, fewer than length only at the end */
    int read(final long offset, final MutableDirectBuffer target, final int targetIndex, final int length) {
        final int readable = (int) Math.max(0, Math.min(length, size() - offset));
        if (readable == 0) {
            return 0;
        }
        if (!inode.isMapped()) {
            target.putBytes(targetIndex, inode.view().buffer(), body(offset), readable);
            return readable;
        }
        final HoleMap holes = new HoleMap(inode);
        // Not holes: another node would have to be asked for each.
        forEachPresent(pageOf(offset), pageOf(offset + readable - 1), tx::want);
        for (int done = 0; done < readable; ) {
            final int inPage = inPage(offset + done);
            final int piece = Math.min(pageSize - inPage, readable - done);
            final long index = pageOf(offset + done);
            final DirectBuffer page = holes.isPresent(index) ? tx.read(segment, index) : null;
            if (page == null) {
                target.setMemory(targetIndex + done, piece, (byte) 0);
            } else {
                target.putBytes(targetIndex + done, page, inPage, piece);
            }
            done += piece;
        }
        return readable;
    }

    /** Has what there is of a range, which ends at the size at most, brought here if it is elsewhere. */
    void expect(final long offset, final long end) {
        if (inode.isMapped()) {
            forEachPresent(pageOf(offset), pageOf(end - 1), tx::expect);
        }
    }

    /** Writes all; {@code offset + length} is at most {@link #MAX_SIZE}. */
    void write(final long offset, final DirectBuffer source, final int sourceIndex, final int length) {
        final long end = offset + length;
        if (end > size()) {
            requireTrimmed();
        }
        if (!inode.isMapped() && end > INLINE_CAPACITY) {
            moveToPages();
        }
        if (inode.isMapped()) {
            writePages(offset, source, sourceIndex, length);
        } else {
            inode.edit().editable().putBytes(body(offset), source, sourceIndex, length);
        }
        if (end > size()) {
            inode.edit().size(end);
        }
    }

    /** Changes the size; a shorter file's pages are left to {@link #trim}. */
    void resize(final long newSize) {
        final long oldSize = size();
        if (newSize > oldSize) {
            requireTrimmed();
            if (!inode.isMapped() && newSize > INLINE_CAPACITY) {
                moveToPages();
            }
        } else if (!inode.isMapped()) {
            inode.edit().editable().setMemory(body(newSize), (int) (oldSize - newSize), (byte) 0);
        } else if (newSize < oldSize) {
            final int inPage = inPage(newSize);
            if (inPage > 0) {
                zero(pageOf(newSize), inPage, (int) Math.min(pageSize, inPage + (oldSize - newSize)));
            }
            scheduleTrim(inPage > 0 ? pageOf(newSize) + 1 : pageOf(newSize));
        }
        inode.edit().size(newSize);
    }

    /** Gives up all pages of a file that is about to be freed, to {@link #trim}. */
    void discard() {
        if (inode.isMapped()) {
            scheduleTrim(0);
            inode.edit().size(0);
        }
    }

    /**
     * Frees pages that are no longer part of the file, as many as one transaction may.
     *
     * @return whether none is left
     */
    boolean trim() {
        if (!inode.view().has(InodePage.TRIM_PENDING)) {
            return true;
        }
        final long firstToFree = inode.view().trimFromPage();
        if (firstToFree < firstWholePage(size())) {
            throw inode.damaged("wants to free data pages before its end");
        }
        final long next = free(firstToFree, pageOf(MAX_SIZE));
        if (next != DONE) {
            return false;
        }
        inode.edit().flag(InodePage.TRIM_PENDING, false);
        inode.edit().trimFromPage(0);
        if (size() == 0 && inode.view().pages() == 0) {
            inode.edit().flag(InodePage.MAPPED, false);
        }
        return true;
    }

    /**
     * Frees pages of a range, as many as one transaction may.
     *
     * @param last inclusive
     * @return the page to go on with; {@link #DONE} if none is left
     */
    long free(final long first, final long last) {
        final HoleMap holes = new HoleMap(inode);
        long page = holes.nextPresent(first);
        for (int freed = 0; page != HoleMap.NONE && page <= last; freed++) {
            if (freed == MAX_PAGES_PER_RUN) {
                return page;
            }
            tx.free(segment, page);
            holes.remove(page);
            page = holes.nextPresent(page + 1);
        }
        return DONE;
    }

    /**
     * Makes the absent pages of a range, as many as one transaction may.
     *
     * @param last inclusive
     * @return the page to go on with; {@link #DONE} if none is left
     */
    long allocate(final long first, final long last) {
        requireTrimmed();
        if (!inode.isMapped()) {
            moveToPages();
        }
        final HoleMap holes = new HoleMap(inode);
        long page = holes.nextAbsent(first);
        for (int made = 0; page <= last; made++) {
            if (made == MAX_PAGES_PER_RUN) {
                return page;
            }
            tx.reserve(segment, page);
            holes.add(page);
            page = holes.nextAbsent(page + 1);
        }
        return DONE;
    }

    /** @return whether a file that ends before this offset needs no data pages */
    boolean fitsInline(final long end) {
        return !inode.isMapped() && end <= INLINE_CAPACITY;
    }

    /**
     * Zeroes the parts of a range that do not fill a page; all of it if the content is in the inode.
     *
     * @param end exclusive
     */
    void zeroEdges(final long offset, final long end) {
        if (!inode.isMapped()) {
            final long limit = Math.min(end, size());
            if (offset < limit) {
                inode.edit().editable().setMemory(body(offset), (int) (limit - offset), (byte) 0);
            }
        } else if (pageOf(offset) == pageOf(end)) {
            zero(pageOf(offset), inPage(offset), inPage(end));
        } else {
            if (inPage(offset) > 0) {
                zero(pageOf(offset), inPage(offset), pageSize);
            }
            if (inPage(end) > 0) {
                zero(pageOf(end), 0, inPage(end));
            }
        }
    }

    /** @return the first page that lies wholly behind the offset */
    long firstWholePage(final long offset) {
        return pageOf(offset) + (inPage(offset) > 0 ? 1 : 0);
    }

    /** @return offset of the next data or hole; ENXIO if there is none */
    long seek(final long offset, final boolean hole) {
        if (offset < 0 || offset >= size()) {
            throw Errno.ENXIO.exception();
        }
        if (!inode.isMapped()) {
            return hole ? size() : offset;
        }
        final HoleMap holes = new HoleMap(inode);
        final long page = hole ? holes.nextAbsent(pageOf(offset)) : holes.nextPresent(pageOf(offset));
        if (page == HoleMap.NONE || page > pageOf(size() - 1)) {
            if (hole) {
                return size();
            }
            throw Errno.ENXIO.exception();
        }
        return Math.max(offset, page << pageShift);
    }

    /** @return whether what a growing file would show is zero */
    boolean isZeroBeyondEnd() {
        if (!inode.isMapped()) {
            return isZero(inode.view().buffer(), body(size()), body(INLINE_CAPACITY));
        }
        final DirectBuffer last = tx.read(segment, pageOf(size()));
        return last == null || inPage(size()) == 0 || isZero(last, inPage(size()), pageSize);
    }

    private static boolean isZero(final DirectBuffer buffer, final int from, final int to) {
        for (int i = from; i < to; i++) {
            if (buffer.getByte(i) != 0) {
                return false;
            }
        }
        return true;
    }

    private void writePages(final long offset, final DirectBuffer source, final int sourceIndex, final int length) {
        final HoleMap holes = new HoleMap(inode);
        wantPartialPages(holes, offset, length);
        for (int done = 0; done < length; ) {
            final long page = pageOf(offset + done);
            final int inPage = inPage(offset + done);
            final int piece = Math.min(pageSize - inPage, length - done);
            tx.put(segment, page, inPage, source, sourceIndex + done, piece);
            if (!holes.isPresent(page)) {
                holes.add(page);
            }
            done += piece;
        }
    }

    /** Gets adjacent pages. */
    private interface PagesSink {
        void pages(long segment, long firstPage, int count);
    }

    /** @param last inclusive */
    private void forEachPresent(final long first, final long last, final PagesSink sink) {
        final HoleMap holes = new HoleMap(inode);
        long page = holes.nextPresent(first);
        while (page != HoleMap.NONE && page <= last) {
            final long end = Math.min(holes.nextAbsent(page), last + 1);
            sink.pages(segment, page, (int) (end - page));
            page = holes.nextPresent(end);
        }
    }

    private void wantPartialPages(final HoleMap holes, final long offset, final int length) {
        final long end = offset + length;
        if (inPage(offset) > 0 && holes.isPresent(pageOf(offset))) {
            tx.want(segment, pageOf(offset), 1);
        }
        if (inPage(end) > 0 && holes.isPresent(pageOf(end))) {
            tx.want(segment, pageOf(end), 1);
        }
    }

    private void zero(final long page, final int from, final int to) {
        if (new HoleMap(inode).isPresent(page)) {
            tx.put(segment, page, from, ZEROS, 0, to - from);
        }
    }

    private void moveToPages() {
        final int length = (int) size();
        final InodePage page = inode.edit();
        if (length > 0) {
            final UnsafeBuffer copy = new UnsafeBuffer(new byte[length]);
            copy.putBytes(0, page.buffer(), InodePage.BODY_OFFSET, length);
            page.editable().setMemory(InodePage.BODY_OFFSET, length, (byte) 0);
            tx.put(segment, 0, 0, copy, 0, length);
            new HoleMap(inode).add(0);
        }
        page.flag(InodePage.MAPPED, true);
    }

    private void scheduleTrim(final long fromPage) {
        final InodePage page = inode.edit();
        page.trimFromPage(page.has(InodePage.TRIM_PENDING) ? Math.min(page.trimFromPage(), fromPage) : fromPage);
        page.flag(InodePage.TRIM_PENDING, true);
    }

    private void requireTrimmed() {
        if (inode.view().has(InodePage.TRIM_PENDING)) {
            throw new TrimPendingException(inode.ino());
        }
    }

    private int inPage(final long offset) {
        return (int) (offset & pageSize - 1);
    }

    private static int body(final long offset) {
        return InodePage.BODY_OFFSET + (int) offset;
    }
}
