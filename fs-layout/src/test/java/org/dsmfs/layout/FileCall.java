package org.dsmfs.layout;

import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** A call of a {@link FileSystem}: how to make it, what came back, and what the model says to it. */
final class FileCall {
    private final String text;
    private final Supplier<Object> real;
    private final Model model;
    /** What came back: an {@link Errno}, or something with equals. Null while nothing did. */
    private Object result;

    /** Says what a call does. */
    @FunctionalInterface
    interface Model {
        /**
         * @return what is expected of a call in this state
         * @throws ErrnoException if it is that
         */
        Plan plan(TreeState state);
    }

    /**
     * What is expected of a call.
     *
     * @param result what it answers
     * @param change what it does to the state; null for nothing
     */
    record Plan(Object result, Runnable change) {
    }

    FileCall(final String text, final Supplier<Object> real, final Model model) {
        this.text = text;
        this.real = real;
        this.model = model;
    }

    void run() {
        try {
            result = real.get();
        } catch (final ErrnoException e) {
            result = e.errno();
        }
    }

    /** @return the state after the call; null if the call could not have answered so */
    TreeState apply(final TreeState state, final boolean isReturned) {
        final TreeState usual = applyTo(state, isReturned);
        if (usual != null) {
            return usual;
        }
        for (final TreeState alternative : state.alternatives()) {
            final TreeState next = applyTo(alternative, isReturned);
            if (next != null) {
                return next;
            }
        }
        return null;
    }

    private TreeState applyTo(final TreeState state, final boolean isReturned) {
        final Plan plan;
        try {
            plan = model.plan(state);
        } catch (final ErrnoException e) {
            return !isReturned || accepts(e.errno()) ? state : null;
        }
        if (isReturned && !plan.result.equals(result)) {
            return null;
        }
        if (plan.change == null) {
            return state;
        }
        final TreeState next = state.copy();
        model.plan(next).change.run();
        return next;
    }

    /** Between the removal of a last name and the end of the inode others may still find it, without name or entries. */
    private boolean accepts(final Errno expected) {
        return expected == result || expected == Errno.ESTALE && (result == Errno.ENOENT || isEmptyListing());
    }

    private boolean isEmptyListing() {
        return result instanceof Map<?, ?> names && names.keySet().equals(Set.of(".", ".."));
    }

    @Override
    public String toString() {
        return text + " -> " + result;
    }
}
