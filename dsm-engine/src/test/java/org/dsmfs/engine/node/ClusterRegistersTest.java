package org.dsmfs.engine.node;

import org.dsmfs.engine.sim.ClusterRun;
import org.dsmfs.engine.sim.Faults.Fault;
import org.dsmfs.engine.sim.NodeCluster;
import org.dsmfs.engine.sim.RegisterWorkload;
import org.dsmfs.engine.sim.Seeds;
import org.dsmfs.engine.sim.Simulation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.EnumSet;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Whole clusters from a seed: transactions over few pages on all nodes, while nodes and links fail. How many, and one
 * alone: see {@link Seeds}.
 */
class ClusterRegistersTest {
    private static final int SEEDS = 40;
    /** These runs take longer. */
    private static final int SEPARATED_SEEDS = 15;
    private static final int MOST_NODES = 7;
    private static final List<Fault> FAILURES = List.of(Fault.PAUSE, Fault.CUT, Fault.KILL, Fault.POWER);
    /** Who stands aside can't stop in good order. */
    private static final List<Fault> EVERYTHING =
        List.copyOf(EnumSet.complementOf(EnumSet.of(Fault.SEPARATE)));
    private static final long ROOMY_BYTES = 4 << 20;
    /** Pages have to leave the RAM all the time. */
    private static final long TIGHT_BYTES = 48 << 10;

    private static long run(final long seed, final List<Fault> kinds) {
        return run(seed, kinds, 1);
    }

    private static long run(final long seed, final List<Fault> kinds, final int atOnce) {
        return ClusterRun.play(seed, ClusterRegistersTest::cluster,
            simulation -> new RegisterWorkload(simulation, kinds), kinds, atOnce);
    }

    private static NodeCluster cluster(final Simulation simulation) {
        final int size = 2 + simulation.random().nextInt(MOST_NODES - 1);
        final long memoryBytes = simulation.random().nextInt(4) == 0 ? TIGHT_BYTES : ROOMY_BYTES;
        return new NodeCluster(simulation, size, (sim, disk, network, membership) ->
            ShippingNode.start(sim, disk, network, membership, memoryBytes));
    }

    @Test
    void theSameSeedIsTheSameRun() {
        assertEquals(run(1, List.of()), run(1, List.of()));
    }

    /** An epoch began while a whole page was on its way to its slot; it left RAM, and was read before it was there. */
    @Test
    void whatIsNotWrittenYetIsNotReadFromItsSlot() {
        run(3473, FAILURES);
    }

    /**
     * A responsible node that had started anew made a reader's copy the owner's; that got lost on its way to another
     * node while the node was down whose store had the version.
     */
    @Test
    void whoHasTheNewestVersionDurablyIsKnownAfterAStart() {
        run(3391, FAILURES);
    }

    /** A node that stopped freed pages that were absent when it looked, and had come into being elsewhere since. */
    @Test
    void whoStopsFreesNothing() {
        run(44, List.of(Fault.STOP));
    }

    /** SETTLED came before the DONE by which its sender became the owner, and the older versions stayed for good. */
    @Test
    void whatIsSettledAtOnceIsForgottenElsewhere() {
        run(11, List.of(Fault.STOP));
    }

    /** A reader of an absent page became its owner, and the former owner kept its tombstone. */
    @Test
    void whoTakesOverAnAbsentPageThatItHasReadLetsOthersForgetIt() {
        run(3, List.of(Fault.STOP));
    }

    /** A node missed an epoch, and the next one was cut short: what it had known before counted again. */
    @Test
    void whatWasKnownBeforeAnEpochThatWasMissedDoesNotCount() {
        run(5079, FAILURES, 3);
    }

    /** An epoch began while a log that says that an older version is forgotten was not durable: nobody knew of it then. */
    @Test
    void whatIsForgottenButNotDurablyIsForgottenOnceMore() {
        run(154, List.of(Fault.STOP_THEN_POWER));
    }

    /** An owner of an absent page had the others forget theirs, with a tombstone of an earlier absence in its log only. */
    @Test
    void aTombstoneOfAnEarlierAbsenceDoesNotCount() {
        run(1619, List.of(Fault.STOP_THEN_POWER, Fault.KILL));
    }

    /** A node that was to stop took its directory page back from the one that had taken it over. */
    @Test
    void whoStopsLeavesTheDirectoryToOthers() {
        run(10803, List.of(Fault.STOP));
    }

    /** The same two nodes were cut off from each other so often that one of them stood aside, and callers gave up. */
    @Test
    void shortCutsMayAddUp() {
        run(50004, List.of(Fault.CUT));
    }

    @Test
    void transactionsHaveOneOrder() {
        Seeds.run("no faults", SEEDS, seed -> run(seed, List.of()));
    }

    @ParameterizedTest
    @EnumSource(names = "SEPARATE", mode = EnumSource.Mode.EXCLUDE)
    void transactionsHaveOneOrderWhileThingsGoWrong(final Fault fault) {
        Seeds.run(fault.toString(), SEEDS, seed -> run(seed, List.of(fault)));
    }

    @Test
    void transactionsHaveOneOrderWhileEverythingGoesWrong() {
        Seeds.run("all faults", SEEDS, seed -> run(seed, EVERYTHING));
    }

    /** Two nodes don't reach each other, although both are up: one of them stands aside, and the others go on. */
    @Test
    void transactionsHaveOneOrderWhileNodesStandAside() {
        Seeds.run("standing aside", SEPARATED_SEEDS, seed -> run(seed, List.of(Fault.SEPARATE)));
    }

    /** Nodes start while others are down. */
    @Test
    void transactionsHaveOneOrderWhileThreeThingsGoWrongAtOnce() {
        Seeds.run("three faults at once", SEEDS, seed -> run(seed, FAILURES, 3));
    }
}
