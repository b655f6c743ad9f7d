package org.dsmfs.engine.sharing;

import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.Neighbours;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.Space;
import org.dsmfs.engine.coherence.Message;
import org.dsmfs.engine.coherence.PageOwnership;
import org.dsmfs.engine.coherence.wire.BundleDefect;
import org.dsmfs.engine.coherence.wire.BundleReader;
import org.dsmfs.engine.coherence.wire.BundleWriter;
import org.dsmfs.engine.coherence.wire.MessageBundle;
import org.dsmfs.engine.coherence.wire.WireType;
import org.dsmfs.engine.core.Core;
import org.dsmfs.engine.core.Fetch;
import org.dsmfs.engine.core.PageAccess;
import org.dsmfs.engine.core.SharedPages;
import org.dsmfs.engine.directory.DirectoryPage;
import org.dsmfs.engine.membership.Member;
import org.dsmfs.engine.membership.View;
import org.dsmfs.engine.network.Network;
import org.dsmfs.engine.network.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The <em>memory coherence controller</em>: this node's part in keeping pages that several nodes use coherent. Passive
 * and deterministic like the core, whose lock protects it: views, messages, needs of operations and the passing of time
 * go in; what is to be sent, read from disk or made durable comes out.
 */
public final class Sharing implements PageAccess {
    /** Messages to this node itself that surely fit into one bundle. */
    private static final int SETTLED_AT_ONCE = 256;
    private static final Logger LOG = LoggerFactory.getLogger(Sharing.class);

    private final SharedPages pages;
    private final Exchange exchange;
    private final Copies copies;
    private final Ownerships ownerships;
    private final Rebuild rebuild;
    private final Forgetting forgetting;
    private final Departure departure;
    private final PinQueries pins;
    private final BundleReader reader;
    private final BundleReader selfReader;
    private final ExpandableArrayBuffer selfBytes = new ExpandableArrayBuffer();
    private final Message message = new Message();
    /** Bundles of an epoch that has not begun here yet. */
    private final ArrayDeque<Early> early = new ArrayDeque<>();
    /** Pages that are being read from disk because other nodes wait for them. */
    private final Set<Address> fetching = new HashSet<>();
    private final long[] refused = new long[BundleDefect.values().length];
    /** Whether operations may run; also read without the lock. */
    private volatile boolean isServing;

    /** Where a page is. */
    public record Address(long segment, long page) {
    }

    private record Early(int from, Stream stream, byte[] bytes, long epoch) {
    }

    /**
     * @param node   this node, 0..1023
     * @param keepUp looks after the network; called while {@link #start} or {@link #onBundle} take long
     */
    public Sharing(final SharedPages pages, final int node, final Runnable keepUp) {
        this.pages = pages;
        this.exchange = new Exchange(node, keepUp);
        this.copies = new Copies(pages, exchange);
        this.ownerships = new Ownerships(pages, exchange, copies);
        this.forgetting = new Forgetting(pages, exchange, copies);
        this.rebuild = new Rebuild(pages, exchange, copies, ownerships, forgetting);
        this.departure = new Departure(this, pages, exchange, copies);
        this.pins = new PinQueries(exchange);
        this.reader = new BundleReader(pages.pageSize(Segment.of(Segment.LARGE_PAGES, 0)));
        this.selfReader = new BundleReader(pages.pageSize(Segment.of(Segment.LARGE_PAGES, 0)));
        copies.ownerships(ownerships::isExplicit);
        copies.protocol().replicated(pages.loggedVersion());
    }

    /** Sets who is told of what happens to copies; it answers under the core's lock. */
    public void listen(final Neighbours.CopyListener listener) {
        copies.listen(listener);
    }

    // --- views ---------------------------------------------------------------------------------------------------

    /** A new view: nothing is served until all nodes in it have agreed on what their copies are worth. */
    public void start(final View view) {
        if (exchange.view() != null && view.epoch() <= exchange.view().epoch()) {
            return;
        }
        isServing = false;
        final boolean mayHaveBeenDown = exchange.view() == null || view.epoch() > exchange.view().epoch() + 1
            || !exchange.view().isUp(exchange.node());
        exchange.startEpoch(view, !mayHaveBeenDown);
        forgetting.startEpoch();
        departure.startEpoch();
        ownerships.delegations().startEpoch();
        fetching.clear();
        pins.startEpoch();
        pages.markNumbers();
        rebuild.start(view.epoch(), mayHaveBeenDown);
        final List<Early> due = List.copyOf(early);
        early.clear();
        for (final Early bundle : due) {
            onBundle(bundle.from, bundle.stream, new UnsafeBuffer(bundle.bytes), 0,
                bundle.bytes.length);
        }
        tellSelf();
    }

