package org.dsmfs.engine.sharing;

import org.agrona.collections.Int2ObjectHashMap;
import org.dsmfs.engine.coherence.wire.BundleWriter;
import org.dsmfs.engine.network.Network;
import org.dsmfs.engine.network.Stream;

import java.util.ArrayDeque;
import java.util.function.Predicate;

/** What is to be sent: one bundle per node and stream gathers what there is until the network takes it. */
final class Outbox {
    /** Most bundles that are kept to be filled again. */
    private static final int MOST_SPARE = 16;

    private final Int2ObjectHashMap<Lane[]> lanes = new Int2ObjectHashMap<>();
    /** To be filled again, with the memory that they have. */
    private final ArrayDeque<BundleWriter> spare = new ArrayDeque<>();
    private long epoch;
    private boolean isEmpty = true;

    /** What waits for one node and stream. */
    private final class Lane {
        private final Stream stream;
        private BundleWriter filling = new BundleWriter();
        private final ArrayDeque<BundleWriter> full = new ArrayDeque<>();

        private Lane(final Stream stream) {
            this.stream = stream;
            filling.begin(stream, epoch);
        }

        private void add(final Predicate<BundleWriter> entry) {
            isEmpty = false;
            if (!entry.test(filling)) {
                full.add(filling);
                filling = spare.isEmpty() ? new BundleWriter() : spare.poll();
                filling.begin(stream, epoch);
                if (!entry.test(filling)) {
                    throw new IllegalStateException("an entry is larger than a message");
                }
            }
        }

        private boolean flush(final int node, final Network network) {
            while (!full.isEmpty()) {
                if (!network.send(node, stream, full.peek().buffer(), 0, full.peek().length())) {
                    return false;
                }
                giveBack(full.poll());
            }
            if (filling.count() > 0) {
                if (!network.send(node, stream, filling.buffer(), 0, filling.length())) {
                    return false;
                }
                filling.begin(stream, epoch);
            }
            return true;
        }

        private void clear() {
            full.forEach(Outbox.this::giveBack);
            full.clear();
            filling.begin(stream, epoch);
        }
    }

    /** Whatever has not been sent is void. */
    void startEpoch(final long newEpoch) {
        epoch = newEpoch;
        lanes.values().forEach(streams -> {
            for (final Lane lane : streams) {
                lane.clear();
            }
        });
        isEmpty = true;
    }

    /** Adds an entry to a bundle for the node. @param entry false if the bundle has no room for it */
    void add(final int node, final Stream stream, final Predicate<BundleWriter> entry) {
        Lane[] streams = lanes.get(node);
        if (streams == null) {
            streams = new Lane[Stream.VALUES.length];
            for (final Stream each : Stream.VALUES) {
                streams[each.ordinal()] = new Lane(each);
            }
            lanes.put(node, streams);
        }
        streams[stream.ordinal()].add(entry);
    }

    private void giveBack(final BundleWriter sent) {
        if (spare.size() < MOST_SPARE) {
            spare.add(sent);
        }
    }

    /** Sends what the network takes. */
    void flush(final Network network) {
        if (isEmpty) {
            return;
        }
        boolean allGone = true;
        for (final Int2ObjectHashMap<Lane[]>.EntryIterator nodes = lanes.entrySet().iterator(); nodes.hasNext();) {
            nodes.next();
            for (final Lane lane : nodes.getValue()) {
                allGone &= lane.flush(nodes.getIntKey(), network);
            }
        }
        isEmpty = allGone;
    }

    boolean isEmpty() {
        return isEmpty;
    }
}
