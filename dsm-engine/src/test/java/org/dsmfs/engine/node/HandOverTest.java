package org.dsmfs.engine.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import org.dsmfs.engine.Segment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nodes that stop, with real threads. */
@Timeout(60)
class HandOverTest {
    private static final int PAGES = 100;
    private static final int LEAVING = 2;

    private final ThreadedNodes nodes = new ThreadedNodes(LEAVING + 1, 16 << 20);

    @AfterEach
    void stop() throws InterruptedException {
        nodes.close();
    }

    private static long segment(final int node) {
        return Segment.of(0x05, 3 | (long) node << 46);
    }

    /** Each of them is the first that the other one asks. */
    @Test
    void nodesThatStopTogetherLeaveTheirPagesToTheThird() throws Exception {
        for (int node = 0; node < LEAVING; node++) {
            final int made = node;
            for (int page = 0; page < PAGES; page++) {
                final int index = page;
                nodes.space(node).execute(tx -> {
                    tx.write(segment(made), index).putLong(8, made * PAGES + index);
                    return null;
                });
            }
        }
        final CompletableFuture<Boolean> other = CompletableFuture.supplyAsync(() -> nodes.handOver(1));
        assertTrue(nodes.handOver(0));
        assertTrue(other.get());
        for (int node = 0; node < LEAVING; node++) {
            for (int page = 0; page < PAGES; page++) {
                final long segment = segment(node);
                final int index = page;
                assertEquals(node * PAGES + page,
                    (long) nodes.space(LEAVING).execute(tx -> tx.read(segment, index).getLong(8)));
            }
        }
    }
}
