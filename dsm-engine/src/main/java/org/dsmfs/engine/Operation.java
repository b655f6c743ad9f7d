package org.dsmfs.engine;

/**
 * A plain synchronous function over pages: reads, writes private copies, returns. It may be run several times, and
 * only the last run counts, so it must not have effects elsewhere before its last page access. It runs while the
 * core is locked: it must not block, and operations of one space never run at the same time.
 *
 * <p>If it throws, nothing is changed and the exception reaches the caller of {@link Space#execute}.
 */
@FunctionalInterface
public interface Operation<R> {
    /** Runs once, from the start, against a consistent state. */
    R run(PageTransaction transaction);
}
