package org.dsmfs.engine.node;

import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.Neighbours;
import org.dsmfs.engine.Operation;
import org.dsmfs.engine.PageDamagedException;
import org.dsmfs.engine.PageUnavailableException;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.Space;
import org.dsmfs.engine.SpaceClosedException;
import org.dsmfs.engine.SpaceConfig;
import org.dsmfs.engine.SpaceFullException;
import org.dsmfs.engine.SpaceStatus;
import org.dsmfs.engine.core.CommitFailedException;
import org.dsmfs.engine.core.Core;
import org.dsmfs.engine.core.Fetch;
import org.dsmfs.engine.core.SlotBudget;
import org.dsmfs.engine.membership.Membership;
import org.dsmfs.engine.network.Network;
import org.dsmfs.engine.sharing.Sharing;
import org.dsmfs.engine.store.Disk;
import org.dsmfs.engine.store.DiskException;
import org.dsmfs.engine.store.FailStopDisk;
import org.dsmfs.engine.store.PageIndex;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A space as this node has it, alone or together with others: lets threads into the core one at a time, and does the
 * reading and writing that the core asks for. An operation whose pages are here runs to its end on the caller's thread.
 */
public final class LocalSpace implements Space {
    private static final Logger LOG = LoggerFactory.getLogger(LocalSpace.class);
    /** Bytes of log that are written without anybody asking. */
    private static final int WRITE_BATCH_BYTES = 1 << 20;
    /** Size of a new store's journal. */
    private static final long JOURNAL_BYTES = 64L << 20;

    /** Pages of a node that leaves, taken over in one operation. */
    private static final int TAKEN_AT_ONCE = 32;

    private final ReentrantLock coreLock = new ReentrantLock();
    private final Store store;
    private final Core core;
    private final LogWriter log;
    private final PagingElement paging;
    private final List<String> lostPages;
    /** Why the space serves no more; null while it does. */
    private volatile SpaceClosedException closed;
    /** The others that the space is shared with; null if there are none. */
    private Cluster cluster;
    private DirectoryKeeper directoryKeeper;
    /** What connects this node to them, to be closed with the space. */
    private NodeLink link;
    /** Makes the log durable when other nodes wait for that. */
    private Agent logAgent;
    /** Takes over pages of nodes that leave. */
    private Agent takeAgent;
    /** Does the background work; null if {@link #doWork} is called by somebody else. */
    private Agent agent;
    /** The store's directory if it is to be closed with the space. */
    private StoreDirectory directory;

    private LocalSpace(final Store store, final boolean indexIsFresh, final long memoryBytes, final long diskBytes) {
        this.store = store;
        this.core = new Core(memoryBytes, store.superblock.dataPageBytes, store.superblock.journalBytes,
            store.superblock.incarnation + 1, store.superblock.version, store.index);
        try {
            final Recovery recovery = new Recovery(store, core);
            this.log = new LogWriter(core, coreLock, store, recovery.prepare(indexIsFresh));
            this.paging = new PagingElement(core, coreLock, store, log, diskBytes);
            recovery.redo(paging);
            core.log().recovered();
            this.lostPages = recovery.lostPages();
        } catch (final RuntimeException e) {
            core.free();
            throw e;
        }
    }

