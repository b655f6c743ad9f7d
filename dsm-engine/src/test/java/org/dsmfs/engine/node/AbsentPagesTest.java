package org.dsmfs.engine.node;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dsmfs.engine.Segment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nodes look at pages that do not exist: what they note of them does not pile up. */
@Timeout(120)
class AbsentPagesTest {
    private static final int NODES = 3;
    private static final int PAGES = 12_000;
    private static final int PAGES_PER_WORK = 1000;
    private static final int WORK_AT_END = 20;
    /** The responsible node has 4,096 entries, and all nodes a copy of each of these pages. */
    private static final int MOST_NOTES = 4096 * (NODES + 1);

    private final SteppedNodes nodes = new SteppedNodes(NODES, 16 << 20);

    @AfterEach
    void close() {
        nodes.close();
    }

    private boolean exists(final int node, final long segment, final long page) {
        return nodes.space(node).execute(transaction -> transaction.exists(segment, page));
    }

    /** @return segment whose pages the node is responsible for */
    private long segmentOf(final int node) {
        return Segment.of(0x05, nodes.space(node).execute(transaction -> transaction.allocateNumber()));
    }

    @Test
    void whatWasLookedAtIsForgotten() {
        final long segment = segmentOf(0);
        for (int page = 0; page < PAGES; page++) {
            for (int node = 0; node < NODES; node++) {
                assertFalse(exists(node, segment, page));
            }
            if (page % PAGES_PER_WORK == 0) {
                nodes.doWork();
            }
        }
        final long notes = nodes.notes(WORK_AT_END);
        assertTrue(notes <= MOST_NOTES, notes + " notes");
    }

    @Test
    void aPageThatIsMadeLaterIsSeen() {
        final long segment = segmentOf(0);
        for (int page = 0; page < PAGES; page++) {
            exists(1, segment, page);
        }
        nodes.notes(WORK_AT_END);
        for (int page = 0; page < PAGES; page += PAGES_PER_WORK) {
            final int made = page;
            nodes.space(2).execute(transaction -> transaction.write(segment, made));
            assertTrue(exists(1, segment, page));
            assertTrue(exists(0, segment, page));
        }
    }

    /** While they are given back their responsible node does not own them. */
    @Test
    void whatWasRemovedIsForgotten() {
        final long segment = segmentOf(0);
        for (int page = 0; page < PAGES; page++) {
            final int at = page;
            nodes.space(1).execute(transaction -> transaction.write(segment, at));
            nodes.space(1).execute(transaction -> {
                transaction.free(segment, at);
                return null;
            });
            exists(2, segment, page);
            if (page % PAGES_PER_WORK == 0) {
                nodes.doWork();
            }
        }
        final long notes = nodes.notes(WORK_AT_END);
        assertTrue(notes <= MOST_NOTES, notes + " notes");
    }
}
