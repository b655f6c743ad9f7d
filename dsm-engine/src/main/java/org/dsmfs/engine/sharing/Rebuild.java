package org.dsmfs.engine.sharing;

import org.agrona.collections.Int2IntCounterMap;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.coherence.CopyState;
import org.dsmfs.engine.coherence.NodeSet;
import org.dsmfs.engine.coherence.OwnershipProtocol;
import org.dsmfs.engine.coherence.PageOwnership;
import org.dsmfs.engine.coherence.PageReport;
import org.dsmfs.engine.coherence.wire.MessageBundle;
import org.dsmfs.engine.coherence.wire.WireType;
import org.dsmfs.engine.core.AddressTable;
import org.dsmfs.engine.core.SharedPages;
import org.dsmfs.engine.membership.Member;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The start of an epoch: every node says what it has of pages that are not in their default state; each responsible
 * node makes its knowledge anew from that and says what everybody's copies are worth.
 *
 * <p>A copy that is live is current: whoever changed the page since would have had to take it away first. Else the
 * highest version on a disk is, unless a node that is down may have a newer one: then the page can't be had until it
 * returns. A volatile page of which no copy is live is lost.
 */
final class Rebuild {
    private final SharedPages pages;
    private final Exchange exchange;
    private final Copies copies;
    private final Ownerships ownerships;
    private final Forgetting forgetting;
    private final AddressTable<Reported> reported = new AddressTable<>();
    /** What this node knew of pages when it served last. */
    private final AddressTable<Known> known = new AddressTable<>();
    /** Nodes that have said everything in this epoch. */
    private final Set<Integer> reporters = new HashSet<>();
    /** Nodes that have said what this node's copies are worth. */
    private final Set<Integer> answered = new HashSet<>();
    /** Entries of each kind that were sent to and have come from other nodes in this epoch. */
    private final Int2IntCounterMap reportsTo = new Int2IntCounterMap(0);
    private final Int2IntCounterMap reportsFrom = new Int2IntCounterMap(0);
    private final Int2IntCounterMap adoptsTo = new Int2IntCounterMap(0);
    private final Int2IntCounterMap adoptsFrom = new Int2IntCounterMap(0);
    private boolean isRebuilt;

    /** What is said about a page. */
    private static final class Reported extends AddressTable.Entry {
        private final List<Report> reports = new ArrayList<>(2);
        private boolean isPinned;
    }

    /** What this node knew of a page that it was responsible for. */
    private static final class Known extends AddressTable.Entry {
        private final long ts;
        /** Nodes of which one has the newest version, should no copy be live. */
        private final NodeSet holders = new NodeSet();
        private final boolean isPinned;
        private final boolean isCertain;

        /** @param isCertain whether the entry was made in knowledge of what all nodes have, or had */
        private Known(final OwnershipEntry entry, final boolean isCertain) {
            this.segment = entry.segment;
            this.page = entry.page;
            this.ts = entry.ownership.ts();
            this.isPinned = entry.isPinned;
            this.isCertain = isCertain;
            if (!isCertain) {
                return;
            }
            holders.addAll(entry.unsettled);
            if (entry.ownership.owner() != PageOwnership.DISK) {
                holders.add(entry.ownership.owner());
            }
            if (entry.ownership.nextOwner() != PageOwnership.DISK) {
                holders.add(entry.ownership.nextOwner());
            }
        }

        /** @param members of whom anyone may have got the page, which this node had made another one responsible for */
        private Known(final OwnershipEntry entry, final List<Member> members) {
            this(entry, false);
            members.forEach(member -> holders.add(member.node()));
        }
    }

    private record Report(int node, CopyState state, long ts, long version, boolean onDisk, boolean absent) {
    }

    Rebuild(final SharedPages pages, final Exchange exchange, final Copies copies, final Ownerships ownerships,
            final Forgetting forgetting) {
        this.pages = pages;
        this.exchange = exchange;
        this.copies = copies;
        this.ownerships = ownerships;
        this.forgetting = forgetting;
    }