    /**
     * Opens the space over the store in a directory, making the store if there is none; nobody shares it.
     *
     * @throws EngineException in one line what is wrong with the store or its place, and the remedy
     */
    public static LocalSpace open(final SpaceConfig config) {
        final StoreDirectory directory = StoreDirectory.open(config.store(), config.diskBytes());
        try {
            final LocalSpace space = open(directory, config, null);
            space.start(null);
            return space;
        } catch (final RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    /** @param identity of a new store; null for random ones */
    static LocalSpace open(final StoreDirectory directory, final SpaceConfig config, final Store.Identity identity) {
        final LocalSpace space = open(directory.disk(), directory.index(), directory.index().isFresh(),
            config.memoryBytes(), config.diskBytes(), config.dataPageBytes(), JOURNAL_BYTES, identity);
        space.directory = directory;
        return space;
    }

    /** Starts the background work. @param sharedLink what connects this node to others; null if there are none */
    void start(final NodeLink sharedLink) {
        link = sharedLink;
        agent = new Agent("dsm-agent", this::doWork);
        agent.start();
        if (link != null) {
            logAgent = new Agent("dsm-log", this::syncForOthers);
            logAgent.start();
            takeAgent = new Agent("dsm-take", this::takeOffered);
            takeAgent.start();
        }
    }

    /** @return identity of the space that the store is a part of, and of the node */
    Store.Identity identity() {
        return new Store.Identity(store.superblock.spaceId, store.superblock.nodeId);
    }

    int incarnation() {
        return core.log().incarnation();
    }

    /** @return whether this node serves, which it does not before all others have said what they have; any thread */
    boolean isServing() {
        return cluster.isServing();
    }

    /** @return in words whom this node waits for */
    String missing() {
        return cluster.missing();
    }

    /** @return whether somebody waits for time to pass, or for the network to take a message */
    boolean isNetworkBusy() {
        return cluster.isBusy();
    }

    /**
     * Opens the space over a store, making the store if there is none. Starts no thread: {@link #doWork} is to be
     * called from time to time.
     *
     * @param indexIsFresh  whether the index is empty, and is to be filled
     * @param memoryBytes   limit of the RAM cache
     * @param diskBytes     limit on disk, 0 for none
     * @param dataPageBytes as {@link SpaceConfig#dataPageBytes}
     * @param journalBytes  size of the journal of a new store
     * @throws EngineException if the store is damaged, of another format or has another page size
     */
    static LocalSpace open(final Disk disk, final PageIndex index, final boolean indexIsFresh, final long memoryBytes,
                           final long diskBytes, final int dataPageBytes, final long journalBytes) {
        return open(disk, index, indexIsFresh, memoryBytes, diskBytes, dataPageBytes, journalBytes, null);
    }

    private static LocalSpace open(final Disk disk, final PageIndex index, final boolean indexIsFresh,
                                   final long memoryBytes, final long diskBytes, final int dataPageBytes,
                                   final long journalBytes, final Store.Identity identity) {
        final Disk failStop = new FailStopDisk(disk);
        final boolean isNew = !Store.exists(failStop);
        final Store store = isNew ? Store.create(failStop, index,
            dataPageBytes == 0 ? SpaceConfig.DEFAULT_DATA_PAGE_BYTES : dataPageBytes, journalBytes,
            identity == null ? Store.Identity.random() : identity)
            : Store.open(failStop, index);
        try {
            if (dataPageBytes != 0 && dataPageBytes != store.superblock.dataPageBytes) {
                throw new EngineException("the space has data pages of " + store.superblock.dataPageBytes
                    + " bytes, fixed when it was created: leave --data-page out");
            }
            return new LocalSpace(store, isNew || indexIsFresh, memoryBytes, diskBytes);
        } catch (final RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /**
     * Pages are shared with other nodes from now on; nothing has been executed yet.
     *
     * @param membership of which this node is a member
     */
    void share(final Network network, final Membership membership, final Waiter waiter) {
        cluster = new Cluster(coreLock, core, network, membership, waiter);
        directoryKeeper = new DirectoryKeeper(this, cluster);
        log.onDurable(cluster::durable);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <R> R execute(final Operation<R> operation) {
        // Made at the first miss: an operation whose pages are here allocates nothing.
        SharedRun run = null;
        boolean isRoomSought = false;
        try {
            while (true) {
                SpaceFullException full = null;
                Core.Outcome outcome = null;
                Fetch[] missing = null;
                R result = null;
                boolean overLimit = false;
                boolean workDue = false;
                coreLock.lock();
                try {
                    checkOpen();
                    if (cluster == null || cluster.isServing()) {
                        outcome = core.run(operation);
                    }
                    if (outcome == Core.Outcome.DONE) {
                        result = (R) core.result();
                        overLimit = core.paging().evict();
                        workDue = isWorkDue();
                        if (cluster != null) {
                            cluster.executed(run != null && run.hasAcquired());
                        }
                    } else if (outcome == Core.Outcome.PAGES_MISSING) {
                        missing = core.takeMissing();
                        if (cluster != null) {
                            run = run == null ? new SharedRun(cluster) : run;
                            run.acquire(core.takeWanted());
                        }
                    }
                    if (outcome != null && cluster != null) {
                        cluster.expect(core.takeExpected());
                    }
                } catch (final CommitFailedException e) {
                    throw stop(e);
                } catch (final SpaceFullException e) {
                    full = e;
                } finally {
                    coreLock.unlock();
                }
                if (full != null) {
                    if (isRoomSought || !paging.mayGrowAgain()) {
                        throw full;
                    }
                    isRoomSought = true;
                    continue;
                }
                if (overLimit) {
                    guarded(paging::makeRoom);
                } else if (workDue && agent != null) {
                    agent.wakeUp();
                }
                if (outcome == null) {
                    run = run == null ? new SharedRun(cluster) : run;
                    run.awaitServing(() -> closed != null);
                    continue;
                }
                switch (outcome) {
                    case DONE -> {
                        return result;
                    }
                    case PAGES_MISSING -> {
                        fetch(missing, coreLock::lock);
                        if (run != null) {
                            wakeLogAgent();
                            run.awaitPages(() -> closed != null);
                        }
                    }
                    case BATCH_FULL -> guarded(log::write);
                    case CHECKPOINT_DUE -> guarded(paging::checkpointAll);
                    case SMALL_SLAB_FULL -> guarded(() -> paging.grow(false));
                    case LARGE_SLAB_FULL -> guarded(() -> paging.grow(true));
                }
            }
        } finally {
            finish(run);
        }
    }

    /** @param run null if the operation needed nothing of other nodes */
    private void finish(final SharedRun run) {
        if (run != null && run.hasAcquired()) {
            coreLock.lock();
            try {
                run.finish();
            } finally {
                coreLock.unlock();
            }
        }
    }

    private boolean isWorkDue() {
        return core.log().batchBytes() > WRITE_BATCH_BYTES || core.paging().dirtyBytes() > dirtyLimitBytes()
            || core.checkpoints().isDue();
    }

    private long dirtyLimitBytes() {
        return core.paging().ramLimitBytes() / 4;
    }

    private void fetch(final Fetch[] missing, final Runnable lockCore) {
        for (final Fetch fetch : missing) {
            long memory = 0;
            PageDamagedException damage = null;
            try {
                memory = store.read(fetch, core.pool());
            } catch (final PageDamagedException e) {
                damage = e;
            } catch (final DiskException e) {
                damage = new PageDamagedException(fetch.segment(), fetch.page(), e.getMessage());
            }
            lockCore.run();
            try {
                if (closed != null) {
                    if (memory != 0) {
                        core.pool().free(memory, fetch.pageSize());
                    }
                    throw closed;
                }
                if (damage == null) {
                    core.fetched(fetch, memory);
                } else if (core.isCurrent(fetch)) {
                    LOG.error(damage.getMessage());
                    throw damage;
                }
            } finally {
                coreLock.unlock();
            }
        }
    }

    /**
     * Hands over what has come from other nodes. To be called by one thread all the time; others may do so while they
     * wait, but must not leave off while {@link #isNetworkBusy} without having that thread go on.
     *
     * @return whether there was anything
     */
    boolean pollNetwork() {
        checkOpen();
        final boolean worked = cluster.poll(this::fetch);
        if (cluster.awaitsLog()) {
            wakeLogAgent();
        }
        if (agent != null && cluster.isChangeDue()) {
            agent.wakeUp();
        }
        return worked;
    }

    private void wakeLogAgent() {
        if (logAgent != null && cluster.awaitsLog()) {
            logAgent.wakeUp();
        }
    }

    /**
     * Makes the log durable if another node waits for that. To be called by one thread.
     *
     * @return whether there was anything to do
     */
    boolean syncForOthers() {
        if (!cluster.takeAwaitsLog()) {
            return false;
        }
        sync();
        return true;
    }

    /**
     * Takes over pages of nodes that leave. To be called by one thread.
     *
     * @return whether there was anything to do
     */
    boolean takeOffered() {
        final List<Sharing.Address> pages = cluster.ask(sharing -> sharing.departure().takeOffered(TAKEN_AT_ONCE));
        if (pages.isEmpty()) {
            return false;
        }
        try {
            takeOver(pages);
        } catch (final SpaceFullException | PageUnavailableException e) {
            LOG.warn("pages of a node that leaves can't be taken over: {}", e.getMessage());
            cluster.ask(sharing -> {
                sharing.departure().declineOffered();
                return null;
            });
        }
        return true;
    }

    private void takeOver(final List<Sharing.Address> pages) {
        execute(transaction -> {
            for (final Sharing.Address page : pages) {
                transaction.wantToWrite(page.segment(), page.page());
            }
            for (final Sharing.Address page : pages) {
                if (transaction.exists(page.segment(), page.page())) {
                    // Unchanged, but what came from another node is logged with the first write.
                    transaction.write(page.segment(), page.page());
                }
            }
            return null;
        });
    }

    /**
     * Takes over pages of a node that is down, which only this one has, if they fill the RAM cache.
     *
     * @return whether there were any, and it is worth while to go on
     */
    private boolean takeUnlogged() {
        final List<Sharing.Address> pages;
        coreLock.lock();
        try {
            checkOpen();
            pages = core.paging().unlogged().stream()
                .map(page -> new Sharing.Address(page.segment(), page.page())).toList();
        } finally {
            coreLock.unlock();
        }
        if (pages.isEmpty()) {
            return false;
        }
        try {
            takeOver(pages);
            return true;
        } catch (final SpaceFullException | PageUnavailableException e) {
            LOG.warn("pages of a node that is down fill the RAM cache: {}", e.getMessage());
            return false;
        }
    }

    @Override
    public void sync() {
        final long endLsn;
        coreLock.lock();
        try {
            checkOpen();
            endLsn = core.log().endLsn();
        } finally {
            coreLock.unlock();
        }
        guarded(() -> log.sync(endLsn));
    }

    /**
     * What is to be done in the background: write the log, page out, grow the slabs ahead of use, checkpoint. To be
     * called by one thread.
     *
     * @return whether there was anything to do
     */
    boolean doWork() {
        coreLock.lock();
        final boolean writeLog;
        final boolean pageOut;
        final boolean checkpoint;
        try {
            checkOpen();
            writeLog = core.log().batchBytes() > 0 || core.log().isMarkDue(log.durableLsn());
            pageOut = core.paging().dirtyBytes() > dirtyLimitBytes();
            checkpoint = core.checkpoints().isDue();
        } finally {
            coreLock.unlock();
        }
        guarded(() -> {
            if (writeLog) {
                log.write();
            }
            if (pageOut) {
                paging.writeDirtyAbove(dirtyLimitBytes() / 2);
            }
            if (checkpoint) {
                paging.checkpointAll();
            }
            paging.growAhead();
            if (cluster != null) {
                if (cluster.hasUnsettled()) {
                    sync();
                }
                cluster.settle();
            }
        });
        boolean hasTaken = false;
        if (cluster != null) {
            directoryKeeper.run();
            guarded(cluster::notifyChange);
            hasTaken = takeUnlogged();
        }
        return writeLog || pageOut || checkpoint || hasTaken;
    }

    /** If it fails nobody can know what is on disk, or what state the space is in: it stops. */
    private void guarded(final Runnable work) {
        try {
            work.run();
        } catch (final SpaceClosedException e) {
            throw e;
        } catch (final RuntimeException e) {
            throw stop(e);
        }
    }

    /** @return why the space is closed: for this reason, or for one before that this one follows from */
    private SpaceClosedException stop(final RuntimeException reason) {
        coreLock.lock();
        try {
            if (closed == null) {
                LOG.error("the space stops: {}", reason.getMessage(), reason);
                closed = new SpaceClosedException("the space stopped, its disk failed: " + reason.getMessage(),
                    reason);
            }
            return closed;
        } finally {
            coreLock.unlock();
        }
    }

    private void checkOpen() {
        if (closed != null) {
            throw closed;
        }
    }

    @Override
    public Neighbours neighbours() {
        return cluster == null ? Neighbours.none(core.log().incarnation()) : cluster;
    }

    @Override
    public int largePageSize() {
        return store.superblock.dataPageBytes;
    }

    @Override
    public SpaceStatus status() {
        checkOpen();
        final long growable = paging.growableBytes();
        coreLock.lock();
        try {
            checkOpen();
            final Map<Integer, Long> pagesByKind = new HashMap<>();
            long used = 0;
            final long[] counts = core.pagesByKind();
            for (int kind = 0; kind < counts.length; kind++) {
                if (counts[kind] != 0) {
                    pagesByKind.put(kind, counts[kind]);
                    used += (kind & Segment.VOLATILE) != 0 ? 0
                        : counts[kind] * ((kind & Segment.LARGE_PAGES) != 0 ? largePageSize()
                        : Segment.SMALL_PAGE_SIZE);
                }
            }
            final SlotBudget small = core.slots(false);
            final SlotBudget large = core.slots(true);
            return new SpaceStatus(used + small.unusedBytes() + large.unusedBytes() + growable, used,
                small.reservedBytes() + large.reservedBytes(), core.paging().ramLimitBytes(), core.paging().ramBytes(),
                pagesByKind, core.hits(), core.misses(), core.log().bytes(), store.journal.capacity(),
                core.log().endLsn(), log.durableLsn(), paging.checkpoints(), core.log().version());
        } finally {
            coreLock.unlock();
        }
    }

    @Override
    public void forEachPage(final PageVisitor visitor) {
        coreLock.lock();
        try {
            checkOpen();
            core.forEachPage(visitor);
        } finally {
            coreLock.unlock();
        }
    }

    /** @return for each page whose copy on disk is damaged, a sentence that names it or, if that is lost, its slot */
    public List<String> findDamagedPages() {
        final List<long[]> pages = new ArrayList<>();
        forEachPage((segment, page) -> pages.add(new long[] {segment, page}));
        final List<String> findings = new ArrayList<>(lostPages);
        for (final long[] page : pages) {
            try {
                execute(transaction -> transaction.read(page[0], page[1]));
            } catch (final PageDamagedException e) {
                findings.add(e.getMessage());
            }
        }
        return findings;
    }

    /** Frees memory and nothing else, as if the process had died. */
    void abandon() {
        if (agent != null) {
            agent.stop();
        }
        if (logAgent != null) {
            logAgent.stop();
        }
        coreLock.lock();
        try {
            closed = new SpaceClosedException("the space is abandoned", null);
        } finally {
            coreLock.unlock();
        }
        log.freeCore();
    }

    /**
     * Has the other nodes take over everything, and leaves the space for good.
     *
     * @throws EngineException why not
     */
    void leave() {
        final int heir = cluster.heir();
        if (heir == Cluster.NOBODY) {
            throw new EngineException("this node can't leave: no other node serves without it");
        }
        final int left = new HandOver(this, cluster).run();
        if (left > 0) {
            throw new EngineException(left + " pages were taken over by nobody: give the other nodes more room, or "
                + "start those that are down");
        }
        cluster.leave(heir);
    }

    /**
     * Has the other nodes take over what they could have only from here.
     *
     * @return whether nothing is left
     */
    boolean handOver() {
        return cluster.heir() != Cluster.NOBODY && new HandOver(this, cluster).run() == 0;
    }

    @Override
    public void close() {
        boolean holdsNothing = false;
        if (link != null && closed == null) {
            holdsNothing = handOver();
            takeAgent.stop();
        }
        if (agent != null) {
            agent.stop();
        }
        if (link != null) {
            link.sayGoodbye(holdsNothing);
            logAgent.stop();
        }
        final boolean failed;
        coreLock.lock();
        try {
            if (closed != null && closed.getCause() == null) {
                return;
            }
            failed = closed != null;
            closed = new SpaceClosedException("the space is closed", null);
        } finally {
            coreLock.unlock();
        }
        if (link != null) {
            cluster.endPolling();
            link.close();
        }
        try {
            if (!failed) {
                paging.checkpointAndStop();
            }
        } finally {
            log.freeCore();
            store.close();
            if (directory != null) {
                directory.close();
            }
        }
    }
}
