package org.dsmfs.engine;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * What an {@link Operation} sees of the space: a consistent state of all pages, and private copies of those it
 * changes. Valid only inside {@link Operation#run}; the buffers it hands out are too.
 *
 * <p>Any method may abandon the run by throwing an engine exception (a page must be fetched first, the space is full);
 * let it pass. The run is then without effect, and for a missing page the engine runs the operation again.
 *
 * <p>A page is addressed by segment and page index (offset / {@link #pageSize}). A page that was never written, or
 * was freed, is absent: a hole, which takes no memory and no disk.
 */
public interface PageTransaction {
    /**
     * @return the page's bytes, not to be modified, of length {@link #pageSize}; null if the page is absent. Shows
     *     this run's own {@link #write} but not its {@link #put}.
     */
    DirectBuffer read(long segment, long page);

    /**
     * @return a private copy of the page to change in place, zero-filled if the page was absent; the same buffer for
     *     every call in this run. The engine logs what differs at the end of the run.
     * @throws SpaceFullException if the page was absent and there is no room for it
     */
    MutableDirectBuffer write(long segment, long page);

    /**
     * Writes bytes into one page when the run ends, without a private copy: the way for bulk data. The source must
     * stay unchanged until then. An absent page is made, zero-filled around the bytes. A page takes either puts or
     * {@link #write} in one run, not both; puts to one page apply in order.
     *
     * @param offset in the page, bytes; {@code offset + length <= pageSize}
     * @throws SpaceFullException if the page was absent and there is no room for it
     */
    void put(long segment, long page, int offset, DirectBuffer source, int sourceIndex, int length);

    /**
     * Makes an absent page, of zeros, which takes its room on disk but no memory. Nothing happens if the page is
     * present. The page must not be volatile, and nothing else be done to it in this run.
     *
     * @throws SpaceFullException if there is no room for it
     */
    void reserve(long segment, long page);

    /**
     * Makes the page absent. Nothing happens if it is. Not to be combined with a put of the same page in one run;
     * a later {@link #write} starts from zeros.
     */
    void free(long segment, long page);

    /** @return whether the page is present */
    boolean exists(long segment, long page);

    /**
     * Says that the run will need these pages, so that all that are missing are fetched together instead of one
     * per run. Abandons the run at the next access if one is missing; absent pages are never missing.
     */
    void want(long segment, long firstPage, int count);

    /**
     * Says that these pages, which should exist, are likely to be read soon. Those that are elsewhere are asked for
     * when the run ends, as far as there is room; nothing waits for them, and the run goes on whether they are here or
     * not.
     */
    void expect(long segment, long firstPage, int count);

    /**
     * @return false if no other node can have seen this page since this node is part of the space, so that nothing
     *     there depends on it
     */
    boolean mayBeKnownElsewhere(long segment, long page);

    /**
     * Says that the run is going to write this page, as {@link #want} does for pages that it reads; the run goes on,
     * and is abandoned at the next access if the page is missing.
     */
    void wantToWrite(long segment, long page);

    /** @return bytes in a page of the segment */
    int pageSize(long segment);

    /**
     * @return a segment number never returned before, from the range that the <em>address generator</em> granted to
     *     this node; of an abandoned run it is simply skipped
     */
    long allocateNumber();

    /**
     * Lets this run dip into the part of the space that is kept free so that removal works when the space is full.
     * For operations that free pages, or soon lead to it.
     */
    void useReserve();

    /**
     * Has something done once the operation's effects are real, and before anybody can see them: for what the caller
     * keeps outside of the pages. A run that comes to its end may still be repeated, or fail, so nothing else that it
     * does may be kept.
     *
     * @param action must not fail, block or run an operation
     */
    void onCommit(Runnable action);
}
