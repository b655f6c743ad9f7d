package org.dsmfs.engine.coherence;

import org.agrona.collections.Int2ObjectHashMap;
import org.dsmfs.engine.coherence.OwnershipTable.Row;

import java.util.List;
import java.util.function.IntPredicate;

/**
 * The responsible node's side of the coherence protocol: takes a message about one page, changes that page's
 * {@link PageOwnership}, and says what to send. Serves one request per page at a time, the others queue. Passive and
 * deterministic: no thread, clock, I/O. One object per node, used by one thread at a time.
 *
 * <p>Data that come with an accepted Put go to the disk copy, data that are sent from here come from it.
 *
 * <p>The methods without a modifier are fences; each says in one predicate what it stops. docs/COHERENCE.md has why.
 */
public class OwnershipProtocol {
    private final int node;
    private final OwnershipTable table;
    private final int window;
    private final IntPredicate isUp;
    final Int2ObjectHashMap<SequenceWindow> admitted = new Int2ObjectHashMap<>();
    long epoch;
    private long staleMessages;
    private long refusedMessages;

    /**
     * @param node this node, 0..{@link NodeSet#MAX_NODE}
     * @param isUp whether a node is up in the present epoch
     */
    public OwnershipProtocol(final int node, final IntPredicate isUp) {
        this(node, OwnershipTable.PROTOCOL, CopyProtocol.WINDOW, isUp);
    }

    OwnershipProtocol(final int node, final OwnershipTable table, final int window, final IntPredicate isUp) {
        this.node = node;
        this.table = table;
        this.window = window;
        this.isUp = isUp;
    }

    /**
     * A new view of the cluster: requests of the old one are void. Each page is to be made anew by {@link #rebuild}.
     */
    public void startEpoch(final long newEpoch) {
        if (newEpoch <= epoch) {
            throw new IllegalStateException("epoch " + newEpoch + " after " + epoch);
        }
        epoch = newEpoch;
        admitted.clear();
    }

    /** A message of one of the types for responsible nodes has come. APPLIED (perhaps queued), HELD, STALE, REFUSED. */
    public Outcome handle(final PageOwnership page, final Message message, final Effects effects) {
        if (message.seq < 1 || message.version < 0 || !NodeSet.isNode(message.requester)
            || !NodeSet.isNode(message.from)) {
            return refused();
        }
        if (isOfLaterEpoch(message)) {
            return Outcome.HELD;
        }
        if (isOfEarlierEpoch(message)) {
            return stale();
        }
        return switch (message.type) {
            case GET_S, GET_M, PUT -> request(page, message, effects);
            case INV_ACK -> isStaleInvAck(page, message) ? stale() : invalidated(page, message, effects);
            case DONE -> isStaleDone(page, message) ? stale() : done(page, message, effects);
            case FWD_GET_S, FWD_GET_M, INV, DATA_S, DATA_M, GRANT, PUT_ACK, UNAVAILABLE -> refused();
        };
    }

    /**
     * Makes what is known about a page anew from what the nodes of the new epoch report. The highest version wins;
     * among copies of it, an owner's, then the disk copy, then any.
     *
     * @param reports     one per node that has a copy
     * @param diskVersion version of the newest disk copy, the backups' included; 0 if there is none
     * @return what each node has to {@link CopyProtocol#adopt}, by {@link #roleOf}
     */
    public PageOwnership rebuild(final List<PageReport> reports, final long diskVersion) {
        final PageOwnership page = new PageOwnership();
        PageReport best = null;
        for (final PageReport report : reports) {
            page.ts = Math.max(page.ts, report.ts());
            if (best == null || report.version() > best.version()
                || report.version() == best.version() && report.state().isOwner() && !best.state().isOwner()) {
                best = report;
            }
        }
        page.ts++;
        final boolean fromDisk = best == null || diskVersion > best.version()
            || diskVersion == best.version() && !best.state().isOwner();
        page.owner = fromDisk ? PageOwnership.DISK : (short) best.node();
        page.diskVersion = fromDisk ? diskVersion : 0;
        final long version = fromDisk ? diskVersion : best.version();
        for (final PageReport report : reports) {
            if (report.version() == version && report.node() != page.owner) {
                page.addSharer(report.node());
            }
        }
        return page;
    }

    /**
     * Another node is going to be responsible for the page, for which a request is being served: those that queue up
     * are dropped, as their requesters will ask that one.
     */
    public void dismissQueue(final PageOwnership page) {
        page.service.queue.clear();
    }

