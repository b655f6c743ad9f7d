package org.dsmfs.engine.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.BooleanSupplier;

/**
 * Virtual time, and the threads that live in it. They are real threads, but only one runs at a time, and which one is
 * drawn from the seed: a thread runs until it waits, and what it waits for may be a condition or the time. Events run
 * between. So the same seed gives the same run, however long it takes.
 *
 * <p>A thread that waits does itself what is to be done next, events included, until it is another thread's turn: most
 * of the time of a simulation would go into handing over.
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
    private boolean isClosing;
    private BooleanSupplier until;
    private long endNs;
    private Throwable failure;
    private Thread runner;

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

    /** @return how often a thread handed over to another one */
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
        final SimulatedThread thread = new SimulatedThread(name, body, this, baton);
        threads.add(thread);
        return thread;
    }

    /** Lets everything go on until the condition holds; outside the simulation's threads, runs them meanwhile. */
    public void await(final BooleanSupplier done) {
        final SimulatedThread current = SimulatedThread.current();
        if (isInEvent) {
            throw new IllegalStateException("an event must not wait");
        } else if (current != null) {
            current.await(done);
        } else {
            run(done, Long.MAX_VALUE);
        }
    }

    /** Lets the time pass. */
    public void sleep(final long durationNs) {
        final long wakeNs = nowNs + durationNs;
        after(durationNs, () -> { });
        await(() -> nowNs >= wakeNs);
    }

    /**
     * Runs until the condition holds.
     *
     * @throws AssertionError if there is nothing left to do, or the time is up, and who waits where; or a thread or an
     *     event has failed
     */
    public void run(final BooleanSupplier newUntil, final long limitNs) {
        until = newUntil;
        endNs = limitNs == Long.MAX_VALUE ? limitNs : nowNs + limitNs;
        runner = Thread.currentThread();
        final SimulatedThread next = next();
        if (next != null) {
            baton.exchange(next.thread());
        }
        if (failure != null) {
            final Throwable reason = failure;
            failure = null;
            throw new AssertionError("at " + nowNs + " ns: " + reason, reason);
        }
    }

    /** The calling thread waits, or is over, and whoever is next goes on; returns when it is this thread's turn again. */
    void giveTurn(final SimulatedThread current) {
        final SimulatedThread next = next();
        if (next == current && !current.isOver()) {
            return;
        }
        switches++;
        final Thread target = next == null ? runner : next.thread();
        if (current.isOver()) {
            baton.pass(target);
        } else {
            baton.exchange(target);
        }
    }

    void over(final SimulatedThread thread, final Throwable reason) {
        threads.remove(thread);
        if (failure == null) {
            failure = reason;
        }
    }

    /** Lets events happen until it is a thread's turn. @return that thread; null if the run ends */
    private SimulatedThread next() {
        try {
            while (!isClosing && failure == null && !until.getAsBoolean()) {
                ready.clear();
                for (final SimulatedThread thread : threads) {
                    if (thread.isReady()) {
                        ready.add(thread);
                    }
                }
                final Event event = events.peek();
                if (!ready.isEmpty() && (event == null || event.atNs > nowNs || random.nextInt(4) > 0)) {
                    final SimulatedThread thread = ready.get(ready.size() == 1 ? 0 : random.nextInt(ready.size()));
                    decided(threads.indexOf(thread));
                    nowNs += random.nextInt(MOST_RESUME_DELAY_NS);
                    return thread;
                } else if (event == null) {
                    failure = stuck("nothing is left to happen");
                } else if (event.atNs > endNs) {
                    failure = stuck("no end in sight");
                } else {
                    events.poll();
                    nowNs = Math.max(nowNs, event.atNs);
                    decided(-1);
                    happen(event);
                }
            }
        } catch (final RuntimeException | Error e) {
            failure = e;
        }
        return null;
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
        isClosing = true;
        runner = Thread.currentThread();
        for (final SimulatedThread thread : List.copyOf(threads)) {
            thread.crash();
            while (!thread.isOver()) {
                baton.exchange(thread.thread());
            }
        }
    }
}
