package org.dsmfs.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.dsmfs.engine.node.ShippingNode;
import org.dsmfs.engine.sim.ClusterRun;
import org.dsmfs.engine.sim.Faults.Fault;
import org.dsmfs.engine.sim.NodeCluster;
import org.dsmfs.engine.sim.Seeds;
import org.dsmfs.engine.sim.Simulation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whole clusters from a seed, from the filesystem down to simulated disks and network: clients on all nodes make random
 * calls on few names, and every result must fit into one order of all calls; in the end all nodes show the same tree.
 * How many, and one alone: see {@link Seeds}.
 */
class ClusterFilesTest {
    private static final int SEEDS = 85;
    /** These runs take longer. */
    private static final int SEPARATED_SEEDS = 20;
    private static final int MOST_NODES = 4;
    private static final int CLIENTS_PER_NODE = 2;
    private static final List<Fault> CRASHES = List.of(Fault.KILL, Fault.POWER);
    private static final List<Fault> FAILURES = List.of(Fault.PAUSE, Fault.CUT, Fault.KILL, Fault.POWER);
    private static final long MEMORY_BYTES = 4 << 20;

    private static long run(final long seed, final List<Fault> kinds) {
        return run(seed, kinds, 1);
    }

    private static long run(final long seed, final List<Fault> kinds, final int atOnce) {
        return ClusterRun.play(seed, ClusterFilesTest::cluster,
            simulation -> new FileWorkload(simulation, CLIENTS_PER_NODE, kinds), kinds, atOnce);
    }

    private static NodeCluster cluster(final Simulation simulation) {
        return new NodeCluster(simulation, 2 + simulation.random().nextInt(MOST_NODES - 1),
            (sim, disk, network, membership) -> ShippingNode.start(sim, disk, network, membership, MEMORY_BYTES));
    }

    @Test
    void theSameSeedIsTheSameRun() {
        assertEquals(run(1, List.of()), run(1, List.of()));
    }

    /**
     * A node that stood in for one with a higher number took pages of that for new ones; so it logged that it freed one
     * which its store had never had, and could not start any more.
     */
    @Test
    void pagesOfOthersAreNotNew() {
        run(24, CRASHES);
    }

    /** A crash took a directory, and its number came again, for the list of the files without a name. */
    @Test
    void numbersThatACrashTookMayComeAgain() {
        run(22, CRASHES);
    }

    /** A node stood aside while a file was being closed on it: that gave up, and the locks could be had by others. */
    @Test
    void whatGivesUpWhileItClosesAFileMayHaveLetGoOfIt() {
        run(1022, List.of(Fault.SEPARATE));
    }

    /** The list of a start that was over was removed while the pages of all nodes were being counted. */
    @Test
    void nodesCleanUpBeforeTheyAreExamined() {
        run(98, CRASHES);
    }

    /** Who had removed the page with the locks stood aside, and an older version of it came back, with its lock. */
    @Test
    void releasedLocksDoNotComeBack() {
        run(11136, List.of(Fault.CUT));
    }

    /** Locks were lost with a page on its way, and others were denied before they had been entered again. */
    @Test
    void nobodyIsDeniedForLocksThatAreEnteredAgain() {
        run(300500, List.of(Fault.JOIN));
    }

    /** A node that stood in for one that was down asked itself for the locks that had gone with that, and had them twice. */
    @Test
    void whoStandsInHasLostLocksOnce() {
        run(400099, FAILURES, 3);
    }

    @Test
    void callsHaveOneOrder() {
        Seeds.run("no faults", SEEDS, seed -> run(seed, List.of()));
    }

    @ParameterizedTest
    @EnumSource(names = {"SEPARATE", "STOP_THEN_POWER"}, mode = EnumSource.Mode.EXCLUDE)
    void callsHaveOneOrderWhileThingsGoWrong(final Fault fault) {
        Seeds.run(fault.toString(), SEEDS, seed -> run(seed, List.of(fault)));
    }

    @Test
    void callsHaveOneOrderWhileNodesStandAside() {
        Seeds.run("standing aside", SEPARATED_SEEDS, seed -> run(seed, List.of(Fault.SEPARATE)));
    }

    @Test
    void callsHaveOneOrderWhileNodesCrash() {
        Seeds.run("crashes", SEEDS / 2, seed -> run(seed, CRASHES));
    }

    /** Nodes start while others are down. */
    @Test
    void callsHaveOneOrderWhileThreeThingsGoWrongAtOnce() {
        Seeds.run("three faults at once", SEEDS / 2, seed -> run(seed, FAILURES, 3));
    }
}
