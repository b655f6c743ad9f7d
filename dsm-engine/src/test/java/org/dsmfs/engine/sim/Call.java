package org.dsmfs.engine.sim;

import java.util.BitSet;
import java.util.function.BooleanSupplier;

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
    /** Where its node's log ended before its first transaction, and before its last one. */
    private long firstLsn = NEVER;
    private long lastLsn = NEVER;
    /** Of its node, if that did not leave all of it; null otherwise. */
    private Call<O> crash;
    private boolean hasGivenUp;
    private BooleanSupplier isVolatile = () -> false;
    private boolean mayBeMoot;
    private int index;

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

    /** @return whether its first transaction, if it has logged anything, is in a log that ends there */
    boolean hasBegunBefore(final long endLsn) {
        return firstLsn < endLsn;
    }

    /** @return whether all that it has logged, and all that it has seen, is in a log that ends there */
    boolean hasEndedBefore(final long endLsn) {
        return isReturned() && lastLsn < endLsn;
    }

    /** Its node crashed in the middle of it, or of writing its log: it may have taken effect before, or not. */
    void isOptionalBefore(final Call<O> crashOfNode) {
        crash = crashOfNode;
    }

    /** Its place in the history. */
    void index(final int newIndex) {
        index = newIndex;
    }

    /** @return whether it may be next after those calls, as far as crashes go */
    boolean mayFollow(final BitSet ordered) {
        return crash == null || !ordered.get(crash.index);
    }

    /** @return whether it must have taken effect */
    boolean isCertain() {
        return isReturned() && crash == null;
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

    /** One of its transactions has ended; the first one is likely to be the one that others see. */
    void executed(final long number, final long lsn) {
        if (likelyEffect == NEVER) {
            likelyEffect = number;
            firstLsn = lsn;
        }
        lastLsn = lsn;
    }

    /** @param volatileNow whether it has only changed what others may see before any log has it; asked when it is over */
    void setVolatile(final BooleanSupplier volatileNow) {
        isVolatile = volatileNow;
    }

    boolean isVolatile() {
        return isVolatile.getAsBoolean();
    }

    /** What it was about may have gone with the end of its node's log; it has had no effect then. */
    void setMoot() {
        mayBeMoot = true;
    }

    boolean mayBeMoot() {
        return mayBeMoot;
    }

    /** One of its transactions has found that pages are out of reach. */
    void giveUp() {
        hasGivenUp = true;
    }

    boolean hasGivenUp() {
        return hasGivenUp;
    }

    /** @return whether one of its transactions has ended */
    boolean hasExecuted() {
        return likelyEffect != NEVER;
    }

    void returned(final long number) {
        returned = number;
    }

    @Override
    public String toString() {
        return client + " [" + invoked + ".." + (isReturned() ? returned : "") + "] " + operation;
    }
}