    /** @return I, S, O or M: what the node's copy is worth if nothing is being served */
    public static CopyState roleOf(final PageOwnership page, final int node) {
        if (page.owner == node) {
            return page.sharers == null ? CopyState.M : CopyState.O;
        }
        return page.isSharer(node) ? CopyState.S : CopyState.I;
    }

    /** @return messages that a fence stopped, since the start */
    public long staleMessages() {
        return staleMessages;
    }

    /** @return messages that no node should have sent, since the start */
    public long refusedMessages() {
        return refusedMessages;
    }

    // --- fences --------------------------------------------------------------------------------------------------

    boolean isOfLaterEpoch(final Message message) {
        return message.epoch > epoch;
    }

    boolean isOfEarlierEpoch(final Message message) {
        return message.epoch < epoch;
    }

    /** A request that was admitted before. */
    boolean isRepeated(final SequenceWindow requests, final Message message) {
        return requests.contains(message.seq);
    }

    /** InvAck that answers an earlier Inv. */
    boolean isStaleInvAck(final PageOwnership page, final Message message) {
        return page.state() != ServiceState.INVALIDATING || message.ts != page.ts;
    }

    /** Done of another request than the one that is being served. */
    boolean isStaleDone(final PageOwnership page, final Message message) {
        return !page.isBusy() || message.requester != page.service.requester || message.seq != page.service.seq;
    }

    /** Put of an ownership that has ended. */
    boolean isStalePut(final PageOwnership page, final Message message) {
        return message.ts != page.ts;
    }

    /** Whether the requester still has the copy that it had when it asked. */
    boolean isUpgrade(final PageOwnership page, final Message message) {
        return message.upgrade && (page.owner == message.requester || page.isSharer(message.requester));
    }

    /** Whether a writer may be told that it is alone. */
    boolean areAllInvalidated(final Service service) {
        return service.awaited.isEmpty();
    }

    // --- serving -------------------------------------------------------------------------------------------------

    private Outcome request(final PageOwnership page, final Message message, final Effects effects) {
        if (message.from != message.requester) {
            return refused();
        }
        final SequenceWindow requests = admitted(message.requester);
        if (isRepeated(requests, message)) {
            return stale();
        }
        requests.add(message.seq);
        if (page.service == null) {
            page.service = new Service();
        }
        if (page.isBusy()) {
            page.service.queue.add(message.copy());
            return Outcome.APPLIED;
        }
        final Outcome outcome = serve(page, message, effects);
        serveQueue(page, effects);
        return outcome;
    }

    private void serveQueue(final PageOwnership page, final Effects effects) {
        while (!page.isBusy()) {
            final Message next = page.service.queue.poll();
            if (next == null) {
                page.service = null;
                return;
            }
            serve(page, next, effects);
        }
    }

    private Outcome serve(final PageOwnership page, final Message request, final Effects effects) {
        final OwnershipEvent event = eventOf(page, request);
        if (event == null) {
            return refused();
        }
        final Service service = page.service;
        service.requester = request.requester;
        service.seq = request.seq;
        service.upgrade = event == OwnershipEvent.GET_M_UPGRADE;
        apply(page, event, request, effects);
        if (service.state == ServiceState.INVALIDATING && areAllInvalidated(service)) {
            apply(page, OwnershipEvent.ALL_INVALIDATED, request, effects);
        }
        return Outcome.APPLIED;
    }

    private Outcome invalidated(final PageOwnership page, final Message message, final Effects effects) {
        page.service.awaited.remove(message.from);
        return applyListed(page, areAllInvalidated(page.service) ? OwnershipEvent.ALL_INVALIDATED
            : OwnershipEvent.INV_ACK, message, effects);
    }

    private Outcome done(final PageOwnership page, final Message message, final Effects effects) {
        final Outcome outcome = applyListed(page, OwnershipEvent.DONE, message, effects);
        serveQueue(page, effects);
        return outcome;
    }

