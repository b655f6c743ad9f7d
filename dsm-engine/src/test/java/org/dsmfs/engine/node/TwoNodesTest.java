package org.dsmfs.engine.node;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.membership.Member;
import org.dsmfs.engine.membership.Membership;
import org.dsmfs.engine.membership.View;
import org.dsmfs.engine.network.Network;
import org.dsmfs.engine.network.Stream;
import org.dsmfs.engine.sim.HeapPageIndex;
import org.dsmfs.engine.sim.SimulatedDisk;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

/** Two nodes with real threads over a network of queues. */
@Timeout(60)
class TwoNodesTest {
    private static final int NODES = 2;
    private static final long COUNTER = Segment.of(0x05, 3);
    private static final long LOCK = Segment.of(0x05 | Segment.VOLATILE, 3);

    private final List<LocalSpace> spaces = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<Queue<Sent>> inboxes = new ArrayList<>();
    private final AtomicLong messages = new AtomicLong();
    private volatile boolean stopping;

    private record Sent(int from, Stream stream, byte[] bytes) {
    }

    @BeforeEach
    void start() {
        final List<Integer> homes = new ArrayList<>(Collections.nCopies(View.PARTITIONS, -1));
        final List<Member> members = new ArrayList<>();
        for (int node = 0; node < NODES; node++) {
            homes.set(node, node);
            members.add(new Member(node, 1, "node" + node, true));
            inboxes.add(new ConcurrentLinkedQueue<>());
        }
        final View view = new View(1, members, homes, homes);
        for (int i = 0; i < NODES; i++) {
            final LocalSpace space = LocalSpace.open(new SimulatedDisk(i), new HeapPageIndex(), true, 64 << 20, 0, 32768,
                16 << 20);
            space.share(new Queues(i), new Fixed(i, view), new ThreadWaiter());
            spaces.add(space);
            run(() -> {
                if (!space.pollNetwork()) {
                    Thread.yield();
                }
            });
            run(() -> {
                space.syncForOthers();
                Thread.yield();
            });
            run(() -> {
                space.doWork();
                Thread.sleep(20);
            });
        }
    }

    private interface Step {
        void run() throws Exception;
    }

    private void run(final Step step) {
        final Thread thread = new Thread(() -> {
            try {
                while (!stopping) {
                    step.run();
                }
            } catch (final Exception e) {
                e.printStackTrace();
            }
        });
        thread.start();
        threads.add(thread);
    }

    @AfterEach
    void stop() throws InterruptedException {
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
        public int poll(final Handler handler) {
            int work = 0;
            for (Sent sent = inboxes.get(node).poll(); sent != null; sent = inboxes.get(node).poll()) {
                handler.onMessage(sent.from, sent.stream, new UnsafeBuffer(sent.bytes), 0, sent.bytes.length);
                work++;
            }
            return work;
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

    private record Fixed(int node, View view) implements Membership {
        @Override
        public void onView(final Consumer<View> listener) {
            listener.accept(view);
        }

        @Override
        public boolean mayServe() {
            return true;
        }

        @Override
        public void suspect(final int suspect) {
            throw new IllegalStateException("nobody is suspect");
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

    private long add(final int node, final long segment, final long page, final long by) {
        return spaces.get(node).execute(transaction -> {
            final var buffer = transaction.write(segment, page);
            buffer.putLong(8, buffer.getLong(8) + by);
            return buffer.getLong(8);
        });
    }

    @Test
    void whatOneWritesTheOtherReads() {
        for (int i = 1; i <= 1000; i++) {
            assertEquals(i, add(i % NODES, COUNTER, 0, 1));
        }
        assertEquals(1000, (long) spaces.get(0).execute(tx -> tx.read(COUNTER, 0).getLong(8)));
        assertEquals(1000, (long) spaces.get(1).execute(tx -> tx.read(COUNTER, 0).getLong(8)));
    }

    @Test
    void freedPagesAreAbsentEverywhere() {
        for (int i = 0; i < 200; i++) {
            final int node = i % NODES;
            final int page = i;
            add(node, COUNTER, page, 1);
            spaces.get(1 - node).execute(tx -> {
                tx.free(COUNTER, page);
                return null;
            });
            assertNull(spaces.get(node).execute(tx -> tx.read(COUNTER, page)));
        }
    }

    @Test
    void countersUnderFightLoseNothing() throws InterruptedException {
        final List<Thread> clients = new ArrayList<>();
        final int rounds = 3000;
        for (int client = 0; client < 2 * NODES; client++) {
            final int node = client % NODES;
            clients.add(new Thread(() -> {
                for (int i = 0; i < rounds; i++) {
                    final int page = i % 3;
                    spaces.get(node).execute(tx -> {
                        for (int p = page; p < page + 2; p++) {
                            final var buffer = tx.write(COUNTER, p);
                            buffer.putLong(8, buffer.getLong(8) + 1);
                        }
                        final var lock = tx.write(LOCK, 0);
                        lock.putLong(8, lock.getLong(8) + 1);
                        return null;
                    });
                }
            }));
        }
        final long startNs = System.nanoTime();
        clients.forEach(Thread::start);
        for (final Thread client : clients) {
            client.join();
        }
        final long total = 2L * NODES * rounds;
        System.out.println(total * 1_000_000_000 / (System.nanoTime() - startNs) + " transactions/s, messages "
            + messages.get());
        for (int node = 0; node < NODES; node++) {
            final int at = node;
            final long sum = spaces.get(at).execute(tx -> {
                long value = 0;
                for (int p = 0; p < 4; p++) {
                    value += tx.read(COUNTER, p).getLong(8);
                }
                return value;
            });
            assertEquals(2 * total, sum);
            assertEquals(total, (long) spaces.get(at).execute(tx -> tx.read(LOCK, 0).getLong(8)));
        }
    }

    @Test
    void pagesOfOnesOwnSendNothing() {
        final long number = spaces.get(1).execute(tx -> {
            final long made = tx.allocateNumber();
            tx.write(Segment.of(0x05, made), 0).putLong(8, 1);
            return made;
        });
        assertEquals(1, Segment.partition(Segment.of(0x05, number)));
        final long before = messages.get();
        for (int i = 0; i < 1000; i++) {
            add(1, Segment.of(0x05, number), i % 100, 1);
        }
        assertEquals(before, messages.get());
    }
}
