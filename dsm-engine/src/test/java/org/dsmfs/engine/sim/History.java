package org.dsmfs.engine.sim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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

        /** The node has crashed: what was not made durable is lost if nobody else has seen it. */
        public void crashed() {
            ofNode.forEach(call -> call.mayBeLost(call.returned() > durable));
        }
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
