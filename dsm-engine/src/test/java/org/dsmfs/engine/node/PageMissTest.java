package org.dsmfs.engine.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dsmfs.engine.Segment;
import org.dsmfs.engine.network.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How many messages, one after the other, an operation waits for whose page is not here. */
class PageMissTest {
    /** Node 0 is responsible for it. */
    private static final long SEGMENT = Segment.of(0x05, 3);
    private static final int RESPONSIBLE = 0;

    private final SteppedNodes nodes = new SteppedNodes(4, 4 << 20);

    @AfterEach
    void stop() {
        nodes.close();
    }

    private int read(final int node) {
        return nodes.hops(node, tx -> tx.read(SEGMENT, 0));
    }

    private int write(final int node) {
        return nodes.hops(node, tx -> tx.write(SEGMENT, 0));
    }

    @Test
    void aPageOfTheResponsibleNodeTakesTwo() {
        write(RESPONSIBLE);
        assertEquals(2, read(1));
        write(RESPONSIBLE);
        assertEquals(2, write(1));
    }

    @Test
    void aPageOfAThirdNodeTakesThree() {
        write(1);
        assertEquals(3, read(2));
        write(1);
        assertEquals(3, write(2));
    }

    @Test
    void theResponsibleNodeAsksTheOwnerItself() {
        write(1);
        assertEquals(2, read(RESPONSIBLE));
        write(1);
        assertEquals(2, write(RESPONSIBLE));
    }

    @Test
    void aPageThatIsHereTakesNone() {
        write(1);
        assertEquals(0, read(1));
        assertEquals(0, write(1));
    }

    /** The responsible node has to hear from them before it grants the right. */
    @Test
    void otherReadersOfAPageThatIsWrittenTakeTwoMore() {
        write(RESPONSIBLE);
        read(2);
        read(3);
        assertEquals(4, write(1));
        read(2);
        assertEquals(4, write(1));
    }

    @Test
    void aMegabyteIsAskedForInOneMessage() {
        final long large = Segment.of(0x05 | Segment.LARGE_PAGES, 3);
        final int pages = (1 << 20) / nodes.space(RESPONSIBLE).largePageSize();
        nodes.hops(RESPONSIBLE, tx -> {
            for (int page = 0; page < pages; page++) {
                tx.write(large, page);
            }
            return null;
        });
        nodes.hops(1, tx -> null);
        final long before = nodes.messages(Stream.REQUEST);
        final int hops = nodes.hops(1, tx -> {
            tx.want(large, 0, pages);
            return null;
        });
        assertEquals(2, hops);
        assertEquals(1, nodes.messages(Stream.REQUEST) - before);
    }
}
