package org.dsmfs.engine.sharing;

import org.dsmfs.engine.coherence.NodeSet;
import org.dsmfs.engine.coherence.PageOwnership;
import org.dsmfs.engine.coherence.wire.MessageBundle;
import org.dsmfs.engine.coherence.wire.WireType;
import org.dsmfs.engine.core.AddressTable;
import org.dsmfs.engine.core.AddressTable.Entry;
import org.dsmfs.engine.directory.DirectoryPage;
import org.dsmfs.engine.membership.Member;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Responsibility follows use: whoever is responsible for a page by its address, and only passes requests for it on from
 * one node to another, splits the page off its range and makes one of those responsible for it, until the epoch ends.
 *
 * <p>It takes no new request for the page, finishes the one that is being served, gives its entry to the other node,
 * and tells all nodes. Each of them asks the new one for what it still waits for, so that nothing is missed. Messages
 * of nodes that have heard of it earlier wait until this one has: {@link #hold}.
 */
final class Delegations {
    /** Requests that have to be passed on within the interval, for each member: each of them has to be told. */
    private static final int HOT_PER_MEMBER = 16;
    private static final long HOT_INTERVAL_NS = TimeUnit.SECONDS.toNanos(10);
    /** Most pages that a node gives away in an epoch: all nodes keep a note of each. */
    private static final int MOST_GIVEN = 4096;

    private final Exchange exchange;
    private final Copies copies;
    private final Ownerships ownerships;
    private long intervalStartNs;
    private int interval;
    private int given;
    /** Pages that were given away before, in this epoch or another; the latest ones. */
    private final Set<Sharing.Address> split = new LinkedHashSet<>();
    /** Those of them that are new since they were asked for. */
    private final List<DirectoryPage.Split> newSplits = new ArrayList<>();
    /** Entries of pages that this node is going to be responsible for. */
    private final AddressTable<OwnershipEntry> coming = new AddressTable<>();
    /** What this node can't know yet how to take. */
    private final AddressTable<Held> held = new AddressTable<>();

    private static final class Held extends Entry {
        private final List<Runnable> messages = new ArrayList<>(2);
    }

    Delegations(final Exchange exchange, final Copies copies, final Ownerships ownerships) {
        this.exchange = exchange;
        this.copies = copies;
        this.ownerships = ownerships;
    }

    /** Who is responsible is found from the address again. */
    void startEpoch() {
        given = 0;
        coming.clear();
        held.clear();
    }

    void now(final long nowNs) {
        if (nowNs - intervalStartNs >= HOT_INTERVAL_NS) {
            intervalStartNs = nowNs;
            interval++;
        }
    }

    // --- of this node's pages ------------------------------------------------------------------------------------

    /** A request was passed on to a node that has the page; it was neither this node's nor is it for this node. */
    void passedOn(final OwnershipEntry entry, final int requester) {
        if (entry.heat == null || entry.heat.interval() != interval) {
            entry.heat = new Heat(interval);
        }
        entry.heat.passedOn(requester);
        final boolean isHot = entry.heat.requests() == HOT_PER_MEMBER * exchange.view().members().size();
        if ((isHot || split.contains(new Sharing.Address(entry.segment, entry.page))) && mayBeGiven(entry)) {
            entry.heir = entry.heat.mostFrequentRequester();
            ownerships.protocol().dismissQueue(entry.ownership);
        }
    }

    /** What others have must be known: an entry says nothing of nodes that are down. */
    private boolean mayBeGiven(final OwnershipEntry entry) {
        return given < MOST_GIVEN && exchange.isEverybodyUp() && exchange.isHome(entry.segment);
    }

    /** Gives the page away if it is to be, and no request for it is being served. */
    void advance(final OwnershipEntry entry) {
        if (entry.heir == OwnershipEntry.NOBODY || entry.ownership.isBusy()) {
            return;
        }
        final PageOwnership ownership = entry.ownership;
        final int heir = entry.heir;
        exchange.add(heir, WireType.OWNERSHIP, bundle -> bundle.ownership(entry.segment, entry.page,
            ownership.owner(), ownership.ts(), entry.isPinned));
        final NodeSet holders = new NodeSet();
        ownership.addSharersTo(holders);
        holders.addAll(entry.shadows);
        holders.addAll(entry.unsettled);
        for (int node = holders.next(0); node >= 0; node = holders.next(node + 1)) {
            final int holder = node;
            final int flags = (ownership.isSharer(node) ? MessageBundle.IN_RAM : 0)
                | (entry.shadows.contains(node) ? MessageBundle.ON_DISK : 0)
                | (entry.unsettled.contains(node) ? MessageBundle.UNSETTLED : 0);
            exchange.add(heir, WireType.HOLDER,
                bundle -> bundle.holder(entry.segment, entry.page, holder, flags));
        }
        for (final Member member : exchange.view().members()) {
            if (member.isUp() && member.node() != exchange.node()) {
                exchange.add(member.node(), WireType.MOVED, bundle -> bundle.moved(entry.segment, entry.page, heir));
            }
        }
        given++;
        if (remember(entry.segment, entry.page)) {
            newSplits.add(new DirectoryPage.Split(entry.segment, entry.page, heir));
        }
        ownerships.give(entry);
        moved(entry.segment, entry.page, heir);
    }

    /** The page was given away before: it will be as soon as it is passed on. @return whether that is new */
    boolean remember(final long segment, final long page) {
        if (!split.add(new Sharing.Address(segment, page))) {
            return false;
        }
        if (split.size() > DirectoryPage.MOST_ENTRIES) {
            split.remove(split.iterator().next());
        }
        return true;
    }

    /** @return pages that have been given away, and were not before; each once */
    List<DirectoryPage.Split> takeSplits() {
        final List<DirectoryPage.Split> taken = List.copyOf(newSplits);
        newSplits.clear();
        return taken;
    }

    // --- of others' pages ----------------------------------------------------------------------------------------

    /** This node is going to be responsible for a page. */
    void ownership(final int from, final long segment, final long page, final int owner, final long ts,
                   final boolean isPinned) {
        if (from == exchange.appointed(segment) && owner >= 0 && coming.get(segment, page) == null) {
            final OwnershipEntry entry = new OwnershipEntry(segment, page, PageOwnership.of(owner, ts));
            entry.isPinned = isPinned;
            coming.add(entry);
        }
    }

    /** Who has what of such a page. */
    void holder(final int from, final long segment, final long page, final int node, final int flags) {
        final OwnershipEntry entry = coming.get(segment, page);
        if (from != exchange.appointed(segment) || entry == null || node < 0) {
            return;
        }
        if ((flags & MessageBundle.IN_RAM) != 0) {
            entry.ownership.addSharer(node);
        }
        if ((flags & MessageBundle.ON_DISK) != 0) {
            entry.shadows.add(node);
        }
        if ((flags & MessageBundle.UNSETTLED) != 0) {
            entry.unsettled.add(node);
        }
    }

    /** Another node, or this one, is responsible for a page from now on. */
    void moved(final int from, final long segment, final long page, final int node) {
        if (from != exchange.appointed(segment) || node < 0 || exchange.responsible(segment, page) != from) {
            return;
        }
        if (node == exchange.node()) {
            final OwnershipEntry entry = coming.get(segment, page);
            if (entry == null) {
                return;
            }
            coming.remove(entry);
            ownerships.take(entry);
        }
        moved(segment, page, node);
    }

    private void moved(final long segment, final long page, final int node) {
        exchange.delegate(segment, page, node);
        copies.repeat(segment, page);
        final Held waiting = held.get(segment, page);
        if (waiting != null) {
            held.remove(waiting);
            waiting.messages.forEach(Runnable::run);
        }
    }

    /**
     * A message shows that its sender has heard of a new responsible node that is not known here.
     *
     * @param message to be taken when it is
     */
    void hold(final long segment, final long page, final Runnable message) {
        Held waiting = held.get(segment, page);
        if (waiting == null) {
            waiting = new Held();
            waiting.segment = segment;
            waiting.page = page;
            held.add(waiting);
        }
        waiting.messages.add(message);
    }
}
