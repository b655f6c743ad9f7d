package org.dsmfs.engine.sharing;

import org.agrona.DirectBuffer;
import org.dsmfs.engine.Neighbours;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.coherence.CopyProtocol;
import org.dsmfs.engine.coherence.CopyState;
import org.dsmfs.engine.coherence.Effects;
import org.dsmfs.engine.coherence.Message;
import org.dsmfs.engine.coherence.MessageType;
import org.dsmfs.engine.coherence.Outcome;
import org.dsmfs.engine.coherence.wire.BundleReader;
import org.dsmfs.engine.coherence.wire.MessageBundle;
import org.dsmfs.engine.coherence.wire.WireType;
import org.dsmfs.engine.core.AddressTable;
import org.dsmfs.engine.core.Core;
import org.dsmfs.engine.core.Fetch;
import org.dsmfs.engine.core.SharedPages;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The node's side: this node's copies of pages that are not in their default state. */
final class Copies {
    /** How long requests that nobody answers may keep a node from making more. */
    private static final long LONGEST_FULL_NS = TimeUnit.SECONDS.toNanos(2);
    /** Longest time that a page is kept for an operation that has not run. */
    private static final long LONGEST_HOLD_NS = TimeUnit.SECONDS.toNanos(1);
    /** Most bytes of pages under way that no operation waited for: what two readers ask ahead. */
    private static final long MOST_EXPECTED_BYTES = 8 << 20;
    /** Part of the RAM cache that these may take. */
    private static final int EXPECTED_PART = 8;

    /** A question about a page. */
    @FunctionalInterface
    interface PagePredicate {
        boolean test(long segment, long page);
    }

    private final SharedPages pages;
    private final Exchange exchange;
    private final CopyProtocol protocol;
    private final AddressTable<CopyEntry> entries = new AddressTable<>();
    private final Settlement settlement;
    private final Acquisitions acquisitions = new Acquisitions();
    /** Entries with messages that are held. */
    private final Set<CopyEntry> holding = new LinkedHashSet<>();
    private final List<Fetch> fetches = new ArrayList<>();
    private final Effects effects = new Effects();
    private PagePredicate hasOwnership = (segment, page) -> false;
    private Neighbours.CopyListener listener;
    /** Bytes of pages that are {@link CopyEntry#isExpected}. */
    private long expectedBytes;
    private boolean awaitsLog;
    /** Whether an operation's request could not be made, as too many are outstanding. */
    private boolean isWindowFull;
    private long lastRequestNs;
    private long nowNs;

    Copies(final SharedPages pages, final Exchange exchange) {
        this.pages = pages;
        this.exchange = exchange;
        this.protocol = new CopyProtocol(exchange.node());
        this.settlement = new Settlement(pages, exchange, protocol, entries);
    }

    /** @param newHasOwnership whether there is an entry for the page at this node, which is responsible for it */
    void ownerships(final PagePredicate newHasOwnership) {
        hasOwnership = newHasOwnership;
    }

    void listen(final Neighbours.CopyListener newListener) {
        listener = newListener;
    }

    CopyProtocol protocol() {
        return protocol;
    }

    Settlement settlement() {
        return settlement;
    }

    Acquisitions acquisitions() {
        return acquisitions;
    }

    CopyEntry get(final long segment, final long page) {
        return entries.get(segment, page);
    }

    List<CopyEntry> all() {
        return entries.entries();
    }

    int size() {
        return entries.size();
    }

    /** @param newNowNs the clock, for minimum holds */
    void now(final long newNowNs) {
        nowNs = newNowNs;
    }

    /** Makes the entry of a page in its default state, which is the only copy and this node's. */
    CopyEntry materialise(final long segment, final long page, final long ts, final long version) {
        final CopyEntry entry = add(segment, page);
        protocol.restore(entry.copy, CopyState.M, ts, version, !Segment.isVolatile(segment));
        return entry;
    }

    CopyEntry add(final long segment, final long page) {
        if (entries.get(segment, page) != null) {
            throw new IllegalStateException("a second copy of " + Segment.describe(segment, page));
        }
        final CopyEntry entry = new CopyEntry(segment, page);
        entries.add(entry);
        return entry;
    }

