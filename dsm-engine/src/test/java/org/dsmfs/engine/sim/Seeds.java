package org.dsmfs.engine.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;

/**
 * Runs that differ in their seed only, as many at a time as there are processors.
 */
public final class Seeds {
    private static final int SEEDS_IN_MESSAGE = 20;

    private Seeds() {
    }

    /**
     * Runs of clusters: {@code -Ddsm.cluster.seeds=N} sets how many of each kind are run, {@code -Ddsm.cluster.seed=N}
     * with which seed to begin; without a number of seeds that one is run alone.
     *
     * @param what  kind of the runs
     * @param usual how many are run if nothing else is said
     * @throws AssertionError as {@link #runWhile}
     */
    public static void run(final String what, final int usual, final LongConsumer play) {
        final Long only = Long.getLong("dsm.cluster.seed");
        final long first = only == null ? 1 : only;
        final long end = first + Integer.getInteger("dsm.cluster.seeds", only == null ? usual : 1);
        runWhile(what, "dsm.cluster.seed", first, seed -> seed < end, play);
    }

    /**
     * Runs one seed after the other, whatever fails.
     *
     * @param what     kind of the runs
     * @param property that names a seed to be run again
     * @param isWanted whether the seed is to be run; if not, none after it is
     * @throws AssertionError naming the seeds that failed, with the first one's reason
     */
    public static void runWhile(final String what, final String property, final long first,
                                final LongPredicate isWanted, final LongConsumer play) {
        final Map<Long, Throwable> failures = runAll(first, isWanted, play);
        if (!failures.isEmpty()) {
            final long seed = failures.keySet().iterator().next();
            final List<Long> seeds = failures.keySet().stream().limit(SEEDS_IN_MESSAGE).toList();
            throw new AssertionError(what + ": " + failures.size() + " seeds failed, " + seeds
                + "; run the first again with -D" + property + "=" + seed, failures.get(seed));
        }
    }

    /** @return by seed, why it failed */
    private static Map<Long, Throwable> runAll(final long first, final LongPredicate isWanted,
                                               final LongConsumer play) {
        final Map<Long, Throwable> failures = new ConcurrentSkipListMap<>();
        final AtomicLong next = new AtomicLong(first);
        final int workers = Runtime.getRuntime().availableProcessors();
        final ExecutorService executor = Executors.newFixedThreadPool(workers);
        try {
            final List<Future<?>> running = new ArrayList<>();
            for (int worker = 0; worker < workers; worker++) {
                running.add(executor.submit(() -> {
                    for (long seed = next.getAndIncrement(); isWanted.test(seed); seed = next.getAndIncrement()) {
                        try {
                            play.accept(seed);
                        } catch (final RuntimeException | AssertionError e) {
                            failures.put(seed, e);
                        }
                    }
                }));
            }
            for (final Future<?> worker : running) {
                worker.get();
            }
        } catch (final InterruptedException | ExecutionException e) {
            throw new AssertionError("the runs came to no end", e);
        } finally {
            executor.shutdownNow();
        }
        return failures;
    }
}
