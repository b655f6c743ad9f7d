package org.dsmfs.engine;

/**
 * The shared address space as one node sees it. Thread-safe.
 */
public interface Space extends AutoCloseable {
    /**
     * Runs the operation atomically, again and again until all pages it needs are here. What it changed is seen by
     * everyone from then on, and is durable after {@link #sync}; after a crash without it, the changes of some
     * latest operations may be missing, each as a whole.
     *
     * @throws SpaceFullException  if the operation needs more pages than there is room for
     * @throws PageDamagedException if a page it needs is damaged on disk
     * @throws SpaceClosedException if the space was closed, or stopped itself because its disk failed
     */
    <R> R execute(Operation<R> operation);

    /**
     * Returns when everything executed before is durable.
     *
     * @throws SpaceClosedException as {@link #execute}
     */
    void sync();

    /** @return the others that share the space */
    Neighbours neighbours();

    /** @return bytes of a page of a segment with {@link Segment#LARGE_PAGES} */
    int largePageSize();

    /** @return a snapshot of the space's capacity and counters */
    SpaceStatus status();

    /**
     * Calls the visitor for each page that exists, volatile ones left out, in no order. For checks: it holds all
     * operations off meanwhile.
     */
    void forEachPage(PageVisitor visitor);

    /** Receives {@link #forEachPage}. */
    @FunctionalInterface
    interface PageVisitor {
        void page(long segment, long page);
    }

    /** Makes everything durable and lets go of the store. */
    @Override
    void close();
}