    /** The page is in its default state again. */
    void drop(final CopyEntry entry) {
        holding.remove(entry);
        entries.remove(entry);
    }

    // --- operations that need pages ------------------------------------------------------------------------------

    void acquire(final Acquisition acquisition, final List<Core.Wanted> wanted) {
        acquisitions.add(acquisition);
        for (final Core.Wanted page : wanted) {
            request(acquisition, acquisition.add(page));
        }
        acquisition.update();
    }

    /** Asks for pages to read that no operation waits for, as far as there is room. */
    void expect(final List<Core.Wanted> wanted) {
        for (final Core.Wanted page : wanted) {
            if (!mayExpect(page.segment())) {
                return;
            }
            if (entries.get(page.segment(), page.page()) == null
                && exchange.isResponsibleUp(page.segment(), page.page())) {
                expect(add(page.segment(), page.page()), false);
            }
        }
    }

    /**
     * Asks for the sole right to a page though no operation wants to change it.
     *
     * @return false if there is no room for that now, or the page is being asked for or given up
     */
    boolean claim(final long segment, final long page) {
        final CopyEntry entry = entries.get(segment, page);
        if (!mayExpect(segment)
            || entry != null && (entry.copy.state().isWaiting() || entry.isWithdrawing || entry.isBarred)) {
            return false;
        }
        return expect(entry == null ? add(segment, page) : entry, true);
    }

    private boolean mayExpect(final long segment) {
        final long mostBytes = Math.min(MOST_EXPECTED_BYTES, pages.ramLimitBytes() / EXPECTED_PART);
        return expectedBytes + pageSize(segment) <= mostBytes;
    }

    private boolean expect(final CopyEntry entry, final boolean toWrite) {
        effects.clear();
        final Outcome outcome = toWrite ? protocol.write(entry.copy, effects) : protocol.read(entry.copy, effects);
        if (outcome != Outcome.APPLIED) {
            forgetIfAbsent(entry);
            return false;
        }
        entry.isExpected = true;
        expectedBytes += pageSize(entry.segment);
        permit(entry);
        dispatch(entry, null);
        return true;
    }

    /** A page has come that no operation may be waiting for: then it need not stay until one has run. */
    private void arrived(final CopyEntry entry) {
        if (entry.isExpected) {
            entry.isExpected = false;
            expectedBytes -= pageSize(entry.segment);
            if (!acquisitions.isAwaited(entry)) {
                protocol.used(entry.copy);
            }
        }
    }

    /** The operation has run, or given up. */
    void finish(final Acquisition acquisition) {
        acquisitions.remove(acquisition);
        for (final Acquisition.Item item : acquisition.items.entries()) {
            final CopyEntry entry = entries.get(item.segment, item.page);
            if (entry != null && protocol.isUnused(entry.copy) && !acquisitions.isAwaited(entry)) {
                protocol.used(entry.copy);
                offerHeld(entry);
            }
        }
    }

    private void request(final Acquisition acquisition, final Acquisition.Item item) {
        CopyEntry entry = entries.get(item.segment, item.page);
        if (entry == null) {
            if (isDefaultHere(item.segment, item.page)) {
                acquisition.here(item);
                return;
            }
            entry = add(item.segment, item.page);
        }
        if (entry.isWithdrawing || entry.isBarred) {
            if (item.toWrite ? entry.isWritable() : entry.isReadable()) {
                acquisition.here(item);
            }
            return;
        }
        effects.clear();
        final Outcome outcome = item.toWrite ? protocol.write(entry.copy, effects)
            : protocol.read(entry.copy, effects);
        if (outcome == Outcome.HIT) {
            acquisition.here(item);
        } else if (outcome == Outcome.HELD) {
            isWindowFull = true;
            forgetIfAbsent(entry);
        } else if (outcome == Outcome.APPLIED) {
            permit(entry);
            dispatch(entry, null);
            if (!protocol.isUnused(entry.copy)) {
                // The right that is asked for now may be what another node waits to take away.
                offerHeld(entry);
            }
        }
    }

