package org.dsmfs.engine.node;

import org.agrona.DirectBuffer;
import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.Neighbours;
import org.dsmfs.engine.PageDamagedException;
import org.dsmfs.engine.PageUnavailableException;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.SharingStatus;
import org.dsmfs.engine.coherence.wire.WireType;
import org.dsmfs.engine.core.Core;
import org.dsmfs.engine.core.Fetch;
import org.dsmfs.engine.membership.Member;
import org.dsmfs.engine.membership.Membership;
import org.dsmfs.engine.membership.View;
import org.dsmfs.engine.network.Network;
import org.dsmfs.engine.network.Stream;
import org.dsmfs.engine.sharing.Acquisition;
import org.dsmfs.engine.sharing.PinQueries;
import org.dsmfs.engine.sharing.Sharing;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The edge between the coherence controller and network, membership and waiting threads. What happens in it happens
 * under the core's lock.
 */
final class Cluster implements Network.Handler, Neighbours {
    private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);
    static final int NOBODY = -1;
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(1);
    /** Pages read from disk for other nodes before the network is polled again. */
    private static final int FETCHES_AT_ONCE = 8;
    /** How long the thread that polls waits for the core's lock before it looks after the network again. */
    private static final long LOCK_PATIENCE_NS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long REACHABILITY_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Lock coreLock;
    private final Sharing sharing;
    private final Network network;
    private final Membership membership;
    private final Waiter waiter;
    private final int incarnation;
    /** Of the one thread that polls: the network's, or one that waits for what the network brings. */
    private final Semaphore turn = new Semaphore(1);
    /** Pages that other nodes wait for; the thread that polls. */
    private final ArrayDeque<Fetch> toFetch = new ArrayDeque<>();
    private final AtomicReference<View> nextView = new AtomicReference<>();
    private final List<Runnable> changeListeners = new CopyOnWriteArrayList<>();
    private volatile boolean hasChanged;
    private volatile boolean awaitsLog;
    private volatile View view;
    private final Reachability reachability;
    private long nextReachabilityNs;
    /** Because of whom this node stands aside. */
    private volatile int unreached = Reachability.NOBODY;
    private long lastTickNs;
    private long operations;
    private long waitedOperations;

    Cluster(final Lock coreLock, final Core core, final Network network, final Membership membership,
            final Waiter waiter) {
        this.coreLock = coreLock;
        this.network = network;
        this.membership = membership;
        this.waiter = waiter;
        this.incarnation = core.log().incarnation();
        this.sharing = new Sharing(core.shared(), membership.node(), network::keepUp);
        this.reachability = new Reachability(membership.node());
        this.nextReachabilityNs = waiter.nanoTime();
        core.share(sharing);
        membership.onView(nextView::set);
        nextView.compareAndSet(null, membership.view());
    }

    Sharing sharing() {
        return sharing;
    }

    /** @return whether operations may run now; any thread */
    boolean isServing() {
        return sharing.isServing() && membership.mayServe() && nextView.get() == null;
    }

    /** @return in words whom this node waits for */
    String missing() {
        coreLock.lock();
        try {
            if (!membership.mayServe() || sharing.view() == null) {
                return unreached == Reachability.NOBODY ? "the consensus members, to renew this node's lease"
                    : "a way to node " + unreached + ", without which this node can't serve";
            }
            final List<Member> missing = sharing.missing();
            return missing.isEmpty() ? "other nodes, which wait for one another"
                : missing.stream().map(Cluster::describe).collect(Collectors.joining(", "));
        } finally {
            coreLock.unlock();
        }
    }

    private static String describe(final Member member) {
        return "node " + member.node() + " (" + member.address() + (member.isUp() ? ")" : ", which is down)");
    }

    Waiter waiter() {
        return waiter;
    }

    // --- under the core's lock -----------------------------------------------------------------------------------

    void acquire(final Acquisition acquisition, final List<Core.Wanted> wanted) {
        sharing.acquire(acquisition, wanted, waiter.nanoTime());
        afterEvent();
    }

    /** Has pages brought that nobody waits for. */
    void expect(final List<Core.Wanted> expected) {
        if (!expected.isEmpty()) {
            sharing.expect(expected, waiter.nanoTime());
            afterEvent();
        }
    }

    void finish(final Acquisition acquisition) {
        sharing.finish(acquisition);
        afterEvent();
    }

    /** An operation has run. @param waited whether it needed pages that were not here */
    void executed(final boolean waited) {
        operations++;
        waitedOperations += waited ? 1 : 0;
    }

    void durable(final long version) {
        sharing.durable(version);
        afterEvent();
    }

    private void afterEvent() {
        sharing.flush(network);
        awaitsLog |= sharing.takeAwaitsLog();
        if (sharing.takeNews()) {
            waiter.wakeAll();
        }
    }

    // --- the network's thread, or one that takes its turn -----------------------------------------------------------

    /**
     * Hands over what has come, unless another thread is doing so. Any thread that holds no lock. Who stops to do so
     * while {@link #isBusy} has to see to it that another one goes on.
     *
     * @return whether there was anything
     */
    boolean poll(final FetchAction fetcher) {
        if (!turn.tryAcquire()) {
            return false;
        }
        try {
            return receive(fetcher);
        } finally {
            turn.release();
        }
    }

    /** Returns when no thread polls, and none will again. */
    void endPolling() {
        turn.acquireUninterruptibly();
    }

    private boolean receive(final FetchAction fetcher) {
        startView();
        final int work = network.poll(this);
        final long nowNs = waiter.nanoTime();
        checkReachability(nowNs);
        lockCore();
        try {
            if (sharing.isBusy() && nowNs - lastTickNs >= TICK_NS) {
                lastTickNs = nowNs;
                sharing.tick(nowNs);
            }
            afterEvent();
            toFetch.addAll(sharing.takeFetches());
        } finally {
            coreLock.unlock();
        }
        final boolean hasFetched = !toFetch.isEmpty();
        if (hasFetched) {
            fetchSome(fetcher);
        }
        return work > 0 || hasFetched;
    }

    /**
     * Gets the core's lock without neglecting the network meanwhile: a thread that holds it may have lost its CPU, or
     * have much to copy, and the node's lease is renewed over the same network.
     */
    private void lockCore() {
        while (!isCoreLocked()) {
            network.keepUp();
        }
    }

    private boolean isCoreLocked() {
        try {
            return coreLock.tryLock(LOCK_PATIENCE_NS, TimeUnit.NANOSECONDS);
        } catch (final InterruptedException e) {
            // A thread of the application's that polls while it waits.
            coreLock.lock();
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private void fetchSome(final FetchAction fetcher) {
        final List<Fetch> fetched = new ArrayList<>(FETCHES_AT_ONCE);
        for (int i = 0; i < FETCHES_AT_ONCE && !toFetch.isEmpty(); i++) {
            final Fetch fetch = toFetch.poll();
            // Disks may be slow.
            network.keepUp();
            try {
                fetcher.fetch(new Fetch[] {fetch}, this::lockCore);
                fetched.add(fetch);
            } catch (final PageDamagedException e) {
                LOG.warn("another node asks for it in vain: {}", e.getMessage());
            }
        }
        lockCore();
        try {
            sharing.fetched(fetched);
            afterEvent();
        } finally {
            coreLock.unlock();
        }
    }

    private void checkReachability(final long nowNs) {
        if (nowNs - nextReachabilityNs < 0 || view == null) {
            return;
        }
        nextReachabilityNs = nowNs + REACHABILITY_INTERVAL_NS;
        if (!membership.mayServe()) {
            reachability.forget();
            return;
        }
        unreached = reachability.check(view, network::isConnected, nowNs);
        if (unreached != Reachability.NOBODY) {
            LOG.error("no connection to node {}, although it has its lease: mend the network between the two nodes, "
                + "which has to carry packets of 1,500 bytes in both directions. The others go on without this node",
                unreached);
            reachability.forget();
            membership.standAside();
        }
    }

    /** Reads pages from disk and gives them to the core. */
    @FunctionalInterface
    interface FetchAction {
        /** @param lockCore gets the core's lock */
        void fetch(Fetch[] fetches, Runnable lockCore);
    }

    /** @return whether somebody waits for time to pass, or for the network to take a message */
    boolean isBusy() {
        return sharing.isBusy() || sharing.hasUnsent();
    }

    private void startView() {
        final View next = nextView.get();
        if (next == null) {
            return;
        }
        final List<Network.Peer> peers = new ArrayList<>();
        for (final Member member : next.members()) {
            if (member.isUp() && member.node() != membership.node()) {
                peers.add(new Network.Peer(member.node(), member.incarnation(), member.address()));
            }
        }
        network.peers(peers);
        lockCore();
        try {
            sharing.start(next);
            view = next;
            afterEvent();
        } finally {
            coreLock.unlock();
        }
        // Not before: nothing may be served of the last epoch's copies by a node that has come back.
        nextView.compareAndSet(next, null);
        hasChanged = true;
        waiter.wakeAll();
    }

    @Override
    public void onMessage(final int from, final Stream stream, final DirectBuffer buffer, final int offset,
                          final int length) {
        lockCore();
        try {
            sharing.onBundle(from, stream, buffer, offset, length);
        } finally {
            coreLock.unlock();
        }
    }

    @Override
    public void onDisconnected(final int node) {
        LOG.info("the connection to node {} broke", node);
        membership.suspect(node);
    }

    // --- background work -----------------------------------------------------------------------------------------

    /** @return whether the log should be made durable because another node waits for it; asked once */
    boolean takeAwaitsLog() {
        final boolean taken = awaitsLog;
        awaitsLog = false;
        return taken;
    }

    boolean awaitsLog() {
        return awaitsLog;
    }

    /** @return whether old versions of pages elsewhere could go if the log were durable */
    boolean hasUnsettled() {
        coreLock.lock();
        try {
            return sharing.hasUnsettled();
        } finally {
            coreLock.unlock();
        }
    }

    void settle() {
        coreLock.lock();
        try {
            sharing.settle(waiter.nanoTime());
            afterEvent();
        } finally {
            coreLock.unlock();
        }
    }

    /** @return whether the space has more members than this node */
    boolean hasNeighbours() {
        final View current = view;
        return current != null && current.members().size() > 1;
    }

    /** @return whether there are listeners to be told, by {@link #notifyChange}, that nodes have come or gone */
    boolean isChangeDue() {
        return hasChanged && isServing();
    }

    /** Tells listeners that nodes have come or gone. */
    void notifyChange() {
        if (isChangeDue()) {
            hasChanged = false;
            for (final Runnable listener : changeListeners) {
                try {
                    listener.run();
                } catch (final EngineException e) {
                    LOG.warn("what had to be done after nodes came or went failed: {}", e.getMessage());
                }
            }
        }
    }

    // --- leaving -------------------------------------------------------------------------------------------------

    /** @return node that may take over what only this node has; NOBODY if there is none, or it could not serve */
    int heir() {
        final View current = view;
        if (current == null || membership.isIndispensable()) {
            return NOBODY;
        }
        for (final Member member : current.members()) {
            if (member.isUp() && member.node() != membership.node()) {
                return member.node();
            }
        }
        return NOBODY;
    }

    /** This node is no member any more; its partitions are the heir's. */
    void leave(final int heir) {
        membership.leave(heir);
    }

    /** Asks the controller something, under the core's lock, and sends what comes of it. */
    <R> R ask(final Function<Sharing, R> question) {
        coreLock.lock();
        try {
            final R answer = question.apply(sharing);
            afterEvent();
            return answer;
        } finally {
            coreLock.unlock();
        }
    }

    // --- neighbours ----------------------------------------------------------------------------------------------

    @Override
    public int node() {
        return membership.node();
    }

    @Override
    public int incarnation() {
        return incarnation;
    }

    @Override
    public long upSince() {
        final View current = view;
        final Member member = current == null ? null : current.member(node());
        return member == null ? 0 : member.upSince();
    }

    @Override
    public boolean isServing(final int node, final int nodeIncarnation) {
        final View current = view;
        final Member member = current == null ? null : current.member(node);
        return member != null && member.isUp() && member.incarnation() == nodeIncarnation;
    }

    @Override
    public long trustNs() {
        final View current = view;
        return current == null || current.members().size() == 1 ? Long.MAX_VALUE : membership.graceNs();
    }

    /** Lets the caller's listener answer from any thread. */
    private final class Listener implements CopyListener {
        private final CopyListener listener;

        Listener(final CopyListener listener) {
            this.listener = listener;
        }

        @Override
        public boolean release(final long segment, final long page, final Runnable released) {
            return listener.release(segment, page, () -> {
                coreLock.lock();
                try {
                    released.run();
                    sharing.tick(waiter.nanoTime());
                    afterEvent();
                } finally {
                    coreLock.unlock();
                }
            });
        }

        @Override
        public void lost(final long segment, final long page) {
            listener.lost(segment, page);
        }

        @Override
        public boolean isPinned(final long segment, final long page) {
            return listener.isPinned(segment, page);
        }

        @Override
        public boolean answerPinQuery(final long segment, final long page) {
            return listener.answerPinQuery(segment, page);
        }
    }

    @Override
    public void listen(final CopyListener listener) {
        coreLock.lock();
        try {
            sharing.listen(listener == null ? null : new Listener(listener));
        } finally {
            coreLock.unlock();
        }
    }

    @Override
    public void onChange(final Runnable listener) {
        changeListeners.add(listener);
    }

    @Override
    public boolean isPinnedElsewhere(final long segment, final long page) {
        final PinQueries.Query query;
        coreLock.lock();
        try {
            query = sharing.askPinned(segment, page);
            afterEvent();
        } finally {
            coreLock.unlock();
        }
        if (!new Patience(waiter).await(query::isAnswered)) {
            throw new PageUnavailableException("not all nodes have said within " + Patience.SECONDS
                + " s whether they use page " + Segment.describe(segment, page) + "; this node has waited for "
                + missing());
        }
        return query.isPinned();
    }

    @Override
    public void pause() {
        pause(PAUSE_NS);
    }

    void pause(final long durationNs) {
        final long endNs = waiter.nanoTime() + durationNs;
        waiter.await(() -> waiter.nanoTime() - endNs >= 0);
    }

    @Override
    public boolean isOwner(final long segment, final long page) {
        coreLock.lock();
        try {
            return sharing.departure().isOwned(segment, page);
        } finally {
            coreLock.unlock();
        }
    }

    @Override
    public Optional<SharingStatus> status() {
        coreLock.lock();
        try {
            final Map<String, Long> messages = new LinkedHashMap<>();
            final long[] sent = sharing.messagesSent();
            for (final WireType type : WireType.values()) {
                if (sent[type.ordinal()] != 0) {
                    messages.put(type.title(), sent[type.ordinal()]);
                }
            }
            return Optional.of(new SharingStatus(membership.view(), isServing() ? "" : missing(), sharing.copies(),
                sharing.ownedCopies(), sharing.ownerships(), sharing.delegatedPages(), operations, waitedOperations,
                messages));
        } finally {
            coreLock.unlock();
        }
    }
}
