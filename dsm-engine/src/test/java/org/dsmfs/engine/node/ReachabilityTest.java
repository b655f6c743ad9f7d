package org.dsmfs.engine.node;

import org.dsmfs.engine.membership.Configuration;
import org.dsmfs.engine.membership.View;
import org.junit.jupiter.api.Test;

import java.util.Set;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;

class ReachabilityTest {
    private static final long START_NS = Long.MAX_VALUE - 5;

    private static Configuration nodes(final int count) {
        final Configuration configuration = new Configuration(new UUID(0, 0));
        for (int node = 0; node < count; node++) {
            configuration.join(new UUID(0, node), 1, "node:" + (node + 1));
        }
        return configuration;
    }

    /** @return what the node says after it has not reached some others for so long */
    private static int after(final View view, final int self, final Set<Integer> unreached, final long timeNs) {
        final Reachability reachability = new Reachability(self);
        assertEquals(Reachability.NOBODY, reachability.check(view, node -> !unreached.contains(node), START_NS));
        return reachability.check(view, node -> !unreached.contains(node), START_NS + timeNs);
    }

    @Test
    void whoIsCutOffFromMostGoesSoon() {
        final View view = nodes(3).view();
        assertEquals(2, after(view, 0, Set.of(1, 2), Reachability.MINORITY_NS));
        assertEquals(Reachability.NOBODY, after(view, 0, Set.of(1, 2), Reachability.MINORITY_NS - 1));
        assertEquals(Reachability.NOBODY, after(view, 1, Set.of(0), Reachability.PAIR_NS - 1));
    }

    @Test
    void ofTwoTheOneWithTheHigherNumberGoes() {
        for (final int count : new int[] {2, 3, 5}) {
            final View view = nodes(count).view();
            assertEquals(0, after(view, 1, Set.of(0), Reachability.PAIR_NS));
            assertEquals(Reachability.NOBODY, after(view, 0, Set.of(1), Reachability.PAIR_NS));
        }
    }

    @Test
    void whoIsReachedInBetweenOrIsDownDoesNotCount() {
        final Configuration configuration = nodes(3);
        final Reachability reachability = new Reachability(1);
        reachability.check(configuration.view(), node -> false, 0);
        reachability.check(configuration.view(), node -> true, Reachability.MINORITY_NS - 1);
        assertEquals(Reachability.NOBODY,
            reachability.check(configuration.view(), node -> false, Reachability.PAIR_NS));
        configuration.down(0);
        configuration.down(2);
        assertEquals(Reachability.NOBODY,
            reachability.check(configuration.view(), node -> false, 3 * Reachability.PAIR_NS));
    }

    @Test
    void afterForgettingTimeBeginsAnew() {
        final View view = nodes(2).view();
        final Reachability reachability = new Reachability(1);
        reachability.check(view, node -> false, 0);
        reachability.forget();
        assertEquals(Reachability.NOBODY, reachability.check(view, node -> false, Reachability.PAIR_NS));
        assertEquals(0, reachability.check(view, node -> false, 2 * Reachability.PAIR_NS));
    }
}