    /** @return whether the page, of which there is no copy, is in its default state, so that this node has it */
    boolean isDefaultHere(final long segment, final long page) {
        return exchange.isHome(segment) && !hasOwnership.test(segment, page);
    }

    /** Asks again for whatever waits and is not here. */
    void requestAll() {
        for (int i = 0; i < acquisitions.size(); i++) {
            final Acquisition acquisition = acquisitions.get(i);
            for (final Acquisition.Item item : acquisition.items.entries()) {
                if (!item.isHere) {
                    request(acquisition, item);
                }
            }
            acquisitions.update(acquisition);
        }
    }

    /** The page may have come, or gone. */
    private void review(final CopyEntry entry) {
        for (int i = 0; i < acquisitions.size(); i++) {
            final Acquisition acquisition = acquisitions.get(i);
            final Acquisition.Item item = acquisition.items.get(entry.segment, entry.page);
            if (item != null) {
                if (item.toWrite ? entry.isWritable() : entry.isReadable()) {
                    acquisition.here(item);
                } else {
                    acquisition.gone(item);
                    request(acquisition, item);
                }
                acquisitions.update(acquisition);
            }
        }
    }

    // --- messages ------------------------------------------------------------------------------------------------

    /** @param reader the message with its content; null for one that was held, which has none */
    void handle(final CopyEntry entry, final Message message, final BundleReader reader) {
        if (mustWait(entry, message)) {
            return;
        }
        final CopyState before = entry.copy.state();
        effects.clear();
        final Outcome outcome = protocol.handle(entry.copy, message, effects);
        if (outcome == Outcome.HELD) {
            hold(entry, message);
            if (protocol.awaitsLog(entry.copy)) {
                awaitsLog = true;
                holdForLog(entry, message);
            }
        } else if (outcome == Outcome.APPLIED) {
            if (message.type == MessageType.DATA_S || message.type == MessageType.DATA_M) {
                take(entry, message, reader);
            }
            if (!entry.copy.state().isWaiting()) {
                arrived(entry);
            }
            if (entry.copy.state() == CopyState.M && !before.isOwner() && pages.isAbsent(entry.segment, entry.page)) {
                // The former owner keeps a tombstone until it hears that this node needs it no more.
                settlement.add(entry);
            }
            entry.isWithdrawn = false;
            entry.isBarred = false;
            entry.heldVersion = 0;
            dispatch(entry, message);
            if (message.type == MessageType.UNAVAILABLE) {
                // Who waits for it goes on to do so, until nodes come or go.
                forgetIfAbsent(entry);
            } else {
                changedState(entry, before);
            }
        }
    }

    /** @return whether something has to be done before; the message is held then */
    private boolean mustWait(final CopyEntry entry, final Message message) {
        final boolean takesAway = message.type == MessageType.INV || message.type == MessageType.FWD_GET_M;
        if (!takesAway && message.type != MessageType.FWD_GET_S || !protocol.isDue(entry.copy, message)) {
            return false;
        }
        if (message.type != MessageType.INV) {
            final Fetch fetch = pages.fetchOfOwned(entry.segment, entry.page);
            if (fetch != null) {
                fetches.add(fetch);
                hold(entry, message);
                return true;
            }
        }
        if (takesAway && entry.copy.state().isReadable() && !entry.isWithdrawn) {
            if (!entry.isWithdrawing && !startWithdrawal(entry)) {
                return false;
            }
            hold(entry, message);
            return true;
        }
        return false;
    }

    /** Has whatever was derived from the copy given up. @return false if there is nothing */
    private boolean startWithdrawal(final CopyEntry entry) {
        if (listener == null) {
            return false;
        }
        final int withdrawal = ++entry.withdrawals;
        entry.isWithdrawing = !listener.release(entry.segment, entry.page, () -> {
            if (entry.isWithdrawing && entry.withdrawals == withdrawal) {
                withdrawn(entry);
            }
        });
        return entry.isWithdrawing;
    }

    private void hold(final CopyEntry entry, final Message message) {
        if (entry.held == null) {
            entry.held = new ArrayDeque<>(2);
        }
        entry.held.add(message.copy());
        holding.add(entry);
    }