    /** @return null for a request that the page's owner cannot have made */
    private OwnershipEvent eventOf(final PageOwnership page, final Message request) {
        final boolean onDisk = page.owner == PageOwnership.DISK;
        if (request.type == MessageType.PUT) {
            return isStalePut(page, request) ? OwnershipEvent.PUT_OF_FORMER
                : page.owner == request.requester ? OwnershipEvent.PUT_OF_OWNER : null;
        }
        if (request.type == MessageType.GET_M && isUpgrade(page, request)) {
            return OwnershipEvent.GET_M_UPGRADE;
        }
        if (page.owner == request.requester) {
            return null;
        }
        if (!onDisk && !isUp.test(page.owner)) {
            return OwnershipEvent.GET_OF_UNAVAILABLE;
        }
        if (request.type == MessageType.GET_S) {
            return onDisk ? OwnershipEvent.GET_S_ON_DISK : OwnershipEvent.GET_S_AT_OWNER;
        }
        return onDisk ? OwnershipEvent.GET_M_ON_DISK : OwnershipEvent.GET_M_AT_OWNER;
    }

    // --- transitions ---------------------------------------------------------------------------------------------

    private Outcome applyListed(final PageOwnership page, final OwnershipEvent event, final Message message,
                                final Effects effects) {
        if (table.row(page.state(), event) == null) {
            return refused();
        }
        apply(page, event, message, effects);
        return Outcome.APPLIED;
    }

    /** The only place where the state of a service, and whatever is known about a page, changes. */
    private void apply(final PageOwnership page, final OwnershipEvent event, final Message message,
                       final Effects effects) {
        final Service service = page.service;
        final Row row = table.row(service.state, event);
        if (row == null) {
            throw new IllegalStateException(event + " in state " + service.state);
        }
        for (int i = 0; i < row.actions().size(); i++) {
            perform(row.actions().get(i), page, message, effects);
        }
        service.state = row.next();
        if (page.owner != PageOwnership.DISK && (page.isSharer(page.owner) || page.diskVersion != 0)
            || service.state != ServiceState.INVALIDATING && !service.awaited.isEmpty()) {
            throw new IllegalStateException("inconsistent ownership after " + event + " in state " + row.state());
        }
    }

    private void perform(final OwnershipAction action, final PageOwnership page, final Message message,
                         final Effects effects) {
        final int requester = page.service.requester;
        switch (action) {
            case RAISE_TS -> page.ts++;
            case FORWARD_GET_S -> send(MessageType.FWD_GET_S, page.owner, page, effects);
            case FORWARD_GET_M -> send(MessageType.FWD_GET_M, page.owner, page, effects);
            case SEND_DATA_S -> send(MessageType.DATA_S, requester, page, effects).version = page.diskVersion;
            case SEND_DATA_M -> send(MessageType.DATA_M, requester, page, effects).version = page.diskVersion;
            case INVALIDATE_SHARERS -> {
                for (int i = sharerFrom(page, 0); i >= 0; i = sharerFrom(page, i + 1)) {
                    invalidate(i, page, effects);
                }
            }
            case INVALIDATE_OWNER -> {
                if (page.owner != PageOwnership.DISK) {
                    invalidate(page.owner, page, effects);
                }
            }
            case SEND_GRANT -> send(MessageType.GRANT, requester, page, effects).upgrade = page.service.upgrade;
            case SEND_PUT_ACK -> send(MessageType.PUT_ACK, requester, page, effects);
            case SEND_UNAVAILABLE -> send(MessageType.UNAVAILABLE, requester, page, effects);
            case TAKE_TO_DISK -> {
                page.owner = PageOwnership.DISK;
                page.diskVersion = message.version;
            }
            case ADD_SHARER -> page.addSharer(requester);
            case SET_OWNER -> {
                page.owner = (short) requester;
                page.sharers = null;
                page.diskVersion = 0;
            }
        }
    }

    private void invalidate(final int sharer, final PageOwnership page, final Effects effects) {
        if (sharer != page.service.requester) {
            page.service.awaited.add(sharer);
            send(MessageType.INV, sharer, page, effects);
        }
    }

    private Message send(final MessageType type, final int to, final PageOwnership page, final Effects effects) {
        return effects.add(type, node, to, epoch, page.service.requester, page.service.seq, page.ts);
    }

    private static int sharerFrom(final PageOwnership page, final int first) {
        return page.sharers == null ? -1 : page.sharers.next(first);
    }

    private SequenceWindow admitted(final int requester) {
        SequenceWindow requests = admitted.get(requester);
        if (requests == null) {
            requests = new SequenceWindow(window);
            admitted.put(requester, requests);
        }
        return requests;
    }

    private Outcome stale() {
        staleMessages++;
        return Outcome.STALE;
    }

    private Outcome refused() {
        refusedMessages++;
        return Outcome.REFUSED;
    }
}