    /**
     * Everything is void but what is here; tells the others what that is.
     *
     * @param mayHaveBeenDown whether others may have changed pages without taking this node's copies away
     */
    void start(final long epoch, final boolean mayHaveBeenDown) {
        reported.clear();
        reporters.clear();
        answered.clear();
        reportsTo.clear();
        reportsFrom.clear();
        adoptsTo.clear();
        adoptsFrom.clear();
        isRebuilt = false;
        copies.startEpoch(epoch);
        for (final OwnershipEntry entry : ownerships.takeGiven()) {
            known.add(new Known(entry, exchange.view().members()));
        }
        for (final OwnershipEntry entry : ownerships.startEpoch(epoch)) {
            known.add(new Known(entry, exchange.wasHome(entry.segment)));
        }
        if (mayHaveBeenDown) {
            copies.dropAll();
            known.clear();
        }
        for (final Known page : known.entries()) {
            if (exchange.isResponsible(page.segment, page.page) && (page.isPinned || isAnyDown(page.holders))) {
                at(page.segment, page.page).isPinned = page.isPinned;
            }
        }
        reportCopies();
        reportStored();
        reportUndurable();
        for (final Member member : exchange.view().members()) {
            if (member.isUp() && member.node() != exchange.node()) {
                final int count = reportsTo.incrementAndGet(member.node());
                exchange.add(member.node(), WireType.REPORT_END, bundle -> bundle.reportEnd(count));
            }
        }
        ended(exchange.node());
    }

    private void reportCopies() {
        for (final CopyEntry entry : copies.all()) {
            final int flags = MessageBundle.IN_RAM
                | (pages.isAbsent(entry.segment, entry.page) ? MessageBundle.ABSENT : 0)
                | (pages.storedVersion(entry.segment, entry.page) != 0
                    || forgetting.isUndurable(entry.segment, entry.page) ? MessageBundle.ON_DISK : 0)
                | (copies.isPinned(entry.segment, entry.page) ? MessageBundle.PINNED : 0);
            exchange.passed();
            report(entry.segment, entry.page, entry.copy.state(), entry.copy.ts(), entry.copy.version(), flags);
        }
    }

    private void reportStored() {
        pages.forEachStored((segment, page) -> {
            exchange.passed();
            if (!exchange.isResponsible(segment, page) && copies.get(segment, page) == null) {
                report(segment, page, CopyState.I, 0, pages.storedVersion(segment, page),
                    pages.isBuried(segment, page) ? MessageBundle.TOMBSTONE : MessageBundle.ON_DISK);
            }
        });
    }

    /**
     * What was forgotten, but would be here again after a crash, has to be forgotten once more. Nobody can have it from
     * here, and somebody has, or knows of, a newer version: for whoever looks for that, the page is absent here.
     */
    private void reportUndurable() {
        forgetting.forEachUndurable((segment, page, version) -> {
            if (copies.get(segment, page) == null && pages.storedVersion(segment, page) == 0) {
                report(segment, page, CopyState.I, 0, version, MessageBundle.TOMBSTONE);
            }
        });
    }

    private void report(final long segment, final long page, final CopyState state, final long ts,
                        final long version, final int flags) {
        final int to = exchange.responsible(segment, page);
        if (to == exchange.node()) {
            reported(to, segment, page, state, ts, version, flags);
        } else {
            reportsTo.incrementAndGet(to);
            exchange.add(to, WireType.REPORT, bundle -> bundle.report(segment, page, state, ts, version, flags));
        }
    }

    private Reported at(final long segment, final long page) {
        Reported entry = reported.get(segment, page);
        if (entry == null) {
            entry = new Reported();
            entry.segment = segment;
            entry.page = page;
            reported.add(entry);
        }
        return entry;
    }

