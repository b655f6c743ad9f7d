package org.dsmfs.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.dsmfs.engine.sim.ClusterRun;
import org.dsmfs.engine.sim.HeapCluster;
import org.dsmfs.engine.sim.HeapCluster.Flaw;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The workload of files itself: it accepts a space that is right, finds one that is not, and repeats itself. */
class FileWorkloadTest {
    private static final int CLIENTS = 6;
    private static final int SEEDS = 20;

    private static long play(final long seed, final Flaw flaw) {
        return ClusterRun.play(seed, simulation -> new HeapCluster(simulation, 1, flaw),
            simulation -> new FileWorkload(simulation, CLIENTS, List.of()));
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
        assertTrue(found > SEEDS / 10, flaw + " found in " + found + " of " + SEEDS + " runs");
    }
}
