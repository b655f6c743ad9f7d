package org.dsmfs.engine.sim;

import org.dsmfs.engine.sim.HeapCluster.Flaw;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The register workload itself: it accepts a cluster that is right, finds one that is not, and repeats itself. */
class RegistersTest {
    private static final int NODES = 3;
    private static final int SEEDS = 20;

    private static long play(final long seed, final Flaw flaw) {
        return ClusterRun.play(seed, simulation -> new HeapCluster(simulation, NODES, flaw),
            simulation -> new RegisterWorkload(simulation, List.of()));
    }

    @Test
    void acceptsWhatIsRightAndRepeatsItself() {
        for (long seed = 0; seed < SEEDS; seed++) {
            assertEquals(play(seed, Flaw.NONE), play(seed, Flaw.NONE));
        }
    }

    @ParameterizedTest
    @EnumSource(value = Flaw.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void findsWhatIsWrong(final Flaw flaw) {
        int found = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            try {
                play(seed, flaw);
            } catch (final AssertionError e) {
                found++;
            }
        }
        assertTrue(found > SEEDS / 2, flaw + " found in " + found + " of " + SEEDS + " runs");
    }
}
