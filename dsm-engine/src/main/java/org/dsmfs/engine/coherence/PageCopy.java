package org.dsmfs.engine.coherence;

/**
 * What a node knows about its copy of a page. A page without one is in state {@link CopyState#I} and waits for nothing,
 * so that only copies and outstanding requests take memory: 40 bytes each on a 64-bit JVM with compressed references.
 * Changed by {@link CopyProtocol} only, at one place.
 */
public final class PageCopy {
    /** Flag: DataM is here, Grant is not. Only in IM. */
    static final int DATA_HERE = 1;
    /** Flag: Grant is here, DataM is not. Only in IM. */
    static final int GRANTED = 2;
    /** Flag: changed since it came here. */
    static final int CHANGED = 4;
    /** Flag: the operation that it was brought for has not run yet. Only in S and M. */
    static final int UNUSED = 8;

    /** Number of the request that is outstanding. Invariant: 0 exactly if the state waits for nothing. */
    long seq;
    /** Ownership timestamp under which the copy came. Invariant: 0 exactly if the copy is not live. */
    long ts;
    /** Version tag. Invariant: 0 if the copy is not live and its data are not here. */
    long version;
    private byte state;
    private byte flags;

    /** @return what may be done with it, and what it waits for */
    public CopyState state() {
        return CopyState.VALUES[state];
    }

    /** @return version tag, 0 if the page was never made or is not here */
    public long version() {
        return version;
    }

    /** @return ownership timestamp, 0 if there is no copy */
    public long ts() {
        return ts;
    }

    /** @return whether there is nothing to remember, so that this object may be forgotten */
    public boolean isAbsent() {
        return state == 0;
    }

    boolean is(final int flag) {
        return (flags & flag) != 0;
    }

    int flags() {
        return flags;
    }

    void set(final CopyState newState, final int newFlags) {
        state = (byte) newState.ordinal();
        flags = (byte) newFlags;
    }

    @Override
    public String toString() {
        return state() + ", ts " + ts + ", version " + version + ", seq " + seq + ", flags " + flags;
    }
}
