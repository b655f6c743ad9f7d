package org.dsmfs.engine.sim;

import org.dsmfs.engine.PageUnavailableException;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

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
        call(new Call<>(client, operation, counter++), run, () -> false, false);
    }

    private void call(final Call<O> call, final Runnable run, final BooleanSupplier mayGiveUp,
                      final boolean isClosing) {
        calls.add(call);
        current.put(Thread.currentThread(), call);
        try {
            run.run();
        } catch (final PageUnavailableException e) {
            if (!mayGiveUp.getAsBoolean()) {
                throw e;
            }
        }
        if (!mayGiveUp.getAsBoolean() || !call.hasGivenUp()) {
            call.returned(counter++);
        } else if (!isClosing && !call.hasExecuted()) {
            calls.remove(call);
        }
    }

    /**
     * @param mayGiveUp whether calls that end now may find that pages are out of reach: they have no result then. They
     *                  have had no effect if that was in their first transaction; else they may have, or not
     * @return where the clients of one start of a node note what they have made durable
     */
    public Life startLife(final BooleanSupplier mayGiveUp) {
        return new Life(mayGiveUp);
    }

    /** One start of a node: what its clients call, and what of that is durable. */
    public final class Life {
        private final BooleanSupplier mayGiveUp;
        private final List<Call<O>> ofNode = new ArrayList<>();
        private long durable = -1;
        private boolean isEnding;
        private Call<O> crash;

        private Life(final BooleanSupplier mayGiveUp) {
            this.mayGiveUp = mayGiveUp;
        }

        /** Makes a call as {@link History#call} does. */
        public void call(final String client, final O operation, final Runnable run) {
            History.this.call(begin(client, operation), run, mayGiveUp, false);
        }

        /**
         * Makes a call that changes something volatile: others may see that before any log has it.
         *
         * @param isVolatile whether it has changed nothing else, asked when it is over
         */
        public void callVolatile(final String client, final O operation, final Runnable run,
                                 final BooleanSupplier isVolatile) {
            final Call<O> call = begin(client, operation);
            call.setVolatile(isVolatile);
            History.this.call(call, run, mayGiveUp, false);
        }

        /** Makes a call that lets go of something, also of something volatile, even if it gives up. */
        public void close(final String client, final O operation, final Runnable run) {
            final Call<O> call = begin(client, operation);
            call.setVolatile(() -> true);
            History.this.call(call, run, mayGiveUp, true);
        }

        private Call<O> begin(final String client, final O operation) {
            final Call<O> call = new Call<>(client, operation, counter++);
            ofNode.add(call);
            return call;
        }

        /** Makes everything durable that has returned before. */
        public void sync(final Runnable run) {
            final long begin = counter++;
            run.run();
            durable = Math.max(durable, begin);
        }

        /** The node is to be stopped: its clients make no more calls. */
        public void end() {
            isEnding = true;
        }

        public boolean isEnding() {
            return isEnding;
        }

        /** The node has crashed, and its clients are gone. @param operation what that does to all */
        public void crashed(final O operation) {
            crash = new Call<>("cluster", operation, counter++);
            calls.add(crash);
        }

        /**
         * The node is back: what was not durable, and its log had not kept, has not happened, and nobody may have seen
         * it.
         *
         * @param recoveredLsn where the log ended then
         */
        public void recovered(final long recoveredLsn) {
            crash.returned(counter++);
            for (final Call<O> call : ofNode) {
                final boolean isDurable = call.returned() < durable;
                if (!isDurable && !call.hasBegunBefore(recoveredLsn)) {
                    if (!call.isVolatile()) {
                        calls.remove(call);
                    } else if (call.isReturned()) {
                        call.setMoot();
                    } else {
                        call.isOptionalBefore(crash);
                    }
                } else if (!isDurable && !call.hasEndedBefore(recoveredLsn)) {
                    call.isOptionalBefore(crash);
                }
            }
        }
    }

    /** Something happens that no client asked for. */
    public void event(final O event) {
        final Call<O> call = new Call<>("cluster", event, counter++);
        calls.add(call);
        call.returned(counter++);
    }

    /** @return the counter's next number */
    long next() {
        return counter++;
    }

    /**
     * A transaction of the call that this thread is making has ended.
     *
     * @param number when it ran, on the counter
     * @param lsn    where the node's log ended then, before it: if the transaction has logged anything, that is behind
     */
    void executed(final long number, final long lsn) {
        final Call<O> call = current.get(Thread.currentThread());
        if (call != null) {
            call.executed(number, lsn);
        }
    }

    /** The call that this thread is making has found that pages are out of reach. */
    void gaveUp() {
        final Call<O> call = current.get(Thread.currentThread());
        if (call != null) {
            call.giveUp();
        }
    }

    /** @return in the order in which they began */
    public List<Call<O>> calls() {
        return calls;
    }
}
