package org.dsmfs.engine.sim;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

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
    /** What took effect before it on the node that crashed; null for nothing. */
    private Call<O> former;
    /** The crash of its node; null if there was none. */
    private Call<O> crash;
    private boolean mayBeLost;
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

    /**
     * @param formerOfNode        what took effect before it on its node
     * @param nobodyMadeItDurable whether it is lost unless somebody has seen it
     */
    void isLostWith(final Call<O> crashOfNode, final Call<O> formerOfNode, final boolean nobodyMadeItDurable) {
        crash = crashOfNode;
        former = likelyEffect == NEVER ? null : formerOfNode;
        mayBeLost = nobodyMadeItDurable;
    }

    /** @return it and what took effect before it on a node that crashed */
    List<Call<O>> upToHere() {
        final List<Call<O>> all = new ArrayList<>();
        for (Call<O> call = this; call != null; call = call.former) {
            all.add(call);
        }
        return all;
    }

    void hasSurvived() {
        mayBeLost = false;
    }

    /** Its place in the history. */
    void index(final int newIndex) {
        index = newIndex;
    }

    /**
     * @return whether it may be next after those calls, as far as crashes go: they take the end of what was done on a node, and
     *     nothing that was under way happens after them
     */
    boolean mayFollow(final BitSet ordered) {
        return isCertain()
            || (crash == null || !ordered.get(crash.index))
            && (former == null || former.isCertain() || ordered.get(former.index));
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
