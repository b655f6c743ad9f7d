package org.dsmfs.engine.sim;

/**
 * One call of a client in the history of a run: what was asked, when it began and ended on the {@link History}'s counter,
 * and what came back.
 */
public final class Call<O> {
    /** End of a call that never returned. */
    static final long NEVER = Long.MAX_VALUE;

    private final String client;
    private final O operation;
    private final long invoked;
    private long returned = NEVER;
    private long likelyEffect = NEVER;
    private boolean mayBeLost;

    Call(final String client, final O operation, final long invoked) {
        this.client = client;
        this.operation = operation;
        this.invoked = invoked;
    }

    public O operation() {
        return operation;
    }

    /** @return whether it came to an end; otherwise it may have taken effect, or may still do, or not */
    public boolean isReturned() {
        return returned != NEVER;
    }

    /** Its node has crashed before anybody made it durable. */
    void mayBeLost(final boolean isLost) {
        mayBeLost = isLost;
    }

    /** @return whether it must have taken effect */
    boolean isCertain() {
        return isReturned() && !mayBeLost;
    }

    long invoked() {
        return invoked;
    }

    long returned() {
        return returned;
    }

    /** @return when it seems to have taken effect; only a hint where to look first */
    long likelyEffect() {
        return likelyEffect;
    }

    void likelyEffect(final long number) {
        likelyEffect = number;
    }

    void returned(final long number) {
        returned = number;
    }

    @Override
    public String toString() {
        return client + " [" + invoked + ".." + (isReturned() ? returned : "") + "] " + operation;
    }
}
