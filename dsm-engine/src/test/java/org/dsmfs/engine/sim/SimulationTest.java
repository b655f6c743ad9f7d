package org.dsmfs.engine.sim;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SimulationTest {
    private static final long SECOND_NS = 1_000_000_000;

    @Test
    void theSameSeedIsTheSameRun() {
        assertEquals(play(7), play(7));
        assertNotEquals(play(7), play(8));
    }

    private static List<String> play(final long seed) {
        final List<String> story = new ArrayList<>();
        try (Simulation simulation = new Simulation(seed)) {
            final List<SimulatedThread> threads = IntStream.range(0, 5).mapToObj(i ->
                simulation.start("thread " + i, () -> {
                    for (int step = 0; step < 20; step++) {
                        story.add(i + " at " + simulation.nowNs());
                        simulation.sleep(simulation.random().nextInt(1000));
                    }
                })).toList();
            simulation.run(() -> threads.stream().allMatch(SimulatedThread::isOver), SECOND_NS);
            story.add("" + simulation.fingerprint());
        }
        return story;
    }

    @Test
    void aThreadWaitsForWhatAnotherDoes() {
        try (Simulation simulation = new Simulation(1)) {
            final boolean[] done = new boolean[2];
            simulation.start("waits", () -> {
                simulation.await(() -> done[0]);
                done[1] = true;
            });
            simulation.start("does", () -> {
                simulation.sleep(1000);
                assertTrue(!done[1]);
                done[0] = true;
            });
            simulation.run(() -> done[1], SECOND_NS);
        }
    }

    @Test
    void aRunWithoutEndIsToldFromOneThatIsStuck() {
        try (Simulation simulation = new Simulation(1)) {
            final SimulatedThread sleeper = simulation.start("sleeper", () -> simulation.sleep(10 * SECOND_NS));
            final Throwable tooLong =
                assertThrows(AssertionError.class, () -> simulation.run(sleeper::isOver, SECOND_NS)).getCause();
            assertTrue(tooLong.getMessage().startsWith("no end in sight"), tooLong.getMessage());
            simulation.run(sleeper::isOver, 10 * SECOND_NS);
            final SimulatedThread forEver = simulation.start("for ever", () -> simulation.await(() -> false));
            final Throwable stuck =
                assertThrows(AssertionError.class, () -> simulation.run(forEver::isOver, SECOND_NS)).getCause();
            assertTrue(stuck.getMessage().startsWith("nothing is left to happen"), stuck.getMessage());
            assertEquals("for ever waits", stuck.getSuppressed()[0].getMessage());
        }
    }

    @Test
    void whatAThreadThrowsEndsTheRun() {
        try (Simulation simulation = new Simulation(1)) {
            simulation.start("fails", () -> {
                throw new IllegalStateException("on purpose");
            });
            final AssertionError failure =
                assertThrows(AssertionError.class, () -> simulation.run(() -> false, SECOND_NS));
            assertEquals("on purpose", failure.getCause().getCause().getMessage());
        }
    }

    @Test
    void aCrashedThreadNeverGoesOn() {
        final List<String> story = new ArrayList<>();
        try (Simulation simulation = new Simulation(1)) {
            final SimulatedThread thread = simulation.start("dies", () -> {
                story.add("starts");
                simulation.sleep(1000);
                story.add("goes on");
            });
            simulation.run(() -> !story.isEmpty(), SECOND_NS);
            thread.crash();
            simulation.run(thread::isOver, SECOND_NS);
        }
        assertEquals(List.of("starts"), story);
    }
}
