package org.dsmfs.engine.sharing;

import org.agrona.DirectBuffer;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.coherence.Message;
import org.dsmfs.engine.coherence.wire.BundleWriter;
import org.dsmfs.engine.coherence.wire.WireType;
import org.dsmfs.engine.core.AddressTable;
import org.dsmfs.engine.membership.Member;
import org.dsmfs.engine.membership.View;
import org.dsmfs.engine.network.Network;
import org.dsmfs.engine.network.Stream;

import java.util.function.Predicate;

/** The way to the other nodes of the view, and back to this one for whatever it has to tell itself. */
final class Exchange {
    /** Pages after which the network is looked after. */
    private static final int KEEP_UP_PAGES = 1024;

    private final int node;
    private final Runnable keepUp;
    private int pagesSinceKeptUp;
    private final Outbox outbox = new Outbox();
    /** Messages to this node, by stream; drained by the one who fills them. */
    private final BundleWriter[] toSelf = new BundleWriter[Stream.VALUES.length];
    private final int[] responsible = new int[Segment.PARTITIONS];
    private final int[] homes = new int[Segment.PARTITIONS];
    /** Partitions whose pages rest here, or are absent, if nothing is known of them. */
    private final boolean[] isKnown = new boolean[Segment.PARTITIONS];
    /** Those of the last epoch whose reports have become this node's knowledge, as far as that still counts. */
    private final boolean[] wasKnown = new boolean[Segment.PARTITIONS];
    /** Pages of which others are responsible in this epoch than those of their partitions. */
    private final AddressTable<Delegate> delegates = new AddressTable<>();
    private final long[] sent = new long[WireType.values().length];
    private View view;
    private boolean isEverybodyUp;

    private static final class Delegate extends AddressTable.Entry {
        private final int node;

        private Delegate(final long segment, final long page, final int node) {
            this.segment = segment;
            this.page = page;
            this.node = node;
        }
    }

    /** @param keepUp looks after the network while something takes long */
    Exchange(final int node, final Runnable keepUp) {
        this.node = node;
        this.keepUp = keepUp;
        for (final Stream stream : Stream.VALUES) {
            toSelf[stream.ordinal()] = new BundleWriter();
        }
    }

    /** @param isContinuous whether what this node knew in the epoch before still counts */
    void startEpoch(final View newView, final boolean isContinuous) {
        // What a node makes in its first life is known to nobody before it serves.
        final boolean isNew = view == null && newView.isUp(node) && newView.member(node).incarnation() == 1;
        view = newView;
        delegates.clear();
        for (int partition = 0; partition < Segment.PARTITIONS; partition++) {
            responsible[partition] = view.partitions().get(partition);
            homes[partition] = view.homes().get(partition);
        }
        isEverybodyUp = view.members().stream().noneMatch(Member::isMissed);
        for (int partition = 0; partition < Segment.PARTITIONS; partition++) {
            wasKnown[partition] &= isContinuous && responsible[partition] == node;
            isKnown[partition] = responsible[partition] == node
                && (isEverybodyUp || wasKnown[partition] || isNew && homes[partition] == node);
        }
        outbox.startEpoch(view.epoch());
        for (final Stream stream : Stream.VALUES) {
            toSelf[stream.ordinal()].begin(stream, view.epoch());
        }
    }

    /** What all nodes have reported is this node's knowledge now. */
    void rebuilt() {
        System.arraycopy(isKnown, 0, wasKnown, 0, isKnown.length);
    }

    int node() {
        return node;
    }

    /** One of perhaps millions of pages has been dealt with, by the thread that polls the network. */
    void passed() {
        if (++pagesSinceKeptUp == KEEP_UP_PAGES) {
            pagesSinceKeptUp = 0;
            keepUp.run();
        }
    }

    boolean isUp(final int other) {
        return view.isUp(other);
    }

    View view() {
        return view;
    }

    /** @return node that is responsible for the page, -1 if none is */
    int responsible(final long segment, final long page) {
        final Delegate delegate = delegates.size() == 0 ? null : delegates.get(segment, page);
        return delegate == null ? appointed(segment) : delegate.node;
    }