    /** @return the view that this node lives in, null before the first */
    public View view() {
        return exchange.view();
    }

    /** @return whether operations may run */
    public boolean isServing() {
        return isServing;
    }

    /** @return members that have to say what they have before this node can serve */
    public List<Member> missing() {
        return rebuild.missing();
    }

    private void serveIfDone() {
        if (!isServing && rebuild.isDone()) {
            isServing = true;
            copies.resume();
            LOG.info("epoch {}: serving; {} copies, {} pages known to be elsewhere too", exchange.view().epoch(),
                copies.size(), ownerships.size());
        }
    }

    // --- operations ----------------------------------------------------------------------------------------------

    /** Asks for the pages that an operation needs. */
    public void acquire(final Acquisition acquisition, final List<Core.Wanted> wanted, final long nowNs) {
        copies.now(nowNs);
        copies.acquire(acquisition, wanted);
        tellSelf();
    }

    /** Asks for pages that an operation may need later; nothing waits for them. */
    public void expect(final List<Core.Wanted> expected, final long nowNs) {
        copies.now(nowNs);
        copies.expect(expected);
        tellSelf();
    }

    /** The operation has run, or given up. */
    public void finish(final Acquisition acquisition) {
        copies.finish(acquisition);
        tellSelf();
    }

    /** @return whether some acquisition has become ready since this was asked last */
    public boolean takeNews() {
        return copies.acquisitions().takeNews() | pins.takeNews();
    }

    /** Asks all other nodes whether something there uses a page. */
    public PinQueries.Query askPinned(final long segment, final long page) {
        return pins.ask(segment, page);
    }

    @Override
    public boolean mayRead(final long segment, final long page) {
        final CopyEntry entry = copies.get(segment, page);
        return entry == null ? copies.isDefaultHere(segment, page) : entry.isReadable();
    }

    @Override
    public boolean mayWrite(final long segment, final long page) {
        final CopyEntry entry = copies.get(segment, page);
        return entry == null ? copies.isDefaultHere(segment, page) : entry.isWritable();
    }

    @Override
    public long ownedVersion(final long segment, final long page) {
        final CopyEntry entry = copies.get(segment, page);
        if (entry != null && entry.copy.state().isOwner()) {
            return entry.copy.version();
        }
        if (!exchange.isResponsible(segment, page)) {
            return NO_VERSION;
        }
        final OwnershipEntry ownership = ownerships.get(segment, page);
        final boolean isHere = ownership == null ? entry == null && exchange.isHome(segment)
            : ownership.ownership.owner() == PageOwnership.DISK;
        return isHere ? ANY_VERSION : NO_VERSION;
    }

    @Override
    public boolean mayHaveShadows(final long segment, final long page) {
        if (!exchange.isResponsible(segment, page)) {
            return true;
        }
        final OwnershipEntry ownership = ownerships.get(segment, page);
        return ownership != null && !ownership.shadows.isEmpty()
            || !exchange.isEverybodyUp() && !pages.isNew(segment);
    }

    @Override
    public boolean mayBeKnownElsewhere(final long segment, final long page) {
        if (exchange.view().members().size() == 1) {
            return false;
        }
        return !copies.isDefaultHere(segment, page) || !pages.isNew(segment);
    }

    @Override
    public void changed(final long segment, final long page, final long version) {
        final CopyEntry entry = copies.get(segment, page);
        if (entry != null) {
            copies.changed(entry, version);
        }
    }

    @Override
    public boolean evict(final long segment, final long page) {
        return copies.evict(segment, page);
    }

    @Override
    public int partition() {
        return exchange.partition();
    }

    /** @return what is to be done when a node stops for good */
    public Departure departure() {
        return departure;
    }

    // --- messages ------------------------------------------------------------------------------------------------

    /** A message has come from another node. */
    public void onBundle(final int from, final Stream stream, final DirectBuffer buffer, final int offset,
                         final int length) {
        final BundleDefect defect = reader.wrap(stream, buffer, offset, length);
        if (defect != null) {
            if (refused[defect.ordinal()]++ == 0) {
                LOG.warn("refused a message of {} bytes from node {}: {}", length, from, defect);
            }
            return;
        }
        final long epoch = exchange.view() == null ? 0 : exchange.view().epoch();
        if (reader.epoch() > epoch) {
            final byte[] bytes = new byte[length];
            buffer.getBytes(offset, bytes);
            early.removeIf(bundle -> bundle.epoch <= epoch);
            early.add(new Early(from, stream, bytes, reader.epoch()));
        } else if (reader.epoch() == epoch) {
            while (reader.next()) {
                handle(from, reader);
            }
            tellSelf();
        }
    }

