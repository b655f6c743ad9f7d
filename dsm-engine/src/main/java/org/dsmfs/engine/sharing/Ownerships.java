package org.dsmfs.engine.sharing;

import org.agrona.DirectBuffer;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.coherence.CopyState;
import org.dsmfs.engine.coherence.Effects;
import org.dsmfs.engine.coherence.Message;
import org.dsmfs.engine.coherence.MessageType;
import org.dsmfs.engine.coherence.Outcome;
import org.dsmfs.engine.coherence.OwnershipProtocol;
import org.dsmfs.engine.coherence.PageOwnership;
import org.dsmfs.engine.coherence.PageReport;
import org.dsmfs.engine.coherence.wire.BundleReader;
import org.dsmfs.engine.coherence.wire.MessageBundle;
import org.dsmfs.engine.coherence.wire.WireType;
import org.dsmfs.engine.core.AddressTable;
import org.dsmfs.engine.core.Fetch;
import org.dsmfs.engine.core.SharedPages;
import org.dsmfs.engine.network.Stream;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The responsible node's side. A page without an entry is in its default state: this node has the only copy. When
 * another node asks for it, entries are made that say the same, and the protocol goes on from there.
 */
final class Ownerships {
    private final SharedPages pages;
    private final Exchange exchange;
    private final Copies copies;
    private final OwnershipProtocol protocol;
    private final AddressTable<OwnershipEntry> entries = new AddressTable<>();
    /** Of pages that this node has made another one responsible for. */
    private final AddressTable<OwnershipEntry> given = new AddressTable<>();
    private final Delegations delegations;
    private final Effects effects = new Effects();
    private final ArrayDeque<Held> held = new ArrayDeque<>();
    private final List<Fetch> fetches = new ArrayList<>();
    private final AbsenceNotes absent = new AbsenceNotes();
    /** Above every timestamp of an entry that was dropped, so that old messages never fit a new entry. */
    private long floorTs;

    /** A message that waits for a page to be read from disk. */
    private record Held(long segment, long page, Message message) {
    }

    Ownerships(final SharedPages pages, final Exchange exchange, final Copies copies) {
        this.pages = pages;
        this.exchange = exchange;
        this.copies = copies;
        this.protocol = new OwnershipProtocol(exchange.node(), exchange::isUp);
        this.delegations = new Delegations(exchange, copies, this);
    }

    OwnershipProtocol protocol() {
        return protocol;
    }

    Delegations delegations() {
        return delegations;
    }

    /** @return whether a page that this node is home of is not in its default state */
    boolean isExplicit(final long segment, final long page) {
        return entries.get(segment, page) != null || given.size() > 0 && given.get(segment, page) != null;
    }

    OwnershipEntry get(final long segment, final long page) {
        return entries.get(segment, page);
    }

    int size() {
        return entries.size();
    }

    void handle(final long segment, final long page, final Message message, final BundleReader reader) {
        final OwnershipEntry entry = explicit(segment, page);
        if (entry.heir != OwnershipEntry.NOBODY && message.type.stream() == Stream.REQUEST) {
            return;
        }
        if (entry.ownership.owner() == PageOwnership.DISK && message.type != MessageType.PUT) {
            final Fetch fetch = pages.fetchOfOwned(segment, page);
            if (fetch != null) {
                fetches.add(fetch);
                held.add(new Held(segment, page, message.copy()));
                return;
            }
        }
        final int ownerBefore = entry.ownership.owner();
        effects.clear();
        if (protocol.handle(entry.ownership, message, effects) == Outcome.APPLIED) {
            if (message.type == MessageType.INV_ACK && reader != null
                && reader.hasFlag(MessageBundle.PINNED)) {
                entry.isPinned = true;
            }
            ownerChanged(entry, ownerBefore, message.from);
            dispatch(entry);
            delegations.advance(entry);
        }
        if (entry.heir == OwnershipEntry.NOBODY) {
            simplify(entry);
        }
    }

    /** Tries messages again that waited for a page to be read from disk. */
    void offerHeld() {
        for (int i = held.size(); i > 0; i--) {
            final Held message = held.poll();
            handle(message.segment, message.page, message.message, null);
        }
    }