    /** A node says what it has of a page. */
    void reported(final int from, final long segment, final long page, final CopyState state, final long ts,
                  final long version, final int flags) {
        if (reporters.contains(from) || !exchange.isResponsible(segment, page)) {
            return;
        }
        reportsFrom.incrementAndGet(from);
        final Reported entry = at(segment, page);
        entry.isPinned |= (flags & MessageBundle.PINNED) != 0;
        entry.reports.removeIf(report -> report.node == from);
        entry.reports.add(new Report(from, state, ts, version,
            (flags & (MessageBundle.ON_DISK | MessageBundle.TOMBSTONE)) != 0,
            (flags & (MessageBundle.ABSENT | MessageBundle.TOMBSTONE)) != 0));
        pages.seen(version);
    }

    /**
     * Another node has said everything.
     *
     * @param count how many entries that are, this one included. If not so many have come, the connection broke and was
     *              made anew, for which there is another epoch soon
     */
    void ended(final int from, final long count) {
        if (reportsFrom.incrementAndGet(from) == count) {
            ended(from);
        }
    }

    private void ended(final int from) {
        reporters.add(from);
        if (!isRebuilt && isEverybodyHeard()) {
            isRebuilt = true;
            exchange.rebuilt();
            rebuild();
        }
    }

    private boolean isEverybodyHeard() {
        return exchange.view().members().stream()
            .allMatch(member -> !member.isUp() || reporters.contains(member.node()));
    }

    /** @return members that have to report before this node can serve */
    List<Member> missing() {
        return exchange.view().members().stream()
            .filter(member -> member.isUp() ? !reporters.contains(member.node())
                : member.isMissed() && !exchange.isSure())
            .toList();
    }

    private void rebuild() {
        for (final Reported page : reported.entries()) {
            exchange.passed();
            rebuild(page);
        }
        reported.clear();
        known.clear();
        pages.forEachShadow((segment, page) -> {
            if (exchange.isHome(segment) && ownerships.get(segment, page) == null) {
                // It was on its way to a node that has not got it.
                pages.takeBack(segment, page);
                pages.permit(segment, page, true, true, true);
            }
        });
        dropTombstones();
        for (final Member member : exchange.view().members()) {
            if (member.isUp() && member.node() != exchange.node()) {
                final int count = adoptsTo.incrementAndGet(member.node());
                exchange.add(member.node(), WireType.ADOPT_END, bundle -> bundle.adoptEnd(count));
            }
        }
        answered(exchange.node());
    }

    /**
     * Pages that were freed while somebody was down, who could have had older versions: nobody has, or there would be a
     * report, and an entry. Nobody else would ever have these tombstones dropped, and they take room in the log.
     */
    private void dropTombstones() {
        if (exchange.isEverybodyUp()) {
            pages.forEachTombstone((segment, page) -> {
                if (copies.isDefaultHere(segment, page)) {
                    pages.dropTombstone(segment, page);
                }
            });
        }
    }

    private void rebuild(final Reported page) {
        final int self = exchange.node();
        final boolean selfReported = page.reports.stream().anyMatch(report -> report.node == self);
        final long ownVersion = pages.storedVersion(page.segment, page.page);
        // Nobody has a page that was only known to be in use: it is absent, and this node's.
        final Known before = known.get(page.segment, page.page);
        final boolean isVolatile = Segment.isVolatile(page.segment);
        final boolean isHolderDown = !isVolatile && before != null && isAnyDown(before.holders);
        final boolean mayBeElsewhere = isHolderDown || !isVolatile && !exchange.isHome(page.segment);
        final boolean isDefault = page.reports.isEmpty() && !mayBeElsewhere;
        if (!selfReported && (ownVersion != 0 || isDefault)) {
            page.reports.add(new Report(self, CopyState.I, 0, ownVersion, ownVersion != 0,
                ownVersion == 0 || pages.isBuried(page.segment, page.page)));
        }
        final Report best = best(page, mayBeElsewhere);
        final List<PageReport> worth = new ArrayList<>();
        long ts = before == null ? 1 : before.ts;
        for (final Report report : page.reports) {
            ts = Math.max(ts, report.ts);
        }
        if (best == null) {
            worth.add(new PageReport(isHolderDown ? firstDown(before.holders) : exchange.defaultOwner(page.segment),
                CopyState.M, ts, 0));
        } else {
            worth.add(new PageReport(best.node, CopyState.M, ts, best.version));
            for (final Report report : page.reports) {
                if (report.state.isLive() && report.version == best.version && report.node != best.node) {
                    worth.add(new PageReport(report.node, CopyState.S, ts, report.version));
                }
            }
        }
        final OwnershipEntry entry = new OwnershipEntry(page.segment, page.page,
            ownerships.protocol().rebuild(worth, 0));
        entry.isPinned = page.isPinned;
        if (!isVolatile) {
            findHolders(page, before, best, entry);
        }
        for (final Report report : page.reports) {
            final CopyState role = OwnershipProtocol.roleOf(entry.ownership, report.node);
            adopt(report.node, entry, role);
        }
        ownerships.rebuilt(entry);
    }

