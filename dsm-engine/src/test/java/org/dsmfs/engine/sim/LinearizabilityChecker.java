package org.dsmfs.engine.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Looks for an order of all calls in which each call has the result that it had, and comes after those that had returned
 * before it began (Wing and Gong, Testing and Verifying Concurrent Objects, 1993). States that led nowhere are
 * remembered (Lowe, Testing for Linearizability, 2017). Calls that did not return, or
 * were lost in a crash, may be left out.
 */
public final class LinearizabilityChecker<S, O> {
    private static final int MOST_STEPS = 3_000_000;
    private static final int CALLS_IN_MESSAGE = 25;

    private final Specification<S, O> specification;
    private final List<Call<O>> calls;
    private final BitSet ordered = new BitSet();
    private final Deque<Level> levels = new ArrayDeque<>();
    /** By the set of calls that were ordered: the states after them that led nowhere. */
    private final Map<BitSet, Set<Object>> dead = new HashMap<>();
    private int left;
    private int steps;
    private int leastLeft = Integer.MAX_VALUE;
    private String deepest = "";

    /** After some calls: the state, and those that may be next. */
    private final class Level {
        private final int call;
        private final S state;
        private final List<Integer> candidates;
        private int tried;

        Level(final int call, final S state) {
            this.call = call;
            this.state = state;
            this.candidates = candidates();
        }
    }

    private LinearizabilityChecker(final Specification<S, O> specification, final History<O> history) {
        this.specification = specification;
        this.calls = history.calls();
        for (int i = 0; i < calls.size(); i++) {
            calls.get(i).index(i);
        }
        this.left = (int) calls.stream().filter(Call::isCertain).count();
    }

    /**
     * @return the state after all calls, in the order that was found
     * @throws AssertionError if there is no such order, with the calls around which it fails
     */
    public static <S, O> S check(final Specification<S, O> specification, final S initial, final History<O> history) {
        return new LinearizabilityChecker<>(specification, history).search(initial);
    }

    private S search(final S initial) {
        levels.push(new Level(-1, initial));
        while (left > 0) {
            final Level level = levels.peek();
            if (level.tried == level.candidates.size()) {
                remember(level);
                backUp();
            } else {
                tryNext(level);
            }
        }
        return levels.peek().state;
    }

    private void tryNext(final Level level) {
        final int index = level.candidates.get(level.tried++);
        final Call<O> call = calls.get(index);
        if (++steps > MOST_STEPS) {
            throw new AssertionError("gave up after " + MOST_STEPS + " steps; deepest:\n" + deepest);
        }
        final S after = specification.apply(level.state, call.operation(), call.isReturned());
        final S next = after == null && call.mayBeMoot() ? level.state : after;
        if (next == null || !call.isCertain() && isSame(next, level.state)) {
            // What may be left out, and changes nothing, is left out: else it would be tried at each place.
            return;
        }
        ordered.set(index);
        final Set<Object> known = dead.get(ordered);
        if (known != null && known.contains(specification.fingerprint(next))) {
            ordered.clear(index);
            return;
        }
        left -= call.isCertain() ? 1 : 0;
        levels.push(new Level(index, next));
    }

    private boolean isSame(final S one, final S other) {
        return specification.fingerprint(one).equals(specification.fingerprint(other));
    }

    private void remember(final Level level) {
        dead.computeIfAbsent((BitSet) ordered.clone(), key -> new HashSet<>())
            .add(specification.fingerprint(level.state));
        if (left < leastLeft) {
            leastLeft = left;
            deepest = describe(level);
        }
    }

    private void backUp() {
        final Level level = levels.pop();
        if (levels.isEmpty()) {
            throw new AssertionError("not linearizable, " + leastLeft + " calls can't be ordered:\n" + deepest);
        }
        ordered.clear(level.call);
        left += calls.get(level.call).isCertain() ? 1 : 0;
    }

    /** @return those that are not ordered and began before each of those returned, likely ones first */
    private List<Integer> candidates() {
        final List<Integer> candidates = new ArrayList<>();
        long firstReturn = Long.MAX_VALUE;
        for (int i = ordered.nextClearBit(0); i < calls.size() && calls.get(i).invoked() < firstReturn;
             i = ordered.nextClearBit(i + 1)) {
            if (calls.get(i).mayFollow(ordered)) {
                candidates.add(i);
            }
            if (calls.get(i).isCertain()) {
                firstReturn = Math.min(firstReturn, calls.get(i).returned());
            }
        }
        candidates.sort(Comparator.comparingLong((Integer i) -> calls.get(i).likelyEffect())
            .thenComparingLong(i -> calls.get(i).returned()));
        return candidates;
    }

    private String describe(final Level last) {
        final StringBuilder text = new StringBuilder("  in order:\n");
        final List<Level> path = new ArrayList<>(levels);
        for (int i = Math.min(CALLS_IN_MESSAGE, path.size() - 1) - 1; i >= 0; i--) {
            text.append("    ").append(calls.get(path.get(i).call)).append('\n');
        }
        text.append("  none of these can be next:\n");
        last.candidates.forEach(i -> text.append("    ").append(calls.get(i)).append('\n'));
        return text.append("  after: ").append(last.state).toString();
    }
}
