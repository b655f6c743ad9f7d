package org.dsmfs.engine.coherence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;

/**
 * Visits every state that a {@link World} can get into within its bounds, breadth first, so that what it finds is
 * shortest. States that differ only in the nodes' names are one. After that it checks that from each state all that is
 * under way can end, without anybody asking for anything new.
 */
final class Explorer {
    /** What was found. */
    record Result(Bounds bounds, int states, long transitions, String violation, List<String> trace) {
        @Override
        public String toString() {
            return bounds + ": " + states + " states, " + transitions + " transitions"
                + (violation == null ? "" : "; " + violation + "\n  " + String.join("\n  ", trace));
        }
    }

    private static final int MAX_STATE_BYTES = 512;

    private final Bounds bounds;
    private final World world;
    private final int maxStates;
    private final int[][] namings;
    private final StateStore states = new StateStore();
    private final int[] codes = new int[256];
    private final byte[] loaded = new byte[MAX_STATE_BYTES];
    private byte[] best = new byte[MAX_STATE_BYTES];
    private byte[] candidate = new byte[MAX_STATE_BYTES];
    private int[] bestNames;
    private int[] parents = new int[1 << 12];
    private int[] causes = new int[1 << 12];
    /** Steps that need no free will, as pairs of states. */
    private int[] steps = new int[1 << 12];
    private int stepEnd;
    private final BitSet quiescent = new BitSet();
    private long transitions;

    /** @param refusing whether unlisted messages are refused, as in production, or violations */
    Explorer(final Bounds bounds, final Protocols protocols, final boolean refusing, final int maxStates) {
        this.bounds = bounds;
        this.world = new World(bounds, protocols, refusing);
        this.maxStates = maxStates;
        this.namings = namings(bounds.nodes());
    }

    /**
     * Explores.
     * @throws IllegalStateException if there are more states than allowed, and no violation among the first
     */
    Result run() {
        int length = canonical();
        remember(states.add(best, length), -1, 0);
        for (int state = 0; state < states.size(); state++) {
            length = states.get(state, loaded);
            world.load(loaded, length);
            final int count = world.events(codes);
            for (int i = 0; i < count; i++) {
                if (i > 0) {
                    world.load(loaded, length);
                }
                try {
                    if (!world.apply(codes[i])) {
                        continue;
                    }
                } catch (final World.Violation e) {
                    return new Result(bounds, states.size(), transitions, e.getMessage(), trace(state, codes[i]));
                }
                transitions++;
                final int nextLength = canonical();
                final int found = states.add(best, nextLength);
                final int next = found < 0 ? -1 - found : found;
                if (found >= 0) {
                    remember(found, state, codes[i]);
                }
                if (!World.isFree(codes[i]) && next != state) {
                    addStep(state, next);
                }
            }
            if (states.size() > maxStates) {
                throw new IllegalStateException(bounds + ": more than " + maxStates + " states");
            }
        }
        final int stuck = stuck();
        return new Result(bounds, states.size(), transitions, stuck < 0 ? null : "somebody waits for ever",
            stuck < 0 ? List.of() : trace(stuck, -1));
    }

    private void remember(final int state, final int parent, final int cause) {
        if (state == parents.length) {
            parents = Arrays.copyOf(parents, 2 * state);
            causes = Arrays.copyOf(causes, 2 * state);
        }
        parents[state] = parent;
        causes[state] = cause;
        if (world.isQuiescent()) {
            quiescent.set(state);
        }
    }

    private void addStep(final int from, final int to) {
        if (stepEnd == steps.length) {
            steps = Arrays.copyOf(steps, 2 * stepEnd);
        }
        steps[stepEnd++] = from;
        steps[stepEnd++] = to;
    }

    /** Saves the world under the names that make its bytes least. @return their length */
    private int canonical() {
        int length = world.save(best, namings[0]);
        bestNames = namings[0];
        for (int i = 1; i < namings.length; i++) {
            world.save(candidate, namings[i]);
            if (Arrays.compare(candidate, 0, length, best, 0, length) < 0) {
                final byte[] swap = best;
                best = candidate;
                candidate = swap;
                bestNames = namings[i];
            }
        }
        return length;
    }

    /** Goes backward from the quiescent states. @return a state from which none can be reached, -1 if there is none */
    private int stuck() {
        final int size = states.size();
        final int[] first = new int[size + 1];
        for (int i = 1; i < stepEnd; i += 2) {
            first[steps[i] + 1]++;
        }
        for (int i = 0; i < size; i++) {
            first[i + 1] += first[i];
        }
        final int[] sources = new int[stepEnd / 2];
        final int[] filled = Arrays.copyOf(first, size);
        for (int i = 0; i < stepEnd; i += 2) {
            sources[filled[steps[i + 1]]++] = steps[i];
        }
        final int[] queue = new int[size];
        int end = 0;
        for (int state = quiescent.nextSetBit(0); state >= 0; state = quiescent.nextSetBit(state + 1)) {
            queue[end++] = state;
        }
        for (int i = 0; i < end; i++) {
            for (int source = first[queue[i]]; source < first[queue[i] + 1]; source++) {
                if (!quiescent.get(sources[source])) {
                    quiescent.set(sources[source]);
                    queue[end++] = sources[source];
                }
            }
        }
        final int stuck = quiescent.nextClearBit(0);
        return stuck < size ? stuck : -1;
    }

    /**
     * @return the steps to a state, and one more if the code is not -1, each node under the name it had at the start
     */
    private List<String> trace(final int state, final int code) {
        final List<Integer> path = new ArrayList<>();
        for (int at = state; at > 0; at = parents[at]) {
            path.add(at);
        }
        Collections.reverse(path);
        final List<String> lines = new ArrayList<>();
        final byte[] bytes = new byte[MAX_STATE_BYTES];
        int[] original = namings[0].clone();
        int at = 0;
        for (final int next : path) {
            world.load(bytes, states.get(at, bytes));
            lines.add(world.describe(causes[next], original));
            world.apply(causes[next]);
            canonical();
            final int[] renamed = original.clone();
            for (int node = 0; node < bounds.nodes(); node++) {
                renamed[bestNames[node]] = original[node];
            }
            original = renamed;
            at = next;
        }
        if (code >= 0) {
            world.load(bytes, states.get(at, bytes));
            lines.add(world.describe(code, original));
        }
        return lines;
    }

    private static int[][] namings(final int nodes) {
        final List<int[]> all = new ArrayList<>();
        addNamings(new int[]{0, 1, 2, 3}, 0, nodes, all);
        return all.toArray(int[][]::new);
    }

    private static void addNamings(final int[] names, final int from, final int nodes, final List<int[]> all) {
        if (from == nodes) {
            all.add(names.clone());
            return;
        }
        for (int i = from; i < nodes; i++) {
            final int[] swapped = names.clone();
            swapped[from] = names[i];
            swapped[i] = names[from];
            addNamings(swapped, from + 1, nodes, all);
        }
    }
}