    boolean isResponsible(final long segment, final long page) {
        return responsible(segment, page) == node;
    }

    /** @return whether requests for the page are heard */
    boolean isResponsibleUp(final long segment, final long page) {
        return view.isUp(responsible(segment, page));
    }

    /** @return node that is responsible for the segment's pages, but for those that it has delegated; -1 if none is */
    int appointed(final long segment) {
        return responsible[Segment.partition(segment)];
    }

    /** Another node than the appointed one is responsible for the page until the epoch ends. */
    void delegate(final long segment, final long page, final int to) {
        delegates.add(new Delegate(segment, page, to));
    }

    /** @return pages that others are responsible for than the appointed nodes */
    int delegations() {
        return delegates.size();
    }

    /**
     * @return whether pages of the segment of which nothing is known rest here, or are absent: this node is
     *     responsible, and has heard everybody who may have others, or has known since before who is down what that one
     *     has
     */
    boolean isHome(final long segment) {
        return isKnown[Segment.partition(segment)];
    }

    /** @return whether what this node knew of the segment's pages before this epoch still counts */
    boolean wasHome(final long segment) {
        return wasKnown[Segment.partition(segment)];
    }

    /** @return the partition that was given to this node when it joined, and that it makes new segments in */
    int partition() {
        return node;
    }

    /** @return whether this node knows who has what of its {@link #partition} */
    boolean isSure() {
        return isKnown[partition()];
    }

    /** @return node that has the segment's pages of which nothing is known; one that is down if that can't be known */
    int defaultOwner(final long segment) {
        final int home = homes[Segment.partition(segment)];
        if (isHome(segment)) {
            return node;
        }
        return isMissed(home) ? home : firstMissed();
    }

    private int firstMissed() {
        return view.members().stream().filter(Member::isMissed).findFirst().orElseThrow().node();
    }

    /** @return whether the node is down and may hold something */
    boolean isMissed(final int other) {
        final Member member = view.member(other);
        return member != null && member.isMissed();
    }

    /** @return whether nobody is missed, so that all have said what they have */
    boolean isEverybodyUp() {
        return isEverybodyUp;
    }

    /** Sends a message of the protocol. @param content bytes of the page; null for none */
    void send(final Message message, final int flags, final long segment, final long page, final DirectBuffer content,
              final int contentLength) {
        final int to = message.to == Message.RESPONSIBLE ? responsible(segment, page) : message.to;
        final WireType type = WireType.of(message.type);
        if (content == null || to == node) {
            // What this node has it need not tell itself.
            add(to, type, bundle -> bundle.message(message, flags, segment, page));
        } else {
            add(to, type, type.isBulky() && Segment.isLarge(segment) ? Stream.BULK : type.stream(),
                bundle -> bundle.message(message, flags, segment, page, content, 0, contentLength));
        }
    }

    /**
     * Sends what the entry adds. A node that is down gets nothing: whoever waits for its answer waits for a new view.
     */
    void add(final int to, final WireType type, final Predicate<BundleWriter> entry) {
        add(to, type, type.stream(), entry);
    }

    private void add(final int to, final WireType type, final Stream stream, final Predicate<BundleWriter> entry) {
        sent[type.ordinal()] += to == node ? 0 : 1;
        if (to == node) {
            if (!entry.test(toSelf[stream.ordinal()])) {
                throw new IllegalStateException("too many messages to this node itself");
            }
        } else if (view.isUp(to)) {
            outbox.add(to, stream, entry);
        }
    }

    /** @return what is to be told this node on the stream; after it was read, begin it again */
    BundleWriter toSelf(final Stream stream) {
        return toSelf[stream.ordinal()];
    }

    void flush(final Network network) {
        outbox.flush(network);
    }

    boolean hasUnsent() {
        return !outbox.isEmpty();
    }

    /** @return messages to other nodes so far, by {@link WireType} */
    long[] sent() {
        return sent.clone();
    }
}
