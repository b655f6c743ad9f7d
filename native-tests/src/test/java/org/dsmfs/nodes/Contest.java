package org.dsmfs.nodes;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.dsmfs.posix.support.TestDirectory;
import org.dsmfs.posix.sys.Errno;
import org.dsmfs.posix.sys.PosixException;

/** Threads on all nodes that do the same at the same time, round after round. */
final class Contest implements AutoCloseable {
    private static final int ROUNDS = Nodes.number("NODE_ROUNDS", 20) * 5;
    private static final int THREADS_PER_NODE = 2;
    private static final int LIMIT_SECONDS = 120;

    private final SharedDirectory shared;
    private final ExecutorService threads;
    private final int contestants;

    Contest(final SharedDirectory shared) {
        this.shared = shared;
        this.contestants = shared.nodes() * THREADS_PER_NODE;
        this.threads = Executors.newFixedThreadPool(contestants);
    }

    /** What a contestant does on its node. */
    @FunctionalInterface
    interface Attempt<T> {
        T run(TestDirectory view, int contestant) throws Throwable;
    }

    /** Looks at what all contestants of a round returned, in their order. */
    @FunctionalInterface
    interface Verdict {
        void check(int round, List<Errno> outcomes) throws Throwable;
    }

    /** What is prepared for a round. */
    @FunctionalInterface
    interface Preparation {
        void run(int round) throws Throwable;
    }

    /** What a contestant tries in a round. */
    @FunctionalInterface
    interface Try {
        void run(TestDirectory view, int contestant, int round) throws Throwable;
    }

    int contestants() {
        return contestants;
    }

    /** Runs rounds: everybody tries at once, and the verdict is told each one's error, null for success. */
    void rounds(final Preparation preparation, final Try attempt, final Verdict verdict) throws Throwable {
        final CyclicBarrier barrier = new CyclicBarrier(contestants);
        for (int i = 1; i <= ROUNDS; i++) {
            final int round = i;
            preparation.run(round);
            final List<Errno> outcomes = all((view, contestant) -> {
                barrier.await(LIMIT_SECONDS, TimeUnit.SECONDS);
                try {
                    attempt.run(view, contestant, round);
                    return null;
                } catch (final PosixException e) {
                    return e.errno();
                }
            });
            try {
                verdict.check(round, outcomes);
            } catch (final AssertionError e) {
                throw new AssertionError("round " + round + ", outcomes " + outcomes + ": " + e.getMessage(), e);
            }
        }
    }

    /** Runs the attempt once for each contestant, all at the same time, and returns what they returned. */
    <T> List<T> all(final Attempt<T> attempt) throws Throwable {
        final List<Future<T>> running = new ArrayList<>();
        for (int i = 0; i < contestants; i++) {
            final int contestant = i;
            running.add(threads.submit(() -> {
                try {
                    return attempt.run(shared.on(contestant), contestant);
                } catch (final Exception | Error e) {
                    throw e;
                } catch (final Throwable e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        final List<T> results = new ArrayList<>();
        for (final Future<T> result : running) {
            results.add(await(result));
        }
        return results;
    }

    private static <T> T await(final Future<T> result) throws Throwable {
        try {
            return result.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (final TimeoutException e) {
            throw new AssertionError("a call hangs", e);
        } catch (final ExecutionException e) {
            throw e.getCause();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
