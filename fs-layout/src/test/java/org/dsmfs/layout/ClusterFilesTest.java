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
    private static final int SEEDS = 220;
    /** These runs take longer. */
    private static final int SEPARATED_SEEDS = 20;
    private static final Size FEW = new Size(2, 4, 2);
    /** As many clients in all, or the search for an order of the calls takes too long. */
    private static final Size MANY = new Size(2, 7, 1);
    private static final List<Fault> CRASHES = List.of(Fault.KILL, Fault.POWER);
    private static final List<Fault> FAILURES = List.of(Fault.PAUSE, Fault.CUT, Fault.KILL, Fault.POWER);
    private static final long MEMORY_BYTES = 4 << 20;

    private record Size(int leastNodes, int mostNodes, int clientsPerNode) {
        private NodeCluster cluster(final Simulation simulation) {
            return new NodeCluster(simulation, leastNodes + simulation.random().nextInt(mostNodes - leastNodes + 1),
                (sim, disk, network, membership) -> ShippingNode.start(sim, disk, network, membership, MEMORY_BYTES));
        }
    }

    private static long run(final Size size, final long seed, final List<Fault> kinds, final int atOnce) {
        return ClusterRun.play(seed, size::cluster,
            simulation -> new FileWorkload(simulation, size.clientsPerNode, kinds), kinds, atOnce);
    }

    private static long run(final long seed, final List<Fault> kinds) {
        return run(FEW, seed, kinds, 1);
    }

    private static void runAll(final String what, final int seeds, final List<Fault> kinds, final int atOnce) {
        Seeds.run(what, seeds, seed -> run(seed % 2 == 0 ? FEW : MANY, seed, kinds, atOnce));
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
        run(FEW, 400099, FAILURES, 3);
    }

    /** Who was asked a hundred times whether it had entered its locks again had not come to it yet. */
    @Test
    void nobodyIsDeniedForLocksThatAreEnteredLate() {
        run(MANY, 63, FAILURES, 3);
    }

    /** A node that had been down entered a lock again that another one had had since, and was asked in vain to do so. */
    @Test
    void locksThatWereLostWhileANodeWasDownStayLost() {
        run(MANY, 741179, List.of(Fault.SEPARATE), 1);
    }

    /** A node was lost when another one, which had just come back, was about to mount; that gave up after a while. */
    @Test
    void aMountThatGaveUpIsTriedAgain() {
        run(MANY, 800407, FAILURES, 3);
    }

    @Test
    void callsHaveOneOrder() {
        runAll("no faults", SEEDS, List.of(), 1);
    }

    @ParameterizedTest
    @EnumSource(names = {"SEPARATE", "STOP_THEN_POWER"}, mode = EnumSource.Mode.EXCLUDE)
    void callsHaveOneOrderWhileThingsGoWrong(final Fault fault) {
        runAll(fault.toString(), SEEDS, List.of(fault), 1);
    }

    @Test
    void callsHaveOneOrderWhileNodesStandAside() {
        runAll("standing aside", SEPARATED_SEEDS, List.of(Fault.SEPARATE), 1);
    }

    @Test
    void callsHaveOneOrderWhileNodesCrash() {
        runAll("crashes", SEEDS / 2, CRASHES, 1);
    }

    /** Nodes start while others are down. */
    @Test
    void callsHaveOneOrderWhileThreeThingsGoWrongAtOnce() {
        runAll("three faults at once", SEEDS / 2, FAILURES, 3);
    }
}
