package org.dsmfs.engine.sim;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;

/** All calls of all clients of a run, on one counter. */
public final class History<O> {
    private final List<Call<O>> calls = new ArrayList<>();
    private final Map<Thread, Call<O>> current = new HashMap<>();
    private long counter;

    /**
     * Makes a call.
     *
     * @param operation takes up the result in its {@code run}
     */
    public void call(final String client, final O operation, final Runnable run) {
        call(new Call<>(client, operation, counter++), run);
    }

    private void call(final Call<O> call, final Runnable run) {
        calls.add(call);
        current.put(Thread.currentThread(), call);
        run.run();
        call.returned(counter++);
    }

    /** @return where the clients of one start of a node note what they have made durable */
    public Life startLife() {
        return new Life();
    }

    /** One start of a node: what its clients call, and what of that is durable. */
    public final class Life {
        private final List<Call<O>> ofNode = new ArrayList<>();
        private long durable = -1;

        /** Makes a call as {@link History#call} does. */
        public void call(final String client, final O operation, final Runnable run) {
            final Call<O> call = new Call<>(client, operation, counter++);
            ofNode.add(call);
            History.this.call(call, run);
        }

        /** Makes everything durable that has returned before. */
        public void sync(final Runnable run) {
            final long begin = counter++;
            run.run();
            durable = Math.max(durable, begin);
        }

        /**
         * The node has crashed: the end of what its clients did is lost if nobody made it durable or saw it.
         *
         * @param crash what that does besides
         */
        public void crashed(final O crash) {
            final Call<O> event = happened(crash);
            Call<O> former = null;
            ofNode.sort(Comparator.comparingLong(Call::likelyEffect));
            for (final Call<O> call : ofNode) {
                call.isLostWith(event, former, call.returned() > durable);
                former = call;
            }
        }
    }

    /**
     * Works out what crashes took: what somebody has seen has happened, and all that was done before it on the same node;
     * the rest is left out, for it makes no difference to anybody.
     *
     * @param sees whether what the first call answered shows that the second one has happened
     */
    public void resolveLosses(final BiPredicate<O, O> sees) {
        final Set<Call<O>> known = new HashSet<>(calls.stream().filter(Call::isCertain).toList());
        boolean isMore = true;
        while (isMore) {
            isMore = false;
            for (final Call<O> call : calls) {
                if (!known.contains(call)
                    && known.stream().anyMatch(other -> sees.test(other.operation(), call.operation()))) {
                    call.upToHere().forEach(Call::hasSurvived);
                    isMore |= known.addAll(call.upToHere());
                }
            }
        }
        calls.removeIf(call -> !known.contains(call));
    }

    /** Something happens that no client asked for. */
    public void event(final O event) {
        happened(event);
    }

    private Call<O> happened(final O event) {
        final Call<O> call = new Call<>("cluster", event, counter++);
        calls.add(call);
        call.returned(counter++);
        return call;
    }

    /** @return the counter's next number */
    long next() {
        return counter++;
    }

    /** The call that this thread is making took effect at that number, it seems. What is said first counts. */
    void likelyEffect(final long number) {
        final Call<O> call = current.get(Thread.currentThread());
        if (call != null && call.likelyEffect() == Call.NEVER) {
            call.likelyEffect(number);
        }
    }

    /** @return in the order in which they began */
    public List<Call<O>> calls() {
        return calls;
    }
}
