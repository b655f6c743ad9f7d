package org.dsmfs.engine.memory;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.collections.LongArrayList;
import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.PageDamagedException;
import org.dsmfs.engine.PageTransaction;
import org.dsmfs.engine.Space;
import org.dsmfs.engine.SpaceClosedException;
import org.dsmfs.engine.SpaceFullException;

/**
 * A range of bytes in the shared address space, from {@link SharedMemory#allocate} or {@link SharedMemory#open}.
 * Thread-safe. All methods throw IndexOutOfBoundsException for a range beyond the region, {@link EngineException} if
 * the region was freed, and {@link SpaceClosedException} as {@link Space#execute}.
 */
public final class Region {
    /** Pages that one transaction of {@link #free(long, long)} makes absent. */
    private static final int PAGES_PER_RUN = 1024;

    private final SharedMemory memory;
    private final Space space;
    private final long id;
    private final long sizeBytes;
    private final long segment;
    private final int pageSize;

    Region(final SharedMemory memory, final long id, final long sizeBytes) {
        this.memory = memory;
        this.space = memory.space();
        this.id = id;
        this.sizeBytes = sizeBytes;
        this.segment = SharedMemory.data(id);
        this.pageSize = space.largePageSize();
    }

    /** @return the name by which {@link SharedMemory#open} finds the region again, never used for another one */
    public long id() {
        return id;
    }

    /** @return bytes */
    public long sizeBytes() {
        return sizeBytes;
    }

    /**
     * Reads bytes, all as of one moment. What was never written is zeros. If it throws, the target may be filled in
     * part.
     *
     * @param offset in the region, bytes
     * @param index  in the target, bytes
     * @param length bytes, 0..{@link SharedMemory#MAX_ACCESS_BYTES}
     * @throws PageDamagedException if one of the pages is damaged on disk
     */
    public void read(final long offset, final MutableDirectBuffer target, final int index, final int length) {
        checkAccess(offset, length);
        target.boundsCheck(index, length);
        space.execute(transaction -> {
            SharedMemory.size(transaction, id);
            final long first = offset / pageSize;
            transaction.want(segment, first, (int) ((offset + length + pageSize - 1) / pageSize - first));
            for (int done = 0; done < length;) {
                final int inPage = (int) ((offset + done) % pageSize);
                final int part = Math.min(length - done, pageSize - inPage);
                final DirectBuffer page = transaction.read(segment, (offset + done) / pageSize);
                if (page == null) {
                    target.setMemory(index + done, part, (byte) 0);
                } else {
                    target.putBytes(index + done, page, inPage, part);
                }
                done += part;
            }
            return null;
        });
    }

    /**
     * Writes bytes, all at one moment.
     *
     * @param offset in the region, bytes
     * @param source must not change before the call returns
     * @param index  in the source, bytes
     * @param length bytes, 0..{@link SharedMemory#MAX_ACCESS_BYTES}
     * @throws SpaceFullException   if there is no room for pages that were never written; nothing is written then
     * @throws PageDamagedException if a page that is written in part is damaged on disk
     */
    public void write(final long offset, final DirectBuffer source, final int index, final int length) {
        checkAccess(offset, length);
        source.boundsCheck(index, length);
        space.execute(transaction -> {
            SharedMemory.size(transaction, id);
            for (int done = 0; done < length;) {
                final int inPage = (int) ((offset + done) % pageSize);
                final int part = Math.min(length - done, pageSize - inPage);
                transaction.put(segment, (offset + done) / pageSize, inPage, source, index + done, part);
                done += part;
            }
            return null;
        });
    }

    private void checkAccess(final long offset, final long length) {
        checkRange(offset, length);
        if (length > SharedMemory.MAX_ACCESS_BYTES) {
            throw new IllegalArgumentException("access of " + length + " bytes: at most "
                + SharedMemory.MAX_ACCESS_BYTES + " are possible");
        }
    }

    private void checkRange(final long offset, final long length) {
        if (offset < 0 || length < 0 || offset > sizeBytes - length) {
            throw new IndexOutOfBoundsException(length + " bytes at " + offset + " of a region of " + sizeBytes);
        }
    }

    /**
     * Makes a range read as zeros, and gives the room of its whole pages back. Page by page, so that other calls may
     * see a part of it freed.
     *
     * @param offset in the region, bytes
     * @param length bytes
     * @throws PageDamagedException if a page at an end of the range, of which a part stays, is damaged on disk
     */
    public void free(final long offset, final long length) {
        checkRange(offset, length);
        final long end = offset + length;
        final long firstWhole = (offset + pageSize - 1) / pageSize;
        final long endWhole = end / pageSize;
        if (firstWhole > endWhole) {
            zero(endWhole, offset, end);
            return;
        }
        zero(firstWhole - 1, offset, firstWhole * pageSize);
        zero(endWhole, endWhole * pageSize, end);
        freePages(firstWhole, endWhole);
    }

    /** Gives the region back; its id is not valid any more. */
    public void free() {
        space.execute(transaction -> {
            transaction.useReserve();
            SharedMemory.size(transaction, id);
            transaction.free(SharedMemory.header(id), 0);
            return null;
        });
        freePages(0, Long.MAX_VALUE);
    }

    private void zero(final long page, final long from, final long to) {
        if (from == to) {
            return;
        }
        space.execute(transaction -> {
            SharedMemory.size(transaction, id);
            if (transaction.exists(segment, page)) {
                transaction.write(segment, page).setMemory((int) (from - page * pageSize), (int) (to - from), (byte) 0);
            }
            return null;
        });
    }

    private void freePages(final long first, final long end) {
        final LongArrayList pages = new LongArrayList();
        space.forEachPage((pageSegment, page) -> {
            if (pageSegment == segment && page >= first && page < end) {
                pages.addLong(page);
            }
        });
        for (int from = 0; from < pages.size(); from += PAGES_PER_RUN) {
            final int start = from;
            space.execute(transaction -> freeRun(transaction, pages, start));
        }
    }

    private Void freeRun(final PageTransaction transaction, final LongArrayList pages, final int start) {
        transaction.useReserve();
        for (int i = start; i < Math.min(pages.size(), start + PAGES_PER_RUN); i++) {
            transaction.free(segment, pages.getLong(i));
        }
        return null;
    }

    /**
     * Waits until no other thread holds a lock on any byte of the range, and takes it. Excludes the threads that use
     * the same {@link SharedMemory} object, nobody else, and no reads or writes but by agreement. First come, first
     * served.
     *
     * @param offset in the region, bytes
     * @param length bytes, at least 1
     * @throws IllegalStateException if this thread holds a lock on a part of the range already
     * @throws InterruptedException  if the thread is interrupted; the lock is not taken then
     */
    public void lock(final long offset, final long length) throws InterruptedException {
        checkLockRange(offset, length);
        memory.locks().lock(id, offset, offset + length);
    }

    /**
     * As {@link #lock}, but does not wait.
     *
     * @return whether the lock was taken
     */
    public boolean tryLock(final long offset, final long length) {
        checkLockRange(offset, length);
        return memory.locks().tryLock(id, offset, offset + length);
    }

    /**
     * Gives back a lock that this thread holds on just that range.
     *
     * @throws IllegalStateException if it does not
     */
    public void unlock(final long offset, final long length) {
        checkLockRange(offset, length);
        memory.locks().unlock(id, offset, offset + length);
    }

    private void checkLockRange(final long offset, final long length) {
        checkRange(offset, length);
        if (length == 0) {
            throw new IllegalArgumentException("a lock of no bytes");
        }
    }
}
