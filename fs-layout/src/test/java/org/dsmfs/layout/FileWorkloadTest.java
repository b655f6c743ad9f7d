package org.dsmfs.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.dsmfs.engine.Space;
import org.dsmfs.engine.sim.HeapCluster;
import org.dsmfs.engine.sim.HeapCluster.Flaw;
import org.dsmfs.engine.sim.SimulatedThread;
import org.dsmfs.engine.sim.Simulation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The workload of files itself: it accepts a space that is right, finds one that is not, and repeats itself. */
class FileWorkloadTest {
    private static final long LIMIT_NS = 60_000_000_000L;
    private static final int CLIENTS = 4;
    private static final int CALLS = 60;
    private static final int SEEDS = 20;

    private static long run(final long seed, final Flaw flaw) {
        try (Simulation simulation = new Simulation(seed)) {
            final Space space = new HeapCluster(simulation, 1, flaw).space(0);
            final FileWorkload workload = new FileWorkload(simulation);
            final FileSystem fs = DsmFileSystem.open(
                workload.observe(space), simulation::nowNs, AtimePolicy.NOATIME, Caller.ROOT);
            final List<SimulatedThread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(workload.startClient("client " + i, 0, fs, CALLS));
            }
            simulation.run(() -> clients.stream().allMatch(SimulatedThread::isOver), LIMIT_NS);
            final SimulatedThread look = workload.startLastLook("look", 0, fs);
            simulation.run(look::isOver, LIMIT_NS);
            workload.check();
            assertEquals(List.of(), FileSystemCheck.check(space));
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
        assertTrue(found > SEEDS / 10, flaw + " found in " + found + " of " + SEEDS + " runs");
    }
}