    /** The log becomes durable; but if the copy changes again and again before it is, it would never go. */
    private void holdForLog(final CopyEntry entry, final Message message) {
        if (entry.heldVersion == 0) {
            entry.heldVersion = entry.copy.version();
        } else if (entry.heldVersion != entry.copy.version() && !entry.isBarred && !entry.isWithdrawing) {
            final boolean takesAway = message.type != MessageType.FWD_GET_S;
            if (!takesAway || entry.isWithdrawn || !startWithdrawal(entry)) {
                entry.isBarred = true;
                permit(entry);
            }
        }
    }

    /** Tries held messages again. */
    private void offerHeld(final CopyEntry entry) {
        if (entry.held == null || entry.held.isEmpty()) {
            return;
        }
        final ArrayDeque<Message> messages = entry.held;
        entry.held = null;
        holding.remove(entry);
        for (final Message message : messages) {
            handle(entry, message, null);
        }
        if (entry.held == null) {
            entry.heldVersion = 0;
            if (entry.isBarred) {
                // Their time has passed.
                entry.isBarred = false;
                permit(entry);
                review(entry);
            }
        }
    }

    private void take(final CopyEntry entry, final Message message, final BundleReader reader) {
        final boolean absent = reader.hasFlag(MessageBundle.ABSENT);
        if (message.from == exchange.node()) {
            // From this node's store, as the responsible one: the page is here.
            return;
        }
        if (!absent) {
            reader.copyContent(pages.install(entry.segment, entry.page, message.version,
                message.type == MessageType.DATA_M), 0, pageSize(entry.segment));
        } else {
            pages.seen(message.version);
        }
    }

    private int pageSize(final long segment) {
        return pages.pageSize(segment);
    }

    /** Sends what the protocol says. */
    private void dispatch(final CopyEntry entry, final Message cause) {
        for (int i = 0; i < effects.size(); i++) {
            final Message message = effects.message(i);
            if (message.type.carriesData()) {
                final DirectBuffer content = pages.content(entry.segment, entry.page);
                exchange.send(message, content == null ? MessageBundle.ABSENT : 0, entry.segment, entry.page, content,
                    pageSize(entry.segment));
            } else {
                final boolean pinned = message.type == MessageType.INV_ACK && listener != null
                    && listener.isPinned(entry.segment, entry.page);
                exchange.send(message, pinned ? MessageBundle.PINNED : 0, entry.segment, entry.page, null, 0);
            }
        }
        if (cause == null) {
            lastRequestNs = nowNs;
        }
        if (cause == null || entry.copy.state() == CopyState.S || entry.copy.state() == CopyState.M) {
            entry.arrivedNs = nowNs;
        }
    }

    private void changedState(final CopyEntry entry, final CopyState before) {
        final CopyState now = entry.copy.state();
        if (before.isLive() && !now.isLive()) {
            pages.giveAway(entry.segment, entry.page);
        }
        permit(entry);
        if (before.isReadable() && !now.isReadable()) {
            lost(entry.segment, entry.page);
        }
        review(entry);
        offerHeld(entry);
        if (entry.copy.isAbsent() && entry.held == null) {
            forgetIfAbsent(entry);
        }
    }

    /** An entry that says nothing is not kept. */
    void forgetIfAbsent(final CopyEntry entry) {
        if (entries.get(entry.segment, entry.page) == entry && entry.copy.isAbsent() && entry.held == null) {
            drop(entry);
        }
    }

    void permit(final CopyEntry entry) {
        pages.permit(entry.segment, entry.page, entry.isReadable(), entry.isWritable(),
            entry.copy.state().isOwner());
    }

    void lost(final long segment, final long page) {
        if (listener != null) {
            listener.lost(segment, page);
        }
    }

    boolean isPinned(final long segment, final long page) {
        return listener != null && listener.isPinned(segment, page);
    }

    boolean answerPinQuery(final long segment, final long page) {
        return listener != null && listener.answerPinQuery(segment, page);
    }

    // --- what operations do --------------------------------------------------------------------------------------