    /** Hands over what this node has to tell itself, until there is no more. */
    private void tellSelf() {
        boolean any = true;
        while (any) {
            any = false;
            for (final Stream stream : Stream.VALUES) {
                final BundleWriter bundle = exchange.toSelf(stream);
                if (bundle.count() > 0) {
                    any = true;
                    final int length = bundle.length();
                    selfBytes.putBytes(0, bundle.buffer(), 0, length);
                    bundle.begin(stream, exchange.view().epoch());
                    final BundleDefect defect = selfReader.wrap(stream, selfBytes, 0, length);
                    if (defect != null) {
                        throw new IllegalStateException("a message to this node itself is refused: " + defect);
                    }
                    while (selfReader.next()) {
                        handle(exchange.node(), selfReader);
                    }
                }
            }
        }
        serveIfDone();
    }

    private void handle(final int from, final BundleReader entry) {
        final long segment = entry.segment();
        final long page = entry.page();
        switch (entry.type()) {
            case GET_S, GET_M, PUT, INV_ACK, DONE -> {
                entry.toMessage(message, from, Message.RESPONSIBLE);
                if (exchange.isResponsible(segment, page)) {
                    ownerships.handle(segment, page, message, entry);
                } else {
                    final Message copy = message.copy();
                    holdAsDelegate(segment, page, () -> ownerships.handle(segment, page, copy, null));
                }
            }
            case FWD_GET_S, FWD_GET_M, INV -> {
                entry.toMessage(message, from, exchange.node());
                if (isKnownAsResponsible(from, segment, page)) {
                    handleCopy(segment, page, message, entry);
                } else {
                    final Message copy = message.copy();
                    delegations().hold(segment, page, () -> handleCopy(segment, page, copy, null));
                }
            }
            case DATA_S, DATA_M, GRANT, PUT_ACK, UNAVAILABLE -> {
                entry.toMessage(message, from, exchange.node());
                handleCopy(segment, page, message, entry);
            }
            case SETTLED -> {
                final long ts = entry.ts();
                final boolean absent = entry.hasFlag(MessageBundle.ABSENT);
                if (exchange.isResponsible(segment, page)) {
                    ownerships.settled(from, segment, page, ts, absent);
                } else {
                    holdAsDelegate(segment, page, () -> ownerships.settled(from, segment, page, ts, absent));
                }
            }
            case FORGET -> {
                final long ts = entry.ts();
                if (isKnownAsResponsible(from, segment, page)) {
                    forgetting.forget(segment, page, ts);
                } else {
                    delegations().hold(segment, page, () -> forgetting.forget(segment, page, ts));
                }
            }
            case OWNERSHIP -> delegations().ownership(from, segment, page, entry.node(), entry.ts(),
                entry.hasFlag(MessageBundle.PINNED));
            case HOLDER -> delegations().holder(from, segment, page, entry.node(), entry.flags());
            case MOVED -> delegations().moved(from, segment, page, entry.node());
            case FORGOTTEN -> ownerships.forgotten(from, segment, page, entry.ts());
            case REPORT -> rebuild.reported(from, segment, page, entry.state(), entry.ts(), entry.version(),
                entry.flags());
            case REPORT_END -> rebuild.ended(from, entry.seq());
            case ADOPT -> rebuild.adopted(from, segment, page, entry.state(), entry.ts());
            case ADOPT_END -> rebuild.answered(from, entry.seq());
            case PIN_QUERY -> exchange.add(from, WireType.PIN_ANSWER,
                pinAnswer(entry.seq(), copies.answerPinQuery(segment, page)));
            case PIN_ANSWER -> pins.answered(from, entry.seq(), entry.hasFlag(MessageBundle.PINNED));
            case TAKE -> departure.offered(segment, page);
        }
    }

    private static Predicate<BundleWriter> pinAnswer(final long id, final boolean pinned) {
        return bundle -> bundle.pinAnswer(id, pinned);
    }

    private Delegations delegations() {
        return ownerships.delegations();
    }

    /** The appointed node has sent what it sent before it made another one responsible. */
    private boolean isKnownAsResponsible(final int from, final long segment, final long page) {
        return from == exchange.responsible(segment, page) || from == exchange.appointed(segment);
    }

    /**
     * The sender of the message has heard that this node is responsible; or has not heard yet that it is so no more:
     * then the message is nothing worth, as it will be sent to the next one.
     */
    private void holdAsDelegate(final long segment, final long page, final Runnable message) {
        if (exchange.appointed(segment) != exchange.node()) {
            delegations().hold(segment, page, message);
        }
    }

    /** @param reader the message with its content; null for one that was held, which has none */
    private void handleCopy(final long segment, final long page, final Message message, final BundleReader reader) {
        CopyEntry copy = copies.get(segment, page);
        if (copy == null) {
            if (copies.isDefaultHere(segment, page)) {
                // Nothing is asked of a page in its default state: the message repeats another.
                return;
            }
            copy = copies.add(segment, page);
        }
        copies.handle(copy, message, reader);
        copies.forgetIfAbsent(copy);
    }

