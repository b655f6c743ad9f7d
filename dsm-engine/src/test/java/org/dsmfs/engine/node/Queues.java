package org.dsmfs.engine.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.membership.Member;
import org.dsmfs.engine.membership.Membership;
import org.dsmfs.engine.membership.View;
import org.dsmfs.engine.network.Network;
import org.dsmfs.engine.network.Stream;

/** What connects nodes of one process: a queue for each, and a membership in which nobody comes. */
final class Queues {
    private final List<Queue<Sent>> inboxes = new ArrayList<>();
    /** By stream. */
    private final AtomicLongArray messages = new AtomicLongArray(Stream.VALUES.length);
    private final AtomicLong keptUp = new AtomicLong();
    private final List<Consumer<View>> listeners = new ArrayList<>();
    private View view;

    /** By node: the longest way of what has come since {@link #resetHops}, in messages that followed from each other. */
    private final AtomicIntegerArray hops;

    private record Sent(int from, Stream stream, byte[] bytes, int hops) {
    }

    Queues(final int count) {
        for (int node = 0; node < count; node++) {
            inboxes.add(new ConcurrentLinkedQueue<>());
        }
        view = LastingMembership.firstView(count);
        hops = new AtomicIntegerArray(count);
    }

    Network network(final int node) {
        return new Inbox(node);
    }

    Membership membership(final int node) {
        return new Agreed(node);
    }

    /** The node is taken for dead by the others. @param standIn who is responsible for its partition */
    void takeDown(final int node, final int standIn) {
        final List<Member> members = view.members().stream()
            .map(member -> member.node() == node
                ? member.down(false) : member)
            .toList();
        final List<Integer> partitions = new ArrayList<>(view.partitions());
        partitions.set(node, standIn);
        view = new View(view.epoch() + 1, members, view.homes(), partitions);
        for (int other = 0; other < listeners.size(); other++) {
            if (other != node) {
                listeners.get(other).accept(view);
            }
        }
    }

    /** @return messages between nodes so far */
    long messages() {
        return IntStream.range(0, messages.length()).mapToLong(messages::get).sum();
    }

    /** @return those of one stream */
    long messages(final Stream stream) {
        return messages.get(stream.ordinal());
    }

    /** @return how often a thread that polls looked after the network in between, so far */
    long keptUp() {
        return keptUp.get();
    }

    void resetHops() {
        for (int node = 0; node < hops.length(); node++) {
            hops.set(node, 0);
        }
    }

    /** @return how many messages, each because of the one before, the node has waited for */
    int hops(final int node) {
        return hops.get(node);
    }

    boolean isEmpty(final int node) {
        return inboxes.get(node).isEmpty();
    }

    private final class Inbox implements Network {
        private final int node;

        private Inbox(final int node) {
            this.node = node;
        }

        @Override
        public boolean send(final int to, final Stream stream, final DirectBuffer buffer, final int offset,
                            final int length) {
            final byte[] bytes = new byte[length];
            buffer.getBytes(offset, bytes);
            inboxes.get(to).add(new Sent(node, stream, bytes, hops.get(node) + 1));
            messages.incrementAndGet(stream.ordinal());
            return true;
        }

        @Override
        public boolean isConnected(final int to) {
            return true;
        }

        @Override
        public int poll(final Handler handler) {
            int polled = 0;
            for (Sent sent = inboxes.get(node).poll(); sent != null; sent = inboxes.get(node).poll()) {
                hops.accumulateAndGet(node, sent.hops, Math::max);
                handler.onMessage(sent.from, sent.stream, new UnsafeBuffer(sent.bytes), 0, sent.bytes.length);
                polled++;
            }
            return polled;
        }

        @Override
        public void keepUp() {
            keptUp.incrementAndGet();
        }

        @Override
        public void peers(final Iterable<Peer> peers) {
            // All are connected.
        }

        @Override
        public void close() {
            // Nothing to let go of.
        }
    }

    private final class Agreed extends LastingMembership {
        private final int node;

        private Agreed(final int node) {
            this.node = node;
        }

        @Override
        public int node() {
            return node;
        }

        @Override
        public View view() {
            return view;
        }

        @Override
        public void onView(final Consumer<View> listener) {
            listeners.add(listener);
            listener.accept(view);
        }
    }
}