    /** Whose stores have the page, in whatever version. */
    private static void findHolders(final Reported page, final Known before, final Report best,
                                    final OwnershipEntry entry) {
        if (before != null && before.isCertain) {
            entry.unsettled.addAll(before.holders);
        } else if (best != null) {
            // The owner may have it in RAM only. Of who has it there too, it is not known which version is on disk.
            page.reports.stream()
                .filter(report -> report.onDisk && report.version == best.version)
                .forEach(report -> entry.unsettled.add(report.node));
        }
        entry.unsettled.remove(entry.ownership.owner());
        for (final Report report : page.reports) {
            if (report.onDisk && report.node != entry.ownership.owner()) {
                entry.shadows.add(report.node);
            }
        }
    }

    private boolean isAnyDown(final NodeSet nodes) {
        return firstDown(nodes) >= 0;
    }

    /** @return lowest node of the set that is missed, -1 if none is */
    private int firstDown(final NodeSet nodes) {
        int node = nodes.next(0);
        while (node >= 0 && !exchange.isMissed(node)) {
            node = nodes.next(node + 1);
        }
        return node;
    }

    /**
     * @param mayBeElsewhere whether a node that is down may have the newest version
     * @return what is current; null if that can't be known
     */
    private Report best(final Reported page, final boolean mayBeElsewhere) {
        Report best = null;
        for (final Report report : page.reports) {
            if (best == null || isBetter(report, best)) {
                best = report;
            }
        }
        return best != null && !best.state.isLive() && mayBeElsewhere ? null : best;
    }

    private static boolean isBetter(final Report report, final Report than) {
        if (report.state.isLive() != than.state.isLive() && report.version == than.version) {
            return report.state.isLive();
        }
        return report.version > than.version
            || report.version == than.version && report.state.isOwner() && !than.state.isOwner();
    }

    private void adopt(final int node, final OwnershipEntry entry, final CopyState role) {
        if (node == exchange.node()) {
            copies.adopt(entry.segment, entry.page, role, entry.ownership.ts(), exchange.view().epoch());
        } else {
            adoptsTo.incrementAndGet(node);
            exchange.add(node, WireType.ADOPT, bundle -> bundle.adopt(entry.segment, entry.page, role,
                entry.ownership.ts(), entry.ownership.owner()));
        }
    }

    /** A responsible node says what this node's copy of a page is from now on. */
    void adopted(final int from, final long segment, final long page, final CopyState role, final long ts) {
        if (answered.contains(from) || exchange.appointed(segment) != from || ts < 1) {
            return;
        }
        adoptsFrom.incrementAndGet(from);
        copies.adopt(segment, page, role, ts, exchange.view().epoch());
    }

    /** Another responsible node has said what all copies here are worth. @param count as in {@link #ended} */
    void answered(final int from, final long count) {
        if (adoptsFrom.incrementAndGet(from) == count) {
            answered(from);
        }
    }

    private void answered(final int from) {
        copies.dropUnadopted(from, exchange.view().epoch());
        answered.add(from);
    }

    /**
     * @return whether operations may go on here. A node that is not sure of its own pages answers the others all the
     *     same, which go on meanwhile
     */
    boolean isDone() {
        for (final Member member : exchange.view().members()) {
            if (member.isUp() && !answered.contains(member.node())) {
                return false;
            }
        }
        return isRebuilt && exchange.isSure();
    }
}