    void changed(final CopyEntry entry, final long version) {
        protocol.changed(entry.copy, version, !Segment.isVolatile(entry.segment));
        settlement.add(entry);
    }

    /** @return false if the copy must stay for now */
    boolean evict(final long segment, final long page) {
        final CopyEntry entry = entries.get(segment, page);
        if (entry == null) {
            throw new IllegalStateException("no copy of " + Segment.describe(segment, page));
        }
        if (entry.copy.state() != CopyState.S || entry.isWithdrawing || acquisitions.isAwaited(entry)) {
            return false;
        }
        if (startWithdrawal(entry)) {
            entry.isLeaving = true;
            return false;
        }
        leave(entry);
        return true;
    }

    /** A copy to read is dropped, and nobody is told. */
    private void leave(final CopyEntry entry) {
        effects.clear();
        protocol.evict(entry.copy, effects);
        lost(entry.segment, entry.page);
        offerHeld(entry);
        forgetIfAbsent(entry);
    }

    /** The owner's page is absent, and nobody has an older version: it goes back to its default state. */
    void putBack(final CopyEntry entry) {
        effects.clear();
        final CopyState before = entry.copy.state();
        if (protocol.evict(entry.copy, effects) == Outcome.APPLIED) {
            dispatch(entry, null);
            changedState(entry, before);
        }
    }

    /** Another node is responsible for the page: asks it for what this one waits for. */
    void repeat(final long segment, final long page) {
        final CopyEntry entry = entries.get(segment, page);
        if (entry == null) {
            return;
        }
        effects.clear();
        protocol.repeat(entry.copy, effects);
        if (effects.size() > 0) {
            dispatch(entry, null);
        }
        if (entry.copy.state().isOwner()) {
            // The one before may have heard that it is durable after it had given its entry away.
            settlement.add(entry);
        }
    }

    // --- as time goes on -----------------------------------------------------------------------------------------

    /** The log is durable up to the change with this version. */
    void durable(final long version) {
        protocol.replicated(version);
        for (final CopyEntry entry : List.copyOf(holding)) {
            offerHeld(entry);
        }
    }

    /** A page that others wait for has been read from disk. */
    void offerHeld(final long segment, final long page) {
        final CopyEntry entry = entries.get(segment, page);
        if (entry != null) {
            offerHeld(entry);
        }
    }

    /** Ends minimum holds, and makes requests that could not be made before. */
    void tick() {
        if (isWindowFull) {
            isWindowFull = false;
            if (nowNs - lastRequestNs > LONGEST_FULL_NS) {
                protocol.doNotWaitForAnswers();
            }
            requestAll();
        }
        for (final CopyEntry entry : List.copyOf(holding)) {
            final long holdNs = acquisitions.isKept(entry) ? LONGEST_HOLD_NS : 0;
            if (protocol.isUnused(entry.copy) && nowNs - entry.arrivedNs > holdNs) {
                protocol.used(entry.copy);
                offerHeld(entry);
            }
        }
    }

    private void withdrawn(final CopyEntry entry) {
        entry.isWithdrawing = false;
        entry.isWithdrawn = true;
        offerHeld(entry);
        if (entry.isWithdrawn && entry.held != null && protocol.awaitsLog(entry.copy)) {
            // It was changed meanwhile. Now it must not be, or it would never go.
            entry.isBarred = true;
            permit(entry);
        } else if (entry.isWithdrawn) {
            // Nobody waits, or the message's time has passed.
            entry.isWithdrawn = false;
            if (entry.isLeaving && entry.copy.state() == CopyState.S && !acquisitions.isAwaited(entry)) {
                pages.discard(entry.segment, entry.page);
                leave(entry);
            } else {
                review(entry);
            }
        }
        entry.isLeaving = false;
    }

    boolean isHolding() {
        return !holding.isEmpty();
    }

    /** @return whether requests could not be made, which {@link #tick} does later */
    boolean isWindowFull() {
        return isWindowFull;
    }

    /** @return whether the log should be made durable soon, because somebody waits for it; asked once */
    boolean takeAwaitsLog() {
        final boolean taken = awaitsLog;
        awaitsLog = false;
        return taken;
    }

