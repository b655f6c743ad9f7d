package org.dsmfs.engine.node;

import org.dsmfs.engine.Segment;
import org.dsmfs.engine.directory.DirectoryPage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Three nodes, of which one has made what the two others use: one of them becomes responsible for it. */
@Timeout(60)
class DelegationTest {
    private static final int NODES = 3;
    private static final int PAGES = 4;
    private static final int KIND = 0x05;

    private final ThreadedNodes nodes = new ThreadedNodes(NODES, 64 << 20);

    @AfterEach
    void stop() throws InterruptedException {
        nodes.close();
    }

    private long make(final int node) {
        return nodes.space(node).execute(tx -> {
            final long number = tx.allocateNumber();
            for (int page = 0; page < PAGES; page++) {
                tx.write(Segment.of(KIND, number), page).putLong(8, 0);
            }
            return Segment.of(KIND, number);
        });
    }

    private void add(final int node, final long segment, final int page) {
        nodes.space(node).execute(tx -> {
            final var buffer = tx.write(segment, page);
            buffer.putLong(8, buffer.getLong(8) + 1);
            return null;
        });
    }

    private long delegations(final int node) {
        return nodes.space(node).neighbours().status().orElseThrow().delegatedPages();
    }

    private double messagesPerTurn(final long segment, final int turns) {
        final long before = nodes.messages();
        for (int i = 0; i < turns; i++) {
            add(1 + i % 2, segment, 0);
        }
        return (double) (nodes.messages() - before) / turns;
    }

    @Test
    void whoUsesAPageBecomesResponsibleForIt() {
        final long segment = make(0);
        final double before = messagesPerTurn(segment, 20);
        for (int i = 0; i < 1000; i++) {
            add(1 + i % 2, segment, i / 2 % PAGES);
        }
        for (int node = 0; node < NODES; node++) {
            assertEquals(PAGES, delegations(node), "node " + node);
        }
        assertEquals(PAGES, awaitSplits(0, segment));
        final double after = messagesPerTurn(segment, 200);
        System.out.println("messages per change of hands: " + before + ", then " + after);
        assertTrue(after < 0.8 * before, before + " messages per turn, then " + after);
        for (int node = 0; node < NODES; node++) {
            assertEquals(1220, sum(node, segment), "node " + node);
        }
    }

    /** @return pages of the segment in the node's directory page, which is written soon */
    private long awaitSplits(final int node, final long segment) {
        long splits = 0;
        while (splits < PAGES) {
            splits = nodes.space(node).execute(tx -> DirectoryPage.entries(
                tx.read(DirectoryPage.segmentOf(node), DirectoryPage.PAGE))).stream()
                .filter(split -> split.segment() == segment && split.node() != node).count();
        }
        return splits;
    }

    private long sum(final int node, final long segment) {
        return nodes.space(node).execute(tx -> {
            long sum = 0;
            for (int page = 0; page < PAGES; page++) {
                sum += tx.read(segment, page).getLong(8);
            }
            return sum;
        });
    }

    @Test
    void whoeverUsesItsOwnStaysResponsible() {
        final long segment = make(1);
        messagesPerTurn(segment, 1000);
        assertEquals(0, delegations(0));
    }

    @Test
    void nothingIsLostWhileResponsibilityMoves() throws InterruptedException {
        final List<Long> segments = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            segments.add(make(i % NODES));
        }
        final int rounds = 4000;
        final List<Thread> clients = new ArrayList<>();
        for (int client = 0; client < NODES; client++) {
            final int first = client;
            clients.add(new Thread(() -> {
                for (int i = 0; i < rounds; i++) {
                    add((first + i) % NODES, segments.get(i / 1000), i % 2);
                }
            }));
        }
        clients.forEach(Thread::start);
        for (final Thread client : clients) {
            client.join();
        }
        assertTrue(delegations(0) > 0, "nobody has become responsible for another node's page");
        for (int node = 0; node < NODES; node++) {
            long sum = 0;
            for (final long segment : segments) {
                sum += sum(node, segment);
            }
            assertEquals(NODES * rounds, sum);
        }
    }
}
