package org.dsmfs.engine.sharing;

import org.agrona.DirectBuffer;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.coherence.Message;
import org.dsmfs.engine.coherence.wire.BundleWriter;
import org.dsmfs.engine.coherence.wire.WireType;
import org.dsmfs.engine.membership.Member;
import org.dsmfs.engine.membership.View;
import org.dsmfs.engine.network.Network;
import org.dsmfs.engine.network.Stream;

import java.util.function.Predicate;

/** The way to the other nodes of the view, and back to this one for whatever it has to tell itself. */
final class Exchange {
    private final int node;
    private final Outbox outbox = new Outbox();
    /** Messages to this node, by stream; drained by the one who fills them. */
    private final BundleWriter[] toSelf = new BundleWriter[Stream.VALUES.length];
    private final int[] responsible = new int[Segment.PARTITIONS];
    private final int[] homes = new int[Segment.PARTITIONS];
    private final long[] sent = new long[WireType.values().length];
    private View view;
    private boolean isEverybodyUp;

    Exchange(final int node) {
        this.node = node;
        for (final Stream stream : Stream.VALUES) {
            toSelf[stream.ordinal()] = new BundleWriter();
        }
    }

    void startEpoch(final View newView) {
        view = newView;
        for (int partition = 0; partition < Segment.PARTITIONS; partition++) {
            responsible[partition] = view.partitions().get(partition);
            homes[partition] = view.homes().get(partition);
        }
        isEverybodyUp = view.members().stream().noneMatch(Member::isMissed);
        outbox.startEpoch(view.epoch());
        for (final Stream stream : Stream.VALUES) {
            toSelf[stream.ordinal()].begin(stream, view.epoch());
        }
    }

    int node() {
        return node;
    }

    View view() {
        return view;
    }

    /** @return node that is responsible for the segment's pages, -1 if none is */
    int responsible(final long segment) {
        return responsible[Segment.partition(segment)];
    }

    boolean isResponsible(final long segment) {
        return responsible[Segment.partition(segment)] == node;
    }

    /** @return whether requests for the segment's pages are heard */
    boolean isResponsibleUp(final long segment) {
        return view.isUp(responsible(segment));
    }

    /**
     * @return whether pages of the segment of which nothing is known rest here; while this node stands in, only if
     *     their home has nothing
     */
    boolean isHome(final long segment) {
        final int partition = Segment.partition(segment);
        return responsible[partition] == node && (homes[partition] == node || isEmpty(homes[partition]));
    }

    /** @return node whose store the segment's pages rest in by default */
    int home(final long segment) {
        return homes[Segment.partition(segment)];
    }

    private boolean isEmpty(final int other) {
        final Member member = view.member(other);
        return member != null && member.holdsNothing();
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

    /** @return whether it is known what the node has whose store the segment's pages rest in by default */
    boolean isHomeUp(final long segment) {
        final int home = homes[Segment.partition(segment)];
        return view.isUp(home) || isEmpty(home);
    }

    /** Sends a message of the protocol. @param content bytes of the page; null for none */
    void send(final Message message, final int flags, final long segment, final long page, final DirectBuffer content,
              final int contentLength) {
        final int to = message.to == Message.RESPONSIBLE ? responsible(segment) : message.to;
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
