package org.dsmfs.layout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.Neighbours;
import org.dsmfs.engine.Operation;
import org.dsmfs.engine.PageTransaction;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.Space;
import org.dsmfs.engine.SpaceClosedException;
import org.dsmfs.engine.SpaceFullException;
import org.dsmfs.engine.SpaceStatus;
import org.dsmfs.layout.SharedHeap.Address;
import org.dsmfs.layout.page.PageKind;

/**
 * A space in the heap, as one of the nodes that share it sees it. It holds operations to the contract: it can abandon runs at random and run them again, checks
 * that what was handed out to read is not written to and that sources of puts do not change, and can become full.
 */
final class HeapSpace implements Space {
    private static final int MOST_ABANDONED_RUNS = 10;
    private static final Set<Integer> PARTS_OF_INODES = Set.of(PageKind.DIRECTORY.code(), PageKind.DATA.code(),
        PageKind.HOLES.code(), PageKind.XATTR.code());

    final SharedHeap heap;
    private final Map<Address, byte[]> pages;
    private SharedHeap.Node node;
    private Random abandonments;
    private int abandonEveryNth;
    private int mostFreesInRun;
    private int mostPagesInRun;
    private int executionsLeft = Integer.MAX_VALUE;

    /** Tells an operation that its run does not count. */
    private static final class AbandonedException extends EngineException {
        AbandonedException() {
            super("abandoned", false);
        }
    }

    HeapSpace(final SharedHeap heap, final SharedHeap.Node node) {
        this.heap = heap;
        this.pages = heap.pages;
        this.node = node;
    }

    /** @return a space of its own, of a node that is alone as long as no other one joins */
    static HeapSpace alone(final int largePageSize) {
        return new SharedHeap(largePageSize).join(0, 1);
    }

    /** Abandons about one of n page accesses from now on. */
    void abandonRuns(final Random random, final int everyNth) {
        abandonments = random;
        abandonEveryNth = everyNth;
    }

    void limit(final long newCapacityBytes, final long newReserveBytes) {
        heap.capacityBytes = newCapacityBytes;
        heap.reserveBytes = newReserveBytes;
    }

    /** @return the page's bytes, to be damaged; null if absent */
    byte[] page(final long segment, final long page) {
        return pages.get(new Address(segment, page));
    }

    void drop(final long segment, final long page) {
        pages.remove(new Address(segment, page));
    }

    void add(final long segment, final long page) {
        pages.put(new Address(segment, page), new byte[pageSizeOf(segment)]);
    }

    /** Refuses everything after so many more executions, until {@link #restart}. */
    void stopAfter(final int executions) {
        executionsLeft = executions;
    }

    /** The node is down: its neighbours are not told yet. */
    void fail() {
        heap.fail(node);
        executionsLeft = 0;
    }

    /** A node that is down, or now goes down, starts again; its neighbours are not told yet. */
    void restart() {
        heap.fail(node);
        node = heap.join(node.node(), node.incarnation() + 1).node;
        executionsLeft = Integer.MAX_VALUE;
    }

    /** A node that is down, but was only out of reach, is up again; its neighbours are not told yet. */
    void comeBack() {
        heap.comeBack(node);
        executionsLeft = Integer.MAX_VALUE;
    }

    /** The node gives up its copy of a page, for want of memory. */
    void evict(final long segment, final long page) {
        heap.evict(node, new Address(segment, page));
    }

    int pageCount() {
        return pages.size();
    }

    long usedBytes() {
        return heap.usedBytes;
    }

    /** @return pages that the run with the most of them read, wrote or freed since the last call */
    int takeMostPagesInRun() {
        final int most = mostPagesInRun;
        mostPagesInRun = 0;
        return most;
    }

    int mostFreesInRun() {
        return mostFreesInRun;
    }

    @Override
    public <R> R execute(final Operation<R> operation) {
        synchronized (heap) {
            return executeAlone(operation);
        }
    }

