package org.dsmfs.engine.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.dsmfs.engine.Neighbours;
import org.dsmfs.engine.PageUnavailableException;
import org.dsmfs.engine.Segment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a node does while another one is down for long. */
@Timeout(60)
class NodeDownTest {
    private static final long MEMORY_BYTES = 16 << 20;
    private static final long SEGMENT = Segment.of(0x05, 3);
    private static final long VOLATILE = Segment.of(0x05 | Segment.VOLATILE, 3);
    private static final int FREED_PAGES = 100;
    private static final int PAGE_BYTES = 4096;

    private static void fill(final SteppedNodes nodes, final long page, final Random random) {
        final byte[] content = new byte[PAGE_BYTES];
        random.nextBytes(content);
        nodes.space(0).execute(transaction -> {
            transaction.write(SEGMENT, page).putBytes(0, content);
            return null;
        });
    }

    /** The one that is down may have older versions of what is freed, so its absence has to be remembered. */
    @Test
    void theJournalIsShortenedAllTheSame() {
        final Random random = new Random(1);
        try (SteppedNodes nodes = new SteppedNodes(2, MEMORY_BYTES)) {
            for (int page = 0; page < FREED_PAGES; page++) {
                fill(nodes, page, random);
            }
            nodes.takeDown(1);
            for (int page = 0; page < FREED_PAGES; page++) {
                final int freed = page;
                nodes.space(0).execute(transaction -> {
                    transaction.free(SEGMENT, freed);
                    return null;
                });
            }
            long mostLogBytes = 0;
            final long firstLsn = nodes.space(0).status().lsn();
            for (int i = 0; i < 2000; i++) {
                fill(nodes, FREED_PAGES + i % 10, random);
                nodes.doWork();
                mostLogBytes = Math.max(mostLogBytes, nodes.space(0).status().journalBytes());
            }
            assertTrue(nodes.space(0).status().lsn() - firstLsn > 4 * SteppedNodes.JOURNAL_BYTES);
            assertTrue(mostLogBytes < SteppedNodes.JOURNAL_BYTES, mostLogBytes + " bytes");
            for (int page = 0; page < FREED_PAGES; page++) {
                final int freed = page;
                assertEquals(false, nodes.space(0).execute(transaction -> transaction.exists(SEGMENT, freed)));
            }
        }
    }

    private static void setVolatile(final SteppedNodes nodes, final int node, final long value) {
        nodes.space(node).execute(transaction -> {
            transaction.write(VOLATILE, 0).putLong(8, value);
            return null;
        });
    }

    /** @return 0 if the page is absent */
    private static long getVolatile(final SteppedNodes nodes, final int node) {
        return nodes.space(node).execute(transaction -> {
            final var page = transaction.read(VOLATILE, 0);
            return page == null ? 0 : page.getLong(8);
        });
    }

    /** Nobody has to wait for what is gone for good. */
    @Test
    void aVolatilePageIsLostWithTheNodeThatHadIt() {
        try (SteppedNodes nodes = new SteppedNodes(3, MEMORY_BYTES)) {
            setVolatile(nodes, 0, 1);
            setVolatile(nodes, 1, 2);
            nodes.takeDown(1);
            assertEquals(0, getVolatile(nodes, 2));
            assertEquals(0, getVolatile(nodes, 0));
            setVolatile(nodes, 2, 3);
            assertEquals(3, getVolatile(nodes, 0));
        }
    }

    @Test
    void aVolatilePageThatAnotherNodeHasReadIsStillThere() {
        try (SteppedNodes nodes = new SteppedNodes(3, MEMORY_BYTES)) {
            setVolatile(nodes, 1, 2);
            assertEquals(2, getVolatile(nodes, 2));
            nodes.takeDown(1);
            assertEquals(2, getVolatile(nodes, 0));
        }
    }

    @Test
    void whoIsAskedAndNeverAnswersIsNotWaitedForForever() {
        try (SteppedNodes nodes = new SteppedNodes(2, MEMORY_BYTES)) {
            final Neighbours neighbours = nodes.space(0).neighbours();
            fill(nodes, 0, new Random(1));
            assertFalse(neighbours.isPinnedElsewhere(SEGMENT, 0));
            nodes.silence(1);
            assertThrows(PageUnavailableException.class, () -> neighbours.isPinnedElsewhere(SEGMENT, 0));
        }
    }

    /** What a node has of another one's when that is lost is the only copy, and may fill its RAM. */
    @Test
    void pagesOfALostNodeLeaveTheRam() {
        final long small = 1 << 20;
        final int pages = (int) small / PAGE_BYTES * 9 / 8;
        final Random random = new Random(1);
        try (SteppedNodes nodes = new SteppedNodes(2, small)) {
            for (int page = 0; page < pages; page++) {
                fill(nodes, page, random);
                nodes.doWork();
            }
            final long[] contents = new long[pages];
            for (int page = 0; page < pages; page++) {
                final int read = page;
                contents[page] = nodes.space(1).execute(tx -> tx.read(SEGMENT, read).getLong(8));
            }
            nodes.takeDown(0, 1);
            final long own = Segment.of(0x06, 3 | 1L << 46);
            for (int page = 0; page < pages; page++) {
                write(nodes, 1, own, page);
                nodes.doWork();
            }
            long misses = 0;
            for (int i = 0; i < 8; i++) {
                misses = nodes.space(1).status().misses();
                for (int page = 0; page < pages / 2; page++) {
                    final int read = page;
                    nodes.space(1).execute(tx -> tx.read(own, read));
                    nodes.doWork();
                }
            }
            assertEquals(misses, nodes.space(1).status().misses());
            int lost = 0;
            for (int page = 0; page < pages; page++) {
                final int read = page;
                try {
                    assertEquals(contents[page],
                        (long) nodes.space(1).execute(tx -> tx.read(SEGMENT, read).getLong(8)));
                } catch (final PageUnavailableException e) {
                    lost++;
                }
            }
            // Those that had to make room for others before.
            assertTrue(lost < pages / 4, lost + " pages");
        }
    }

    /** Nobody answers requests for what only the lost node has; they must not use up the requests that a node may make. */
    @Test
    void askingForWhatIsLostKeepsNobodyFromTheRest() {
        final int lost = 5000;
        try (SteppedNodes nodes = new SteppedNodes(3, MEMORY_BYTES)) {
            write(nodes, 1, Segment.of(0x06, 3 | 1L << 46), 0);
            write(nodes, 2, SEGMENT, lost);
            for (int page = 0; page < lost; page++) {
                write(nodes, 0, SEGMENT, page);
            }
            nodes.takeDown(0, 2);
            nodes.space(1).execute(tx -> {
                tx.expect(SEGMENT, 0, lost);
                return null;
            });
            for (int page = 0; page < lost; page += lost / 10) {
                final int read = page;
                assertThrows(PageUnavailableException.class,
                    () -> nodes.space(1).execute(tx -> tx.read(SEGMENT, read)));
            }
            assertEquals(0, nodes.waitingCopies(1));
            nodes.space(1).execute(tx -> tx.read(SEGMENT, lost));
        }
    }

    private static void write(final SteppedNodes nodes, final int node, final long segment, final int page) {
        nodes.space(node).execute(tx -> tx.write(segment, page));
    }
}
