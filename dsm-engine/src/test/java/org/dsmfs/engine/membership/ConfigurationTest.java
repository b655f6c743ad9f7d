package org.dsmfs.engine.membership;

import org.dsmfs.engine.membership.JoinRefusedException.Reason;
import org.junit.jupiter.api.Test;

import java.util.Random;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ConfigurationTest {
    private final Configuration configuration = new Configuration(new UUID(7, 7));

    private static UUID id(final int number) {
        return new UUID(1, number);
    }

    private int join(final int id, final int incarnation) {
        return configuration.join(id(id), incarnation, "host" + id + ":4000");
    }

    private void assertRefused(final Reason reason, final int id, final int incarnation, final String address) {
        final View before = configuration.view();
        final JoinRefusedException refusal = assertThrows(JoinRefusedException.class,
            () -> configuration.join(id(id), incarnation, address));
        assertEquals(reason, refusal.reason());
        assertEquals(before, configuration.view());
    }

    @Test
    void nodesGetNumbersAndPartitionsInOrder() {
        assertEquals(0, configuration.view().epoch());
        for (int node = 0; node < 3; node++) {
            assertEquals(node, join(node, 1));
            assertEquals(node + 1, configuration.view().epoch());
            assertEquals(node, configuration.view().homes().get(node));
            assertEquals(node, configuration.view().partitions().get(node));
            assertEquals(-1, configuration.view().partitions().get(node + 1));
        }
        assertEquals(new Member(1, 1, "host1:4000", true, false, 2), configuration.view().member(1));
    }

    @Test
    void joinIsRepeatable() {
        join(0, 1);
        final View before = configuration.view();
        assertEquals(0, join(0, 1));
        assertEquals(before, configuration.view());
    }

    @Test
    void nodeThatStartsAgainBeforeItsLeaseEndsIsANewEpoch() {
        join(0, 1);
        assertEquals(0, join(0, 2));
        assertEquals(2, configuration.view().epoch());
        assertEquals(2, configuration.view().member(0).incarnation());
        assertEquals(2, configuration.view().member(0).upSince());
    }

    @Test
    void downNodeHasAStandInUntilItReturns() {
        join(0, 1);
        join(1, 1);
        join(2, 1);
        configuration.down(1);
        assertEquals(0, configuration.view().partitions().get(1));
        assertEquals(1, configuration.view().homes().get(1));
        configuration.down(0);
        assertEquals(2, configuration.view().partitions().get(1));
        assertEquals(2, configuration.view().partitions().get(0));
        configuration.join(id(1), 2, "other:1");
        assertEquals(1, configuration.view().partitions().get(1));
        assertEquals(2, configuration.view().partitions().get(0), "who stands in goes on doing so");
        join(0, 2);
        assertEquals(0, configuration.view().partitions().get(0));
    }

    @Test
    void partitionsStayWithTheirHomesWhenNobodyIsUp() {
        join(0, 1);
        join(1, 1);
        configuration.down(0);
        configuration.down(1);
        assertEquals(0, configuration.view().partitions().get(0));
        assertEquals(1, configuration.view().partitions().get(1));
        final long epoch = configuration.epoch();
        configuration.down(1);
        configuration.down(5);
        assertEquals(epoch, configuration.epoch());
    }

    @Test
    void nodeReturnsWithTheSameIncarnationAfterItWasDown() {
        join(0, 3);
        configuration.renewEpoch();
        assertEquals(1, configuration.view().member(0).upSince());
        configuration.down(0);
        assertEquals(0, join(0, 3));
        assertTrue(configuration.isUp(0));
        assertEquals(4, configuration.view().member(0).upSince());
    }

    @Test
    void nodeThatLeavesHasAnHeir() {
        join(0, 1);
        join(1, 1);
        join(2, 1);
        assertFalse(configuration.leave(1, 1));
        assertFalse(configuration.leave(1, 9));
        configuration.down(2);
        assertFalse(configuration.leave(1, 2));
        assertTrue(configuration.leave(1, 0));
        assertEquals(0, configuration.view().homes().get(1));
        assertEquals(0, configuration.view().partitions().get(1));
        assertTrue(configuration.leave(1, 0));
        assertRefused(Reason.HAS_LEFT, 1, 2, "host1:4000");
        assertEquals(3, join(3, 1), "numbers are not given again");
    }

    @Test
    void refusals() {
        join(0, 5);
        assertRefused(Reason.DUPLICATE_NODE, 0, 6, "elsewhere:4000");
        assertRefused(Reason.OLD_STORE, 0, 4, "host0:4000");
        configuration.down(0);
        assertRefused(Reason.OLD_STORE, 0, 4, "host0:4000");
        assertRefused(Reason.OLD_STORE, 0, 5, "elsewhere:4000");
        assertRefused(Reason.BAD_ADDRESS, 1, 1, "host");
        assertRefused(Reason.BAD_ADDRESS, 1, 1, "host:port");
        assertRefused(Reason.BAD_ADDRESS, 1, 1, "ho\nst:1");
        assertRefused(Reason.BAD_ADDRESS, 1, 1, "h".repeat(Configuration.MAX_ADDRESS_BYTES) + ":1");
    }

    @Test
    void aSpaceHasAsManyNodesAsPartitions() {
        for (int node = 0; node < View.PARTITIONS; node++) {
            join(node, 1);
        }
        assertRefused(Reason.TOO_MANY_NODES, View.PARTITIONS, 1, "more:1");
    }

    /** Random events: who is up has what is its own, and nobody who is down has anything while somebody is up. */
    @Test
    void partitionsAreWithNodesThatAreUp() {
        for (int seed = 0; seed < 200; seed++) {
            final Random random = new Random(seed);
            final Configuration tried = new Configuration(id(0));
            final int[] incarnations = new int[8];
            for (int step = 0; step < 60; step++) {
                final View before = tried.view();
                final int id = random.nextInt(incarnations.length);
                if (random.nextBoolean()) {
                    joinIfAllowed(tried, id, ++incarnations[id]);
                } else if (random.nextInt(10) > 0) {
                    tried.down(id);
                } else {
                    tried.leave(id, random.nextInt(incarnations.length));
                }
                check("seed " + seed + " step " + step, before, tried.view());
            }
        }
    }

    private static void joinIfAllowed(final Configuration configuration, final int id, final int incarnation) {
        try {
            configuration.join(id(id), incarnation, "host" + id + ":4000");
        } catch (final JoinRefusedException e) {
            assertEquals(Reason.HAS_LEFT, e.reason());
        }
    }

    private static void check(final String when, final View before, final View after) {
        assertTrue(after.epoch() == before.epoch() + 1
            || after.equals(before), when + ": each change is one epoch");
        final boolean isAnyUp = after.members().stream().anyMatch(Member::isUp);
        for (int partition = 0; partition < View.PARTITIONS; partition++) {
            final int home = after.homes().get(partition);
            final int responsible = after.partitions().get(partition);
            if (home < 0) {
                assertEquals(-1, responsible, when);
            } else if (after.isUp(home) || !isAnyUp) {
                assertEquals(home, responsible, when);
            } else {
                assertTrue(after.isUp(responsible), when);
            }
        }
    }
}