    // --- as time goes on -----------------------------------------------------------------------------------------

    /** Ends minimum holds. To be called often while {@link #isBusy}. */
    public void tick(final long nowNs) {
        copies.now(nowNs);
        copies.tick();
        tellSelf();
    }

    /** @return whether somebody waits for time to pass */
    public boolean isBusy() {
        return copies.isHolding() || copies.isWindowFull();
    }

    /**
     * Has older versions of pages that are durable here forgotten elsewhere, and absent pages that others looked at
     * long ago. To be called a few times a second.
     */
    public void settle(final long nowNs) {
        delegations().now(nowNs);
        if (!isServing) {
            return;
        }
        for (int left = copies.settlement().size(); left > 0; left -= SETTLED_AT_ONCE) {
            copies.settlement().settle(Math.min(left, SETTLED_AT_ONCE));
            tellSelf();
        }
        for (int left = forgetting.size(); left > 0; left -= SETTLED_AT_ONCE) {
            forgetting.report(Math.min(left, SETTLED_AT_ONCE));
            tellSelf();
        }
        boolean isRoom = true;
        for (int left = ownerships.excessAbsent(); left > 0 && isRoom; left -= SETTLED_AT_ONCE) {
            isRoom = ownerships.recallAbsent(Math.min(left, SETTLED_AT_ONCE));
            tellSelf();
        }
    }

    /** @return whether {@link #settle} has something to do once the log is durable */
    public boolean hasUnsettled() {
        return copies.settlement().size() > 0 || forgetting.size() > 0;
    }

    /** The log is durable up to the change with this version. */
    public void durable(final long version) {
        copies.durable(version);
        tellSelf();
    }

    /** @return whether the log should be made durable soon, because another node waits for it; asked once */
    public boolean takeAwaitsLog() {
        return copies.takeAwaitsLog();
    }

    /** @return pages to be read from disk because other nodes wait for them, each once until {@link #fetched} */
    public List<Fetch> takeFetches() {
        final List<Fetch> fetches = new ArrayList<>(copies.takeFetches());
        fetches.addAll(ownerships.takeFetches());
        fetches.removeIf(fetch -> !fetching.add(new Address(fetch.segment(), fetch.page())));
        return fetches;
    }

    /** Some pages of {@link #takeFetches} have been read. Those that can't be are not asked for again in this epoch. */
    public void fetched(final List<Fetch> fetches) {
        for (final Fetch fetch : fetches) {
            fetching.remove(new Address(fetch.segment(), fetch.page()));
            copies.offerHeld(fetch.segment(), fetch.page());
        }
        ownerships.offerHeld();
        tellSelf();
    }

    // --- the network ---------------------------------------------------------------------------------------------

    /** Sends what there is to send, as far as the network takes it. */
    public void flush(final Network network) {
        exchange.flush(network);
    }

    /** @return whether the network did not take everything */
    public boolean hasUnsent() {
        return exchange.hasUnsent();
    }

    /** @return messages to other nodes so far, by {@link WireType} */
    public long[] messagesSent() {
        return exchange.sent();
    }

    /** Calls the visitor for each page that this node has a copy of, and that is not in its default state. */
    public void forEachCopy(final Space.PageVisitor visitor) {
        copies.all().forEach(entry -> visitor.page(entry.segment, entry.page));
    }

    /** @return version of this node's copy; NO_VERSION if it has none, or the page is in its default state */
    public long copyVersion(final long segment, final long page) {
        final CopyEntry entry = copies.get(segment, page);
        return entry != null && entry.copy.state().isLive() ? entry.copy.version() : NO_VERSION;
    }

    /** @return copies of pages that are not in their default state */
    public int copies() {
        return copies.size();
    }

    /** @return those of the {@link #copies} that are this node's to give to others */
    public int ownedCopies() {
        int owned = 0;
        for (final CopyEntry entry : copies.all()) {
            owned += entry.copy.state().isOwner() ? 1 : 0;
        }
        return owned;
    }

    /** A page of this node's was split off before, for another node to be responsible for. */
    public void remember(final DirectoryPage.Split split) {
        delegations().remember(split.segment(), split.page());
    }

    /** @return pages of this node's that have been split off and were not before, each once */
    public List<DirectoryPage.Split> takeSplits() {
        return delegations().takeSplits();
    }

    /** @return pages that other nodes are responsible for than their addresses say */
    public int delegatedPages() {
        return exchange.delegations();
    }

    /** @return pages that this node is responsible for and others may have */
    public int ownerships() {
        return ownerships.size();
    }
}
