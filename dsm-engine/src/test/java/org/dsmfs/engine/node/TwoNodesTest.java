package org.dsmfs.engine.node;

import org.dsmfs.engine.Segment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

/** Two nodes with real threads over a network of queues. */
@Timeout(60)
class TwoNodesTest {
    private static final int NODES = 2;
    private static final long COUNTER = Segment.of(0x05, 3);
    private static final long LOCK = Segment.of(0x05 | Segment.VOLATILE, 3);

    private final ThreadedNodes nodes = new ThreadedNodes(NODES, 64 << 20);

    @AfterEach
    void stop() throws InterruptedException {
        nodes.close();
    }

    private long add(final int node, final long segment, final long page, final long by) {
        return nodes.space(node).execute(transaction -> {
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
        assertEquals(1000, (long) nodes.space(0).execute(tx -> tx.read(COUNTER, 0).getLong(8)));
        assertEquals(1000, (long) nodes.space(1).execute(tx -> tx.read(COUNTER, 0).getLong(8)));
    }

    @Test
    void anOperationThatTakesLongDoesNotKeepTheNetworkWaiting() {
        add(0, COUNTER, 0, 1);
        final long counter = nodes.space(0).execute(transaction -> {
            final long before = nodes.keptUp();
            while (nodes.keptUp() - before < 10) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
            return transaction.read(COUNTER, 0).getLong(8);
        });
        assertEquals(1, counter);
        assertEquals(2, add(1, COUNTER, 0, 1));
    }

    @Test
    void freedPagesAreAbsentEverywhere() {
        for (int i = 0; i < 200; i++) {
            final int node = i % NODES;
            final int page = i;
            add(node, COUNTER, page, 1);
            nodes.space(1 - node).execute(tx -> {
                tx.free(COUNTER, page);
                return null;
            });
            assertNull(nodes.space(node).execute(tx -> tx.read(COUNTER, page)));
        }
    }

    @Test
    void whatIsExpectedComesWithoutAnybodyWaiting() {
        final int pages = 20;
        for (int page = 0; page < pages; page++) {
            add(0, COUNTER, page, page);
        }
        nodes.space(1).execute(tx -> {
            tx.expect(COUNTER, 0, pages);
            return null;
        });
        awaitSilence(nodes.messages());
        final long waited = waited(1);
        for (int page = 0; page < pages; page++) {
            final int at = page;
            assertEquals(page, (long) nodes.space(1).execute(tx -> tx.read(COUNTER, at).getLong(8)));
        }
        assertEquals(waited, waited(1));
        add(0, COUNTER, 3, 100);
        assertEquals(103, (long) nodes.space(1).execute(tx -> tx.read(COUNTER, 3).getLong(8)));
        assertEquals(waited + 1, waited(1));
    }

    private long waited(final int node) {
        return nodes.space(node).neighbours().status().orElseThrow().waitedOperations();
    }

    private void awaitSilence(final long messagesBefore) {
        long seen = messagesBefore;
        int quiet = 0;
        while (quiet < 20) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            quiet = nodes.messages() == seen ? quiet + 1 : 0;
            seen = nodes.messages();
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
                    nodes.space(node).execute(tx -> {
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
            + nodes.messages());
        for (int node = 0; node < NODES; node++) {
            final int at = node;
            final long sum = nodes.space(at).execute(tx -> {
                long value = 0;
                for (int p = 0; p < 4; p++) {
                    value += tx.read(COUNTER, p).getLong(8);
                }
                return value;
            });
            assertEquals(2 * total, sum);
            assertEquals(total, (long) nodes.space(at).execute(tx -> tx.read(LOCK, 0).getLong(8)));
        }
    }

    @Test
    void pagesOfOnesOwnSendNothing() {
        final long number = nodes.space(1).execute(tx -> {
            final long made = tx.allocateNumber();
            tx.write(Segment.of(0x05, made), 0).putLong(8, 1);
            return made;
        });
        assertEquals(1, Segment.partition(Segment.of(0x05, number)));
        final long before = nodes.messages();
        for (int i = 0; i < 1000; i++) {
            add(1, Segment.of(0x05, number), i % 100, 1);
        }
        assertEquals(before, nodes.messages());
    }
}
