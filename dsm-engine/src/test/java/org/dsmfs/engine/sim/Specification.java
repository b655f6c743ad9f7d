package org.dsmfs.engine.sim;

/**
 * What calls do, one after the other.
 *
 * @param <S> a state, never changed
 * @param <O> a call with its result
 */
public interface Specification<S, O> {
    /**
     * @param isReturned whether the operation has a result; otherwise any is right
     * @return the state after the call; null if in this state its result would have been another one
     */
    S apply(S state, O operation, boolean isReturned);

    /** @return something with equals and hashCode that tells states apart */
    Object fingerprint(S state);
}
