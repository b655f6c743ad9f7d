package org.dsmfs.engine.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.BooleanSupplier;

/**
 * Virtual time, and the threads that live in it. They are real threads, but only one runs at a time, and which one is
 * drawn from the seed: a thread runs until it waits, and what it waits for may be a condition or the time. Events run
 * between, on the thread that called {@link #run}. So the same seed gives the same run, however long it takes.
 *
 * <p>To be used by one thread, and by those it {@link #start}s.
 */
public final class Simulation implements AutoCloseable {
    /** A condition is looked at again this long after it became true at most. */
    private static final int MOST_RESUME_DELAY_NS = 20_000;

    private final Random random;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final List<SimulatedThread> threads = new ArrayList<>();
    private final List<SimulatedThread> ready = new ArrayList<>();
    private final Baton baton = new Baton();
    private long nowNs;
    private long scheduled;
    private long switches;
    private long fingerprint;
    private boolean isInEvent;

    private record Event(long atNs, long number, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(final Event other) {
            return atNs != other.atNs ? Long.compare(atNs, other.atNs) : Long.compare(number, other.number);
        }
    }

    public Simulation(final long seed) {
        random = new Random(seed);
    }

    /** @return where all chance comes from */
    public Random random() {
        return random;
    }

    /** @return virtual time since the start */
    public long nowNs() {
        return nowNs;
    }

    /** @return how often a thread got its turn */
    public long switches() {
        return switches;
    }

    /** @return a hash of all that was decided so far */
    public long fingerprint() {
        return fingerprint;
    }

    /** Has the event run after the time; events of the same time run in the order of the calls. */
    public void after(final long delayNs, final Runnable event) {
        events.add(new Event(nowNs + delayNs, scheduled++, event));
    }

    /** Starts a thread; it has its first turn later. */
    public SimulatedThread start(final String name, final Runnable body) {
        final SimulatedThread thread = new SimulatedThread(name, body, baton);
        threads.add(thread);
        return thread;
    }

    /** Lets everything go on until the condition holds; outside the simulation's threads, runs them meanwhile. */
    public void await(final BooleanSupplier done) {
        final SimulatedThread current = SimulatedThread.current();
        if (current != null) {
            current.await(done);
        } else if (isInEvent) {
            throw new IllegalStateException("an event must not wait");
        } else {
            run(done, Long.MAX_VALUE);
        }
    }

    /** Lets the time pass. */
    public void sleep(final long durationNs) {
        final long endNs = nowNs + durationNs;
        after(durationNs, () -> { });
        await(() -> nowNs >= endNs);
    }

    /**
     * Runs until the condition holds.
     *
     * @throws AssertionError if there is nothing left to do, or the time is up, and who waits where; whatever a thread
     *     or an event throws
     */
    public void run(final BooleanSupplier until, final long limitNs) {
        final long endNs = limitNs == Long.MAX_VALUE ? limitNs : nowNs + limitNs;
        while (!until.getAsBoolean()) {
            ready.clear();
            for (final SimulatedThread thread : threads) {
                if (thread.isReady()) {
                    ready.add(thread);
                }
            }
            final Event next = events.peek();
            if (!ready.isEmpty() && (next == null || next.atNs > nowNs || random.nextInt(4) > 0)) {
                final SimulatedThread thread = ready.get(ready.size() == 1 ? 0 : random.nextInt(ready.size()));
                decided(threads.indexOf(thread));
                nowNs += random.nextInt(MOST_RESUME_DELAY_NS);
                turn(thread);
            } else if (next == null) {
                throw stuck("nothing is left to happen");
            } else if (next.atNs > endNs) {
                throw stuck("no end in sight");
            } else {
                events.poll();
                nowNs = Math.max(nowNs, next.atNs);
                decided(-1);
                happen(next);
            }
        }
    }

    private void turn(final SimulatedThread thread) {
        switches++;
        thread.turn();
        if (thread.isOver()) {
            threads.remove(thread);
            if (thread.failure() != null) {
                throw new AssertionError(thread + " failed at " + nowNs + " ns: " + thread.failure(),
                    thread.failure());
            }
        }
    }

    private void happen(final Event event) {
        isInEvent = true;
        try {
            event.action.run();
        } finally {
            isInEvent = false;
        }
    }

    private void decided(final int what) {
        fingerprint = (fingerprint * 31 + what) * 31 + nowNs;
    }

    private AssertionError stuck(final String why) {
        final AssertionError error = new AssertionError(why + " at " + nowNs + " ns; waiting: " + threads);
        threads.forEach(thread -> error.addSuppressed(thread.whereItWaits()));
        return error;
    }

    /** Ends all threads: whatever they wait for, they get a {@link SimulatedCrash} instead. */
    @Override
    public void close() {
        for (final SimulatedThread thread : threads) {
            thread.crash();
            while (!thread.isOver()) {
                thread.turn();
            }
        }
        threads.clear();
    }
}
