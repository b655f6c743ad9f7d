package org.dsmfs.engine.core;

import org.dsmfs.engine.Operation;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.Space;
import org.dsmfs.engine.store.PageIndex;

import java.util.List;

/**
 * The state of a node's part of the space and all that may happen to it, as a passive, deterministic object: operations
 * and completions go in; pages to fetch, batches of log and copies of dirty pages to write come out. No thread, clock,
 * random source or blocking call. It and its parts are used by one thread at a time, under the node's lock.
 */
public final class Core {
    /** What a run of an operation came to. */
    public enum Outcome {
        /** It is done, and {@link #result} has what it returned. */
        DONE,
        /** Read the pages of {@link #takeMissing}, give them to {@link #fetched}, run again. */
        PAGES_MISSING,
        /** Write the batch, run again. */
        BATCH_FULL,
        /** Make a checkpoint, run again. */
        CHECKPOINT_DUE,
        /** Grow the slab of small pages or say {@link SlotBudget#canGrow that it can't}, run again. */
        SMALL_SLAB_FULL,
        /** Grow the slab of large pages or say {@link SlotBudget#canGrow that it can't}, run again. */
        LARGE_SLAB_FULL
    }

    /** A page that a run needs and this node has no right to. */
    public record Wanted(long segment, long page, boolean toWrite) {
    }

    private final Pages pages;
    private final PageLookup lookup;
    private final Log log;
    private final Checkpoints checkpoints;
    private final Paging paging;
    private final SharedPages shared;
    private final Transaction transaction;
    private final Commit commit;
    private Object result;

    /**
     * @param ramLimitBytes limit of the RAM cache
     * @param largePageSize bytes of a large page
     * @param journalBytes  log that the journal can hold
     * @param incarnation   starts of this node so far, 1..
     * @param version       newest version that any page may have
     * @param index         where pages rest
     */
    public Core(final long ramLimitBytes, final int largePageSize, final long journalBytes, final int incarnation,
                final long version, final PageIndex index) {
        final AddressGenerator addresses = new AddressGenerator();
        pages = new Pages(ramLimitBytes, largePageSize, index);
        lookup = new PageLookup(pages);
        log = new Log(journalBytes, incarnation, version);
        shared = new SharedPages(pages, log, addresses);
        checkpoints = new Checkpoints(journalBytes, log, pages.disk(), pages.dirty(), pages.tombstones(), shared);
        paging = new Paging(pages, log);
        transaction = new Transaction(pages, lookup, addresses);
        commit = new Commit(pages, log, checkpoints, addresses);
    }

    /** @return the log of operations */
    public Log log() {
        return log;
    }

    /** @return how the log's head is dropped */
    public Checkpoints checkpoints() {
        return checkpoints;
    }

    /** @return how pages leave RAM */
    public Paging paging() {
        return paging;
    }

    /** @return the room in the slab of large or small pages */
    public SlotBudget slots(final boolean large) {
        return pages.disk().budget(large);
    }

    /** @return what other nodes do to this node's pages */
    public SharedPages shared() {
        return shared;
    }

    Pages pages() {
        return pages;
    }

    /** Pages are shared with other nodes from now on; no page of theirs is here yet. */
    public void share(final PageAccess access) {
        pages.access(access);
    }

    // --- operations ----------------------------------------------------------------------------------------------

    /** Runs the operation once, and commits it. Exceptions of the operation pass, without effect. */
    public Outcome run(final Operation<?> operation) {
        lookup.begin();
        transaction.begin();
        try {
            result = operation.run(transaction);
            if (lookup.isMissingAny()) {
                throw Abandoned.PAGES;
            }
            commit.commit(transaction);
            transaction.committed();
            return Outcome.DONE;
        } catch (final Abandoned reason) {
            return reason.outcome();
        }
    }

    /** @return what the operation returned whose outcome was DONE */
    public Object result() {
        final Object taken = result;
        result = null;
        return taken;
    }

    /** @return the pages to fetch after PAGES_MISSING */
    public Fetch[] takeMissing() {
        return lookup.missing().toArray(new Fetch[0]);
    }

    /** @return the pages to get the right to after PAGES_MISSING */
    public List<Wanted> takeWanted() {
        return List.copyOf(lookup.wanted());
    }

    /** @return pages that the last run takes for likely to be read soon, and that this node has no right to */
    public List<Wanted> takeExpected() {
        return lookup.expected().isEmpty() ? List.of() : List.copyOf(lookup.expected());
    }

    // --- completions ---------------------------------------------------------------------------------------------

    /** @return where the memory of pages is from */
    public PagePool pool() {
        return pages.pool();
    }

    /** @return whether the page still rests where it was to be read; if not, what was read means nothing */
    public boolean isCurrent(final Fetch fetch) {
        return pages.isCurrent(fetch);
    }

    /**
     * A page was read from where it rested.
     *
     * @param memory of {@link #pool}, with the whole page, which the core takes over
     */
    public void fetched(final Fetch fetch, final long memory) {
        pages.fetched(fetch, memory);
    }

    /** The batch was written, slots first; not necessarily synced. */
    public void batchWritten(final LogBatch batch) {
        log.batchWritten(batch);
        pages.shadows().dropWritten(log.writtenLsn());
    }

    // --- the start and the end -----------------------------------------------------------------------------------

    /** The slot table says that this slot holds this page. */
    public void load(final SlotImage image) {
        pages.load(image);
        log.seen(image.version());
    }

    /** What the slot table says of this slot was mended, and has to be written. */
    public void rewrite(final SlotImage image) {
        pages.disk().rewrite(image);
    }

    /**
     * Frees the RAM cache; no operation must run any more, and no batch be written. Late background work finds nothing
     * to do.
     */
    public void free() {
        log.free();
        pages.free();
    }

    // --- figures -------------------------------------------------------------------------------------------------

    /** @return pages that exist, by {@link Segment#kind} */
    public long[] pagesByKind() {
        return pages.byKind();
    }

    /** Calls the visitor for every page that exists, but volatile ones. */
    public void forEachPage(final Space.PageVisitor visitor) {
        pages.forEach(visitor);
    }

    /** @return page accesses answered from RAM */
    public long hits() {
        return lookup.hits();
    }

    /** @return page accesses that needed the disk, or another node */
    public long misses() {
        return lookup.misses();
    }
}
