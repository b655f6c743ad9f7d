package org.dsmfs.engine.node;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.Space;
import org.dsmfs.engine.membership.Member;
import org.dsmfs.engine.membership.Membership;
import org.dsmfs.engine.membership.View;
import org.dsmfs.engine.network.Network;
import org.dsmfs.engine.network.Stream;
import org.dsmfs.engine.sim.HeapPageIndex;
import org.dsmfs.engine.sim.SimulatedDisk;

/** Nodes in one process that share a space, with real threads, over a network of queues; none comes or goes. */
public final class ThreadedNodes implements AutoCloseable {
    private static final long IDLE_NS = 20_000;
    private static final long HOUSEKEEPING_NS = 20_000_000;
    private static final long DISK_BYTES = 0;
    private static final int DATA_PAGE_BYTES = 32 << 10;
    private static final long JOURNAL_BYTES = 16 << 20;

    private final List<LocalSpace> spaces = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<Queue<Sent>> inboxes = new ArrayList<>();
    private final AtomicLong messages = new AtomicLong();
    private volatile boolean stopping;

    private record Sent(int from, Stream stream, byte[] bytes) {
    }

    /** @param memoryBytes of each node */
    public ThreadedNodes(final int count, final long memoryBytes) {
        final List<Integer> homes = new ArrayList<>(Collections.nCopies(View.PARTITIONS, -1));
        final List<Member> members = new ArrayList<>();
        for (int node = 0; node < count; node++) {
            homes.set(node, node);
            members.add(new Member(node, 1, "node" + node, true));
            inboxes.add(new ConcurrentLinkedQueue<>());
        }
        final View view = new View(1, members, homes, homes);
        for (int node = 0; node < count; node++) {
            final LocalSpace space = LocalSpace.open(new SimulatedDisk(node), new HeapPageIndex(), true, memoryBytes,
                DISK_BYTES, DATA_PAGE_BYTES, JOURNAL_BYTES);
            space.share(new Queues(node), new Constant(node, view), new ThreadWaiter());
            spaces.add(space);
            start("network-" + node, () -> {
                if (!space.pollNetwork()) {
                    LockSupport.parkNanos(IDLE_NS);
                }
            });
            start("log-" + node, () -> {
                if (!space.syncForOthers()) {
                    LockSupport.parkNanos(IDLE_NS);
                }
            });
            start("paging-" + node, () -> {
                space.doWork();
                LockSupport.parkNanos(HOUSEKEEPING_NS);
            });
        }
    }

    /** @return messages between nodes so far */
    public long messages() {
        return messages.get();
    }

    /** @return the space as the node sees it */
    public Space space(final int node) {
        return spaces.get(node);
    }

    private void start(final String name, final Runnable step) {
        final Thread thread = new Thread(() -> {
            while (!stopping) {
                step.run();
            }
        }, name);
        thread.setDaemon(true);
        thread.start();
        threads.add(thread);
    }

    @Override
    public void close() throws InterruptedException {
        stopping = true;
        for (final Thread thread : threads) {
            thread.join();
        }
        spaces.forEach(LocalSpace::abandon);
    }

    private final class Queues implements Network {
        private final int node;

        private Queues(final int node) {
            this.node = node;
        }

        @Override
        public boolean send(final int to, final Stream stream, final DirectBuffer buffer, final int offset,
                            final int length) {
            final byte[] bytes = new byte[length];
            buffer.getBytes(offset, bytes);
            inboxes.get(to).add(new Sent(node, stream, bytes));
            messages.incrementAndGet();
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
                handler.onMessage(sent.from, sent.stream, new UnsafeBuffer(sent.bytes), 0, sent.bytes.length);
                polled++;
            }
            return polled;
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

    private record Constant(int node, View view) implements Membership {
        @Override
        public void onView(final Consumer<View> listener) {
            listener.accept(view);
        }

        @Override
        public boolean mayServe() {
            return true;
        }

        @Override
        public long graceNs() {
            return Long.MAX_VALUE;
        }

        @Override
        public void suspect(final int suspect) {
            throw new IllegalStateException("nobody is suspect");
        }

        @Override
        public void standAside() {
            throw new IllegalStateException("all are connected");
        }

        @Override
        public boolean isIndispensable() {
            return false;
        }

        @Override
        public void leave(final int heir) {
            throw new IllegalStateException("nobody leaves");
        }

        @Override
        public void close(final boolean holdsNothing) {
            // Nothing to let go of.
        }
    }
}
