package org.dsmfs.engine.sim;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.Neighbours;
import org.dsmfs.engine.Operation;
import org.dsmfs.engine.PageTransaction;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.Space;
import org.dsmfs.engine.SpaceStatus;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * A cluster whose nodes have one heap in common, to test the tests with: without a flaw it is trivially right, and with
 * one the checkers must find it.
 */
public final class HeapCluster implements SimulatedCluster {
    private static final int LARGE_PAGE_BYTES = 4096;
    private static final int MOST_LATENCY_NS = 200_000;
    /** One transaction in this many meets the flaw. */
    private static final int TRANSACTIONS_PER_FLAW = 4;

    /** What is wrong with the cluster. */
    public enum Flaw {
        NONE,
        /** A transaction may read pages as they were before somebody's last commit. */
        STALE_READ,
        /** Of what a transaction changes a part may be seen before the rest. */
        TORN_COMMIT,
        /** A transaction may overwrite what was committed since it read. */
        LOST_UPDATE
    }

    private final Simulation simulation;
    private final Flaw flaw;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<Address, byte[]> pages = new TreeMap<>();
    /** As they were before the last commit. */
    private final Map<Address, byte[]> formerPages = new HashMap<>();
    private long nextNumber = 1 << 20;

    private record Address(long segment, long page) implements Comparable<Address> {
        @Override
        public int compareTo(final Address other) {
            return segment != other.segment ? Long.compare(segment, other.segment) : Long.compare(page, other.page);
        }

        int pageSize() {
            return Segment.isLarge(segment) ? LARGE_PAGE_BYTES : Segment.SMALL_PAGE_SIZE;
        }
    }

    public HeapCluster(final Simulation simulation, final int size, final Flaw flaw) {
        this.simulation = simulation;
        this.flaw = flaw;
        for (int node = 0; node < size; node++) {
            nodes.add(new Node());
        }
    }

    @Override
    public List<Integer> nodes() {
        return IntStream.range(0, nodes.size()).boxed().toList();
    }

    @Override
    public Space space(final int node) {
        return nodes.get(node);
    }

    @Override
    public void add(final int node, final SimulatedThread client) {
        // These nodes have no fate.
    }

    @Override
    public void close() {
        // Nothing but heap.
    }

    private final class Node implements Space {
        @Override
        public <R> R execute(final Operation<R> operation) {
            latency();
            final boolean isFlawed = flaw != Flaw.NONE && simulation.random().nextInt(TRANSACTIONS_PER_FLAW) == 0;
            final Transaction transaction = new Transaction(isFlawed && flaw == Flaw.STALE_READ);
            final R result = operation.run(transaction);
            if (isFlawed && flaw == Flaw.LOST_UPDATE) {
                latency();
            }
            transaction.commit(isFlawed && flaw == Flaw.TORN_COMMIT);
            latency();
            return result;
        }

        private void latency() {
            simulation.sleep(simulation.random().nextInt(MOST_LATENCY_NS));
        }

        @Override
        public void sync() {
            latency();
        }

        @Override
        public Neighbours neighbours() {
            return Neighbours.none(1);
        }

        @Override
        public int largePageSize() {
            return LARGE_PAGE_BYTES;
        }

        @Override
        public SpaceStatus status() {
            final long usedBytes = pages.keySet().stream().mapToLong(Address::pageSize).sum();
            return new SpaceStatus(1L << 40, usedBytes, 0, 0, 0, Map.of(), 0, 0, 0, 0, 0, 0, 0, 0);
        }

        @Override
        public void forEachPage(final PageVisitor visitor) {
            for (final Address address : List.copyOf(pages.keySet())) {
                if (!Segment.isVolatile(address.segment)) {
                    visitor.page(address.segment, address.page);
                }
            }
        }

        @Override
        public void close() {
            // The heap is nobody's.
        }

        private final class Transaction implements PageTransaction {
            private final boolean isStale;
            private final Map<Address, UnsafeBuffer> changed = new TreeMap<>();
            private final List<Runnable> commitActions = new ArrayList<>();

            Transaction(final boolean isStale) {
                this.isStale = isStale;
            }

            @Override
            public DirectBuffer read(final long segment, final long page) {
                final Address address = new Address(segment, page);
                if (changed.containsKey(address)) {
                    return changed.get(address);
                }
                final byte[] bytes = isStale && formerPages.containsKey(address) ? formerPages.get(address)
                    : pages.get(address);
                return bytes == null ? null : new UnsafeBuffer(bytes);
            }

            @Override
            public void expect(final long segment, final long firstPage, final int count) {
                // All is here.
            }

            @Override
            public void wantToWrite(final long segment, final long page) {
                // All pages are here.
            }

            @Override
            public MutableDirectBuffer write(final long segment, final long page) {
                final Address address = new Address(segment, page);
                UnsafeBuffer copy = changed.get(address);
                if (copy == null) {
                    copy = new UnsafeBuffer(new byte[address.pageSize()]);
                    final DirectBuffer before = read(segment, page);
                    if (before != null) {
                        copy.putBytes(0, before, 0, before.capacity());
                    }
                    changed.put(address, copy);
                }
                return copy;
            }

            @Override
            public void put(final long segment, final long page, final int offset, final DirectBuffer source,
                            final int sourceIndex, final int length) {
                write(segment, page).putBytes(offset, source, sourceIndex, length);
            }

            @Override
            public void reserve(final long segment, final long page) {
                write(segment, page);
            }

            @Override
            public void free(final long segment, final long page) {
                changed.put(new Address(segment, page), null);
            }

            @Override
            public boolean exists(final long segment, final long page) {
                return read(segment, page) != null;
            }

            @Override
            public void want(final long segment, final long firstPage, final int count) {
                // All is here.
            }

            @Override
            public boolean mayBeKnownElsewhere(final long segment, final long page) {
                return false;
            }

            @Override
            public int pageSize(final long segment) {
                return new Address(segment, 0).pageSize();
            }

            @Override
            public long allocateNumber() {
                return nextNumber++;
            }

            @Override
            public void useReserve() {
                // There is always room.
            }

            @Override
            public void onCommit(final Runnable action) {
                commitActions.add(action);
            }

            private void commit(final boolean isTorn) {
                commitActions.forEach(Runnable::run);
                if (!changed.isEmpty()) {
                    formerPages.clear();
                }
                boolean isFirst = true;
                for (final Map.Entry<Address, UnsafeBuffer> change : changed.entrySet()) {
                    if (isTorn && !isFirst) {
                        latency();
                    }
                    isFirst = false;
                    final byte[] after = change.getValue() == null ? null : change.getValue().byteArray();
                    final byte[] before =
                        after == null ? pages.remove(change.getKey()) : pages.put(change.getKey(), after);
                    formerPages.put(change.getKey(), before);
                }
            }
        }
    }
}