    /** @return pages to be read from disk because somebody waits for them */
    List<Fetch> takeFetches() {
        final List<Fetch> taken = List.copyOf(fetches);
        fetches.clear();
        return taken;
    }

    // --- new epochs ----------------------------------------------------------------------------------------------

    /** Rolls back whatever was under way. */
    void startEpoch(final long epoch) {
        protocol.startEpoch(epoch);
        isWindowFull = false;
        expectedBytes = 0;
        holding.clear();
        fetches.clear();
        for (final CopyEntry entry : entries.entries()) {
            exchange.passed();
            entry.held = null;
            entry.heldVersion = 0;
            entry.isExpected = false;
            entry.isWithdrawing = false;
            entry.isLeaving = false;
            entry.isWithdrawn = false;
            entry.isBarred = false;
            final CopyState before = entry.copy.state();
            protocol.rollBack(entry.copy);
            if (!entry.copy.state().isLive()) {
                pages.giveAway(entry.segment, entry.page);
                if (before.isReadable()) {
                    lost(entry.segment, entry.page);
                }
                entries.remove(entry);
            } else {
                permit(entry);
            }
        }
    }

    /** The responsible node says what this node's copy is from now on. */
    void adopt(final long segment, final long page, final CopyState role, final long ts, final long epoch) {
        CopyEntry entry = entries.get(segment, page);
        if (role == CopyState.I && entry != null) {
            withdraw(entry);
            return;
        }
        if (entry == null) {
            if (!role.isOwner()) {
                // It may have been in its default state here, or in RAM since the log was repeated.
                pages.giveAway(segment, page);
                lost(segment, page);
                return;
            }
            entry = add(segment, page);
            pages.takeBack(segment, page);
            protocol.restore(entry.copy, role, ts, pages.storedVersion(segment, page), !Segment.isVolatile(segment));
        } else if (entry.copy.state().isOwner() && !role.isOwner()) {
            withdraw(entry);
            return;
        } else {
            protocol.adopt(entry.copy, role, ts);
        }
        entry.adoptedEpoch = epoch;
        permit(entry);
        if (role.isOwner()) {
            settlement.add(entry);
        }
    }

    /** Copies that their responsible node knows nothing of are none. */
    void dropUnadopted(final int responsible, final long epoch) {
        for (final CopyEntry entry : entries.entries()) {
            if (entry.adoptedEpoch != epoch && exchange.appointed(entry.segment) == responsible) {
                withdraw(entry);
            }
        }
    }

    /** Others may have changed pages without taking this node's copies away: what its store has is all that counts. */
    void dropAll() {
        for (final CopyEntry entry : entries.entries()) {
            exchange.passed();
            withdraw(entry);
        }
        final List<Sharing.Address> elsewhere = new ArrayList<>();
        pages.forEachStored((segment, page) -> {
            exchange.passed();
            if (!exchange.isHome(segment) || Segment.isVolatile(segment)) {
                elsewhere.add(new Sharing.Address(segment, page));
            }
        });
        for (final Sharing.Address page : elsewhere) {
            exchange.passed();
            pages.giveAway(page.segment(), page.page());
            lost(page.segment(), page.page());
        }
    }

    private void withdraw(final CopyEntry entry) {
        if (entry.copy.state().isReadable() && listener != null) {
            // It may be out of date already: there is nobody to wait for.
            listener.release(entry.segment, entry.page, () -> { });
        }
        pages.giveAway(entry.segment, entry.page);
        lost(entry.segment, entry.page);
        drop(entry);
    }

    /** Whatever waits is to be asked for anew. */
    void resume() {
        for (int i = 0; i < acquisitions.size(); i++) {
            final Acquisition acquisition = acquisitions.get(i);
            for (final Acquisition.Item item : acquisition.items.entries()) {
                final CopyEntry entry = entries.get(item.segment, item.page);
                final boolean here = entry == null ? isDefaultHere(item.segment, item.page)
                    : item.toWrite ? entry.isWritable() : entry.isReadable();
                if (here) {
                    acquisition.here(item);
                } else {
                    acquisition.gone(item);
                }
            }
        }
        requestAll();
    }
}
