package org.dsmfs.engine.node;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.agrona.collections.IntArrayList;
import org.agrona.collections.LongHashSet;

/**
 * Goes through every order in which what happens on a few nodes can happen, by doing it again from the start for each
 * way that has not been gone. Two orders that are the same on each node lead to the same state and are gone on from once.
 */
final class OrderExplorer {
    private final Supplier<SteeredNodes> start;
    private final Consumer<SteeredNodes> check;
    private final LongHashSet states = new LongHashSet();
    private final Deque<int[]> untried = new ArrayDeque<>();
    private final int mostStates;
    private int ends;
    private int runs;
    private int running;
    private AssertionError failure;

    /**
     * @param mostStates after which it gives up
     * @param start makes the nodes, always the same
     * @param check looks at them when nothing more can happen
     */
    OrderExplorer(final int mostStates, final Supplier<SteeredNodes> start, final Consumer<SteeredNodes> check) {
        this.mostStates = mostStates;
        this.start = start;
        this.check = check;
    }

    /**
     * Explores.
     *
     * @throws AssertionError with the steps that led there, if anything is wrong
     */
    void explore() throws InterruptedException {
        untried.push(new int[0]);
        final List<Thread> workers = new ArrayList<>();
        for (int i = Runtime.getRuntime().availableProcessors(); i > 0; i--) {
            workers.add(new Thread(this::work));
        }
        workers.forEach(Thread::start);
        for (final Thread worker : workers) {
            worker.join();
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void work() {
        for (int[] choices = next(); choices != null; choices = next()) {
            try (SteeredNodes nodes = start.get()) {
                run(nodes, choices);
            } catch (final AssertionError | RuntimeException e) {
                fail(e);
            } finally {
                done();
            }
        }
    }

    /** @return what to begin with; null if there is nothing left */
    private synchronized int[] next() {
        while (untried.isEmpty() && running > 0) {
            try {
                wait();
            } catch (final InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        if (untried.isEmpty() || failure != null) {
            return null;
        }
        if (states.size() > mostStates) {
            failure = new AssertionError("more than " + mostStates + " states");
            return null;
        }
        running++;
        runs++;
        return untried.pop();
    }

    private synchronized void done() {
        running--;
        notifyAll();
    }

    private synchronized void fail(final Throwable e) {
        failure = failure == null ? new AssertionError(e.getMessage(), e) : failure;
        untried.clear();
    }

    private void run(final SteeredNodes nodes, final int[] choices) {
        final List<SteeredNodes.Step> path = new ArrayList<>();
        final IntArrayList gone = new IntArrayList();
        try {
            do {
                for (List<SteeredNodes.Step> steps = nodes.steps(); !steps.isEmpty(); steps = nodes.steps()) {
                    final int choice = path.size() < choices.length ? choices[path.size()]
                        : choose(nodes, steps, gone.toIntArray());
                    if (choice < 0) {
                        return;
                    }
                    gone.addInt(choice);
                    path.add(steps.get(choice));
                    nodes.take(steps.get(choice));
                }
            } while (nodes.passTime());
            end(nodes);
        } catch (final AssertionError | RuntimeException e) {
            throw new AssertionError(e.getMessage() + " after\n  " + String.join("\n  ",
                path.stream().map(SteeredNodes.Step::toString).toList()), e);
        }
    }

    private synchronized void end(final SteeredNodes nodes) {
        ends++;
        check.accept(nodes);
    }

    /** @return the first step that leads to a new state, others being left for later; -1 if none does */
    private synchronized int choose(final SteeredNodes nodes, final List<SteeredNodes.Step> steps, final int[] gone) {
        int first = -1;
        for (int i = 0; i < steps.size(); i++) {
            if (states.add(nodes.stateAfter(steps.get(i)))) {
                if (first < 0) {
                    first = i;
                } else {
                    final int[] path = Arrays.copyOf(gone, gone.length + 1);
                    path[gone.length] = i;
                    untried.push(path);
                }
            }
        }
        return first;
    }

    @Override
    public String toString() {
        return states.size() + " states, " + ends + " ends, " + runs + " runs";
    }
}