    private <R> R executeAlone(final Operation<R> operation) {
        if (executionsLeft-- <= 0) {
            throw new SpaceClosedException("stopped by the test", null);
        }
        for (int run = 0; ; run++) {
            final HeapTransaction transaction = new HeapTransaction(abandonments != null && run < MOST_ABANDONED_RUNS);
            try {
                final R result = operation.run(transaction);
                transaction.commit();
                transaction.commitActions.forEach(Runnable::run);
                return result;
            } catch (final AbandonedException e) {
                transaction.checkReads();
            }
        }
    }

    @Override
    public void sync() {
    }

    @Override
    public Neighbours neighbours() {
        return node;
    }

    @Override
    public int largePageSize() {
        return heap.largePageSize;
    }

    @Override
    public SpaceStatus status() {
        final Map<Integer, Long> byKind = new TreeMap<>();
        pages.keySet().forEach(address -> byKind.merge(Segment.kind(address.segment()), 1L, Long::sum));
        return new SpaceStatus(heap.capacityBytes, heap.usedBytes, heap.reserveBytes, 0, 0, byKind, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    @Override
    public void forEachPage(final PageVisitor visitor) {
        for (final Address address : List.copyOf(pages.keySet())) {
            if (!Segment.isVolatile(address.segment())) {
                visitor.page(address.segment(), address.page());
            }
        }
    }

    @Override
    public void close() {
    }

    private int pageSizeOf(final long segment) {
        return Segment.isLarge(segment) ? heap.largePageSize : Segment.SMALL_PAGE_SIZE;
    }

    private final class HeapTransaction implements PageTransaction {
        private final Map<Address, UnsafeBuffer> changed = new HashMap<>();
        private final Map<Address, byte[]> handedOut = new HashMap<>();
        private final Set<Address> touched = new HashSet<>();
        private final List<Put> puts = new ArrayList<>();
        private final Map<Address, Boolean> putAddresses = new HashMap<>();
        private long madeBytes;
        private int frees;
        private final boolean mayBeAbandoned;
        private boolean useReserve;
        private final List<Runnable> commitActions = new ArrayList<>();

        private record Put(Address address, int offset, DirectBuffer source, int sourceIndex, byte[] expected) {
        }

        HeapTransaction(final boolean mayBeAbandoned) {
            this.mayBeAbandoned = mayBeAbandoned;
        }

        @Override
        public boolean mayBeKnownElsewhere(final long segment, final long page) {
            return heap.isKnownElsewhere(node, new Address(segment, page));
        }

        @Override
        public DirectBuffer read(final long segment, final long page) {
            mayAbandon();
            final Address address = touch(segment, page);
            if (changed.containsKey(address)) {
                return changed.get(address);
            }
            final byte[] bytes = pages.get(address);
            if (bytes == null) {
                return null;
            }
            if (abandonments != null) {
                handedOut.computeIfAbsent(address, key -> bytes.clone());
            }
            return new UnsafeBuffer(bytes);
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
            mayAbandon();
            final Address address = touch(segment, page);
            if (putAddresses.containsKey(address)) {
                throw new IllegalStateException("write after put of " + Segment.describe(segment, page));
            }
            UnsafeBuffer copy = changed.get(address);
            if (copy == null) {
                final byte[] bytes = changed.containsKey(address) ? null : pages.get(address);
                if (bytes == null) {
                    account(address);
                }
                copy = new UnsafeBuffer(bytes == null ? new byte[pageSizeOf(segment)] : bytes.clone());
                changed.put(address, copy);
            }
            return copy;
        }

        @Override
        public void put(final long segment, final long page, final int offset, final DirectBuffer source,
                        final int sourceIndex, final int length) {
            mayAbandon();
            final Address address = touch(segment, page);
            if (changed.containsKey(address)) {
                throw new IllegalStateException("put after write or free of " + Segment.describe(segment, page));
            }
            if (offset < 0 || length <= 0 || offset + length > pageSizeOf(segment)) {
                throw new IndexOutOfBoundsException("put of " + length + " at " + offset);
            }
            if (!pages.containsKey(address) && !putAddresses.containsKey(address)) {
                account(address);
            }
            final byte[] expected = new byte[length];
            source.getBytes(sourceIndex, expected);
            puts.add(new Put(address, offset, source, sourceIndex, expected));
            putAddresses.put(address, true);
        }

        @Override
        public void reserve(final long segment, final long page) {
            if (!exists(segment, page)) {
                write(segment, page);
            }
        }

        @Override
        public void free(final long segment, final long page) {
            final Address address = touch(segment, page);
            if (putAddresses.containsKey(address)) {
                throw new IllegalStateException("free after put of " + Segment.describe(segment, page));
            }
            if (exists(segment, page)) {
                frees++;
                changed.put(address, null);
            }
        }

        @Override
        public boolean exists(final long segment, final long page) {
            final Address address = touch(segment, page);
            return changed.containsKey(address) ? changed.get(address) != null
                : pages.containsKey(address) || putAddresses.containsKey(address);
        }

        @Override
        public void want(final long segment, final long firstPage, final int count) {
            mayAbandon();
        }

        @Override
        public int pageSize(final long segment) {
            return pageSizeOf(segment);
        }

        @Override
        public long allocateNumber() {
            return heap.nextNumber++;
        }

        @Override
        public void useReserve() {
            useReserve = true;
        }

        @Override
        public void onCommit(final Runnable action) {
            commitActions.add(action);
        }

        private Address touch(final long segment, final long page) {
            final Address address = new Address(segment, page);
            touched.add(address);
            heap.read(node, address);
            return address;
        }

        private void mayAbandon() {
            abandonAtTimes();
        }

        private void abandonAtTimes() {
            if (mayBeAbandoned && abandonments.nextInt(abandonEveryNth) == 0) {
                throw new AbandonedException();
            }
        }

        private void account(final Address address) {
            if (!Segment.isVolatile(address.segment())) {
                madeBytes += pageSizeOf(address.segment());
                if (heap.usedBytes + madeBytes > heap.capacityBytes - (useReserve ? 0 : heap.reserveBytes)) {
                    throw SpaceFullException.INSTANCE;
                }
            }
        }

        private void checkReads() {
            handedOut.forEach((address, before) -> {
                if (!Arrays.equals(before, pages.get(address))) {
                    throw new IllegalStateException("a page was written to that was only to be read");
                }
            });
        }

        /** Revocation of what was derived from any page of an inode relies on this. */
        private void checkInodes(final Set<Address> addresses) {
            for (final Address address : addresses) {
                final long inode = PageKind.INODE.segment(Segment.number(address.segment()));
                if (PARTS_OF_INODES.contains(Segment.kind(address.segment()))
                    && !changed.containsKey(new Address(inode, 0))) {
                    throw new IllegalStateException("a change of " + Segment.describe(address.segment(), address.page())
                        + " that its inode tells nothing of");
                }
            }
        }

        private void commit() {
            // The log may be full, or a page that was only wanted missing.
            abandonAtTimes();
            checkReads();
            checkInodes(changed.keySet());
            checkInodes(putAddresses.keySet());
            mostFreesInRun = Math.max(mostFreesInRun, frees);
            for (final Put put : puts) {
                final byte[] now = new byte[put.expected.length];
                put.source.getBytes(put.sourceIndex, now);
                if (!Arrays.equals(put.expected, now)) {
                    throw new IllegalStateException("the source of a put changed");
                }
            }
            mostPagesInRun = Math.max(mostPagesInRun, touched.size());
            putAddresses.keySet().forEach(address -> heap.release(node, address));
            changed.keySet().forEach(address -> heap.release(node, address));
            for (final Put put : puts) {
                final byte[] bytes = pages.computeIfAbsent(put.address, address -> {
                    heap.usedBytes += pageSizeOf(address.segment());
                    return new byte[pageSizeOf(address.segment())];
                });
                System.arraycopy(put.expected, 0, bytes, put.offset, put.expected.length);
            }
            changed.forEach((address, copy) -> {
                final boolean counts = !Segment.isVolatile(address.segment());
                final byte[] before = copy == null ? pages.remove(address) : pages.put(address, copy.byteArray());
                if (counts) {
                    heap.usedBytes += (copy == null ? 0 : pageSizeOf(address.segment()))
                        - (before == null ? 0 : before.length);
                }
            });
            putAddresses.keySet().forEach(address -> heap.written(node, address));
            changed.keySet().forEach(address -> heap.written(node, address));
        }
    }
}
