package org.dsmfs.engine.sharing;

import org.dsmfs.engine.coherence.wire.WireType;
import org.dsmfs.engine.core.PageAccess;
import org.dsmfs.engine.core.SharedPages;
import org.dsmfs.engine.membership.Member;
import org.dsmfs.engine.sharing.Sharing.Address;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a node that stops has to hand over to the others, and what this one is asked to take over from such a node. */
public final class Departure {
    private final PageAccess access;
    private final SharedPages pages;
    private final Exchange exchange;
    private final Copies copies;
    /** Pages that a node which leaves wants this one to take over. */
    private final ArrayDeque<Address> offered = new ArrayDeque<>();
    private boolean isLeaving;

    Departure(final PageAccess access, final SharedPages pages, final Exchange exchange, final Copies copies) {
        this.access = access;
        this.pages = pages;
        this.exchange = exchange;
        this.copies = copies;
    }

    /** What was offered before is going to be offered again. */
    void startEpoch() {
        offered.clear();
    }

    // --- this node stops -----------------------------------------------------------------------------------------

    /** This node is going to stop, and takes nothing over from others that do. */
    public void leave() {
        isLeaving = true;
        offered.clear();
    }

    /** @return whether this node is going to stop */
    public boolean isLeaving() {
        return isLeaving;
    }

    /** @return pages that other nodes can have only from here; those that are absent are left out */
    public List<Address> owned() {
        final Set<Address> owned = new LinkedHashSet<>();
        pages.forEachStored((segment, page) -> {
            if (isOwned(segment, page)) {
                owned.add(new Address(segment, page));
            }
        });
        for (final CopyEntry entry : copies.all()) {
            if (isOwned(entry.segment, entry.page)) {
                owned.add(new Address(entry.segment, entry.page));
            }
        }
        return List.copyOf(owned);
    }

    /** @return whether this node owns the page, and it exists */
    public boolean isOwned(final long segment, final long page) {
        return access.ownedVersion(segment, page) != PageAccess.NO_VERSION && !pages.isAbsent(segment, page);
    }

    /**
     * @return pages of which the store has something, older versions and that they are absent included. If there are
     *     none, nobody needs this node.
     */
    public Set<Address> stored() {
        final Set<Address> stored = new LinkedHashSet<>();
        pages.forEachStored((segment, page) -> stored.add(new Address(segment, page)));
        return stored;
    }

    /** @return pages that this node owns and that are absent, though other nodes take them for this one's */
    public List<Address> ownedAbsent() {
        return copies.all().stream()
            .filter(entry -> entry.copy.state().isOwner() && !exchange.isResponsible(entry.segment, entry.page)
                && !isOwned(entry.segment, entry.page))
            .map(entry -> new Address(entry.segment, entry.page)).toList();
    }

    /**
     * Asks another node to take a page over: the responsible one if it can, else one after the other.
     *
     * @param attempt how often all others may have been asked in vain, since they are about to stop too; 0..
     */
    public void offer(final Address page, final int attempt) {
        final int responsible = exchange.responsible(page.segment(), page.page());
        final List<Integer> others = exchange.view().members().stream()
            .filter(member -> member.isUp() && member.node() != exchange.node()).map(Member::node).toList();
        if (others.isEmpty()) {
            return;
        }
        final int first = Math.max(0, others.indexOf(responsible));
        final int to = others.get((first + attempt) % others.size());
        exchange.add(to, WireType.TAKE, bundle -> bundle.take(page.segment(), page.page()));
    }

    // --- another one stops ---------------------------------------------------------------------------------------

    /** A node that stops asks this one to take a page over. */
    void offered(final long segment, final long page) {
        if (!isLeaving) {
            offered.add(new Address(segment, page));
        }
    }

    /** @return pages that this node is asked to take over, not more than a few */
    public List<Address> takeOffered(final int most) {
        final List<Address> taken = new ArrayList<>();
        while (taken.size() < most && !offered.isEmpty()) {
            taken.add(offered.poll());
        }
        return taken;
    }

    /** No more pages can be taken over. */
    public void declineOffered() {
        offered.clear();
    }
}
