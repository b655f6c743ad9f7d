package org.dsmfs.engine.sim;

import org.dsmfs.engine.sim.HeapCluster.Flaw;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The register workload itself: it accepts a cluster that is right, finds one that is not, and repeats itself. */
class RegistersTest {
    private static final long LIMIT_NS = 60_000_000_000L;
    private static final int SEEDS = 20;

    private static long run(final long seed, final Flaw flaw) {
        try (Simulation simulation = new Simulation(seed)) {
            final HeapCluster cluster = new HeapCluster(simulation, 3, flaw);
            final RegisterWorkload workload = new RegisterWorkload(simulation);
            final List<SimulatedThread> clients = new ArrayList<>();
            for (int node = 0; node < cluster.size(); node++) {
                for (int client = 0; client < 2; client++) {
                    clients.add(workload.startClient("node " + node + " client " + client, cluster.space(node),
                        workload.startLife(), 30));
                }
            }
            simulation.run(() -> clients.stream().allMatch(SimulatedThread::isOver), LIMIT_NS);
            workload.check();
            return simulation.fingerprint();
        }
    }

    @Test
    void acceptsWhatIsRightAndRepeatsItself() {
        for (long seed = 0; seed < SEEDS; seed++) {
            assertEquals(run(seed, Flaw.NONE), run(seed, Flaw.NONE));
        }
    }

    @ParameterizedTest
    @EnumSource(value = Flaw.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void findsWhatIsWrong(final Flaw flaw) {
        int found = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            try {
                run(seed, flaw);
            } catch (final AssertionError e) {
                found++;
            }
        }
        assertTrue(found > SEEDS / 2, flaw + " found in " + found + " of " + SEEDS + " runs");
    }
}