    /** @return pages to be read from disk because somebody waits for them */
    List<Fetch> takeFetches() {
        final List<Fetch> taken = List.copyOf(fetches);
        fetches.clear();
        return taken;
    }

    /** @return the page's entry, made if it is in its default state */
    OwnershipEntry explicit(final long segment, final long page) {
        OwnershipEntry entry = entries.get(segment, page);
        if (entry == null) {
            final boolean isHere = exchange.isHome(segment);
            final long version = pages.currentVersion(segment, page);
            final PageOwnership ownership;
            if (isHere) {
                ownership = inDefaultState(exchange.node(), version);
            } else if (Segment.isVolatile(segment)) {
                // Nobody has reported it, so it is absent.
                ownership = protocol.rebuild(List.of(), version);
            } else {
                ownership = inDefaultState(exchange.defaultOwner(segment), 0);
            }
            entry = new OwnershipEntry(segment, page, ownership);
            entries.add(entry);
            if (isHere) {
                copies.materialise(segment, page, ownership.ts(), version);
            }
        }
        return entry;
    }

    private PageOwnership inDefaultState(final int owner, final long version) {
        return protocol.rebuild(List.of(new PageReport(owner, CopyState.M, floorTs + 1, version)), 0);
    }

    private void ownerChanged(final OwnershipEntry entry, final int before, final int from) {
        final int now = entry.ownership.owner();
        if (now == before) {
            return;
        }
        entry.isBuried = false;
        if (now == PageOwnership.DISK) {
            // Only absent pages are put back, of which nobody has an older version any more; perhaps together with the
            // Done of the request by which the sender became the owner.
            pages.seen(entry.ownership.diskVersion());
            entry.isPinned = false;
        }
        if (Segment.isVolatile(entry.segment)) {
            // No store has older versions.
            return;
        }
        if (now != PageOwnership.DISK) {
            final int former = before == PageOwnership.DISK ? exchange.node() : before;
            entry.shadows.add(former);
            entry.shadows.remove(now);
            entry.unsettled.add(former);
            entry.unsettled.remove(now);
        } else if (before != from) {
            entry.shadows.add(before);
        }
    }

    private void dispatch(final OwnershipEntry entry) {
        for (int i = 0; i < effects.size(); i++) {
            final Message message = effects.message(i);
            if (message.type.carriesData()) {
                final DirectBuffer content = pages.content(entry.segment, entry.page);
                exchange.send(message, content == null ? MessageBundle.ABSENT : 0, entry.segment, entry.page, content,
                    pages.pageSize(entry.segment));
                if (message.type == MessageType.DATA_M && message.to != exchange.node()
                    && copies.get(entry.segment, entry.page) == null) {
                    pages.giveAway(entry.segment, entry.page);
                }
            } else {
                exchange.send(message, 0, entry.segment, entry.page, null, 0);
                if ((message.type == MessageType.FWD_GET_S || message.type == MessageType.FWD_GET_M)
                    && message.to != exchange.node() && message.requester != exchange.node()) {
                    delegations.passedOn(entry, message.requester);
                }
            }
        }
    }

    /** Drops the entries of a page that is in its default state again. */
    private void simplify(final OwnershipEntry entry) {
        final PageOwnership ownership = entry.ownership;
        if (ownership.owner() == PageOwnership.DISK && copies.get(entry.segment, entry.page) == null) {
            pages.permit(entry.segment, entry.page, false, false, true);
        }
        if (isSharedAbsence(entry)) {
            absent.add(entry);
        }
        if (!exchange.isHome(entry.segment) || !isOwnedHere(ownership) || ownership.isBusy() || ownership.isShared()
            || entry.isPinned || !entry.shadows.isEmpty()) {
            return;
        }
        final CopyEntry copy = copies.get(entry.segment, entry.page);
        if (copy != null && (copy.copy.state() != CopyState.M || copy.held != null || copy.isSettling
            || copies.protocol().isUnused(copy.copy) || !pages.isOwn(entry.segment, entry.page)
            || pages.isStale(entry.segment, entry.page))) {
            return;
        }
        if (copy != null) {
            copies.drop(copy);
        }
        floorTs = Math.max(floorTs, ownership.ts() + 1);
        entries.remove(entry);
        pages.permit(entry.segment, entry.page, true, true, true);
    }

