package org.dsmfs.engine.coherence;

import org.junit.jupiter.api.Test;

import java.util.Random;
import java.util.TreeSet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class NodeSetTest {
    @Test
    void isASet() {
        final NodeSet set = new NodeSet();
        final TreeSet<Integer> expected = new TreeSet<>();
        final Random random = new Random(5);
        for (int i = 0; i < 20_000; i++) {
            final int node = random.nextInt(random.nextBoolean() ? 64 : NodeSet.MAX_NODE + 1);
            if (random.nextBoolean()) {
                set.add(node);
                expected.add(node);
            } else {
                set.remove(node);
                expected.remove(node);
            }
            final int from = random.nextInt(NodeSet.MAX_NODE + 1);
            final Integer next = expected.ceiling(from);
            assertEquals(next == null ? -1 : next, set.next(from));
            assertEquals(expected.contains(from), set.contains(from));
            assertEquals(expected.isEmpty(), set.isEmpty());
        }
        assertEquals(-1, set.next(NodeSet.MAX_NODE + 1));
        set.clear();
        assertTrue(set.isEmpty());
    }
}
