package org.dsmfs.layout;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.dsmfs.engine.Neighbours;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.SharingStatus;

/**
 * The pages that several {@link HeapSpace}s share, one per node, and who of them has seen what: as {@link Neighbours}
 * promises, a node that has read a page is told when another one writes it. Operations of all nodes exclude each other,
 * which is one way to be coherent. Pessimistic where the engine may be: a volatile page is gone with the node that wrote
 * it last, whoever else has a copy.
 */
final class SharedHeap {
    final Map<Address, byte[]> pages = new HashMap<>();
    final int largePageSize;
    long capacityBytes = 1L << 50;
    long reserveBytes;
    long usedBytes;
    long nextNumber = 16;
    private final Map<Integer, Node> nodes = new TreeMap<>();
    private final Map<Address, BitSet> readers = new HashMap<>();
    private final Map<Address, BitSet> everSeen = new HashMap<>();
    private final Map<Address, Integer> lastWriters = new HashMap<>();
    private int questions;

    record Address(long segment, long page) {
    }

    /** One start of a node, as it shows to the others. */
    final class Node implements Neighbours {
        private final int number;
        private final int incarnation;
        private final List<Runnable> changeListeners = new ArrayList<>();
        private CopyListener listener;
        private long upSince = 1;

        Node(final int number, final int incarnation) {
            this.number = number;
            this.incarnation = incarnation;
        }

        @Override
        public int node() {
            return number;
        }

        @Override
        public int incarnation() {
            return incarnation;
        }

        @Override
        public long upSince() {
            return upSince;
        }

        @Override
        public boolean isServing(final int node, final int nodeIncarnation) {
            synchronized (SharedHeap.this) {
                return nodes.containsKey(node) && nodes.get(node).incarnation == nodeIncarnation;
            }
        }

        @Override
        public long trustNs() {
            return Long.MAX_VALUE;
        }

        @Override
        public void listen(final CopyListener newListener) {
            listener = newListener;
        }

        @Override
        public void onChange(final Runnable changeListener) {
            changeListeners.add(changeListener);
        }

        @Override
        public Optional<SharingStatus> status() {
            return Optional.empty();
        }

        @Override
        public boolean isPinnedElsewhere(final long segment, final long page) {
            synchronized (SharedHeap.this) {
                questions++;
                return nodes.values().stream().anyMatch(
                    node -> node != this && node.listener != null && node.listener.answerPinQuery(segment, page));
            }
        }

        @Override
        public void pause() {
            Thread.yield();
        }

        @Override
        public boolean isOwner(final long segment, final long page) {
            synchronized (SharedHeap.this) {
                final Address address = new Address(segment, page);
                return pages.containsKey(address) && lastWriters.get(address) == number;
            }
        }
    }

    SharedHeap(final int largePageSize) {
        this.largePageSize = largePageSize;
    }

    /** @return the space as a new node, or as the next start of one that is down, sees it; nobody is told yet */
    synchronized HeapSpace join(final int number, final int incarnation) {
        if (nodes.containsKey(number)) {
            throw new IllegalStateException("node " + number + " is up");
        }
        final Node node = new Node(number, incarnation);
        nodes.put(number, node);
        return new HeapSpace(this, node);
    }

    /** The node is down from now on, and what only it had is gone; its neighbours are not told yet. */
    synchronized void fail(final Node node) {
        nodes.remove(node.number, node);
        for (final Address address : List.copyOf(pages.keySet())) {
            if (Segment.isVolatile(address.segment) && lastWriters.get(address) == node.number) {
                pages.remove(address);
                lose(address, null);
            }
        }
        readers.values().forEach(nodesOfPage -> nodesOfPage.clear(node.number));
    }

    /** A node that was down, though it went on running, is up again; nobody is told yet. */
    synchronized void comeBack(final Node node) {
        nodes.put(node.number, node);
        node.upSince++;
    }

    /** Tells all nodes that some have come or gone. */
    void announceChange() {
        for (final Node node : List.copyOf(nodes.values())) {
            List.copyOf(node.changeListeners).forEach(Runnable::run);
        }
    }

    /** The node gives up its copy of a page, for want of memory. */
    synchronized void evict(final Node node, final Address address) {
        final BitSet nodesOfPage = readers.get(address);
        if (nodesOfPage != null && nodesOfPage.get(node.number)) {
            nodesOfPage.clear(node.number);
            node.listener.lost(address.segment, address.page);
        }
    }

    /** @return how often a node asked all others about a page so far */
    int questions() {
        return questions;
    }

    boolean isKnownElsewhere(final Node node, final Address address) {
        final BitSet seen = everSeen.get(address);
        return seen != null && seen.cardinality() > (seen.get(node.number) ? 1 : 0);
    }

    void read(final Node node, final Address address) {
        readers.computeIfAbsent(address, key -> new BitSet()).set(node.number);
        everSeen.computeIfAbsent(address, key -> new BitSet()).set(node.number);
    }

    /** Whatever other nodes derived from the page is to be given up. */
    void release(final Node writer, final Address address) {
        for (final Node node : nodesWithCopy(address, writer)) {
            final boolean[] released = new boolean[1];
            if (!node.listener.release(address.segment, address.page, () -> released[0] = true) && !released[0]) {
                throw new IllegalStateException("a test has no time to wait for a release");
            }
        }
    }

    void written(final Node writer, final Address address) {
        lastWriters.put(address, writer.number);
        lose(address, writer);
        read(writer, address);
    }

    private void lose(final Address address, final Node writer) {
        final List<Node> losers = nodesWithCopy(address, writer);
        readers.remove(address);
        losers.forEach(node -> node.listener.lost(address.segment, address.page));
    }

    private List<Node> nodesWithCopy(final Address address, final Node except) {
        final List<Node> found = new ArrayList<>();
        final BitSet nodesOfPage = readers.get(address);
        if (nodesOfPage != null) {
            nodes.values().stream()
                .filter(node -> node != except && node.listener != null && nodesOfPage.get(node.number))
                .forEach(found::add);
        }
        return found;
    }
}