    private boolean isOwnedHere(final PageOwnership ownership) {
        return ownership.owner() == exchange.node() || ownership.owner() == PageOwnership.DISK;
    }

    // --- absent pages --------------------------------------------------------------------------------------------

    /**
     * @return whether the page is absent, and would be in its default state if nobody else knew that. With a member
     *     down, who takes the right to it could need a tombstone until that one is back
     */
    private boolean isSharedAbsence(final OwnershipEntry entry) {
        return exchange.isEverybodyUp() && exchange.isHome(entry.segment) && isOwnedHere(entry.ownership)
            && !entry.ownership.isBusy() && entry.ownership.isShared() && pages.isAbsent(entry.segment, entry.page);
    }

    /** @return absent pages that too many other nodes' copies are noted of */
    int excessAbsent() {
        return absent.excess();
    }

    /**
     * Has the others forget absent pages that they looked at long ago: this node takes the sole right to them, as it
     * would to write them, by which they come back to their default state.
     *
     * @param most pages to look at, not more than {@link #excessAbsent}
     * @return whether there is room to ask for more
     */
    boolean recallAbsent(final int most) {
        for (int i = most; i > 0; i--) {
            final OwnershipEntry entry = absent.takeOldest();
            if (entries.get(entry.segment, entry.page) == entry && isSharedAbsence(entry)
                && !copies.claim(entry.segment, entry.page)) {
                absent.add(entry);
                return false;
            }
        }
        return true;
    }

    // --- old versions on disks -----------------------------------------------------------------------------------

    /** The owner has the page durably: older versions elsewhere may go. */
    void settled(final int from, final long segment, final long page, final long ts, final boolean absent) {
        final OwnershipEntry entry = entries.get(segment, page);
        if (entry == null || entry.ownership.owner() != from || entry.ownership.ts() != ts) {
            return;
        }
        entry.unsettled.clear();
        if (absent && !exchange.isEverybodyUp()) {
            // Who is down may have an older version: those that know that the page is absent must not forget it.
            return;
        }
        entry.isBuried = absent;
        for (int i = entry.shadows.next(0); i >= 0; i = entry.shadows.next(i + 1)) {
            forget(i, entry);
        }
        afterForgotten(entry);
    }

    /** A node has forgotten its older version. */
    void forgotten(final int from, final long segment, final long page, final long ts) {
        final OwnershipEntry entry = entries.get(segment, page);
        if (entry != null && entry.ownership.ts() == ts) {
            entry.shadows.remove(from);
            afterForgotten(entry);
        }
    }

    private void afterForgotten(final OwnershipEntry entry) {
        if (!entry.shadows.isEmpty()) {
            return;
        }
        if (entry.isBuried) {
            entry.isBuried = false;
            forget(entry.ownership.owner(), entry);
        }
        simplify(entry);
    }

    private void forget(final int node, final OwnershipEntry entry) {
        exchange.add(node, WireType.FORGET,
            bundle -> bundle.forget(entry.segment, entry.page, entry.ownership.ts()));
    }

    // --- delegation ----------------------------------------------------------------------------------------------

    /** Another node is responsible for the page, which does not go back to its default state in this epoch. */
    void give(final OwnershipEntry entry) {
        entries.remove(entry);
        given.add(entry);
    }

    /** This node is responsible for a page from now on, as another one was. */
    void take(final OwnershipEntry entry) {
        entries.add(entry);
    }

    /** @return entries of pages that this node has made others responsible for; asked once, before a new epoch */
    List<OwnershipEntry> takeGiven() {
        final List<OwnershipEntry> taken = given.entries();
        given.clear();
        return taken;
    }

    // --- new epochs ----------------------------------------------------------------------------------------------

    /** Forgets everything. @return what was known */
    List<OwnershipEntry> startEpoch(final long epoch) {
        protocol.startEpoch(epoch);
        held.clear();
        fetches.clear();
        absent.clear();
        final List<OwnershipEntry> known = entries.entries();
        entries.clear();
        return known;
    }

    /** What the reports say about a page. */
    void rebuilt(final OwnershipEntry entry) {
        entries.add(entry);
        simplify(entry);
    }
}
