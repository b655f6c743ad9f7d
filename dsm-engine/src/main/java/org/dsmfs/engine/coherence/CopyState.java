package org.dsmfs.engine.coherence;

/**
 * What a node may do with its copy of a page, and what it waits for. Names of two letters say what the copy is now, and
 * what it becomes when the answer is here. The order is frozen: {@link PageCopy} stores it.
 */
public enum CopyState {
    /** No copy. */
    I(false, false, false),
    /** A copy to read; the newest version, as others may have. */
    S(true, true, false),
    /** The owner's copy, while others may read theirs. */
    O(true, true, true),
    /** The only copy; it may be changed. */
    M(true, true, true),
    /** No copy yet, one to read is asked for. */
    IS(false, false, false),
    /** No copy, one to change is asked for. */
    IM(false, false, false),
    /** A copy to read, the right to change it is asked for. */
    SM(true, true, false),
    /** The owner's copy, the sole right to it is asked for. */
    OM(true, true, true),
    /** The only copy, on its way out: forwards are still answered from it. */
    MI(false, true, true),
    /** The owner's copy on its way out, while others may read theirs. */
    OI(false, true, true),
    /** No copy any more: it was taken away while on its way out, and the answer to Put is still to come. */
    II(false, false, false);

    static final CopyState[] VALUES = values();

    private final boolean readable;
    private final boolean live;
    private final boolean owner;

    CopyState(final boolean readable, final boolean live, final boolean owner) {
        this.readable = readable;
        this.live = live;
        this.owner = owner;
    }

    /** @return whether operations here may read the copy */
    public boolean isReadable() {
        return readable;
    }

    /** @return whether operations here may change the copy */
    public boolean isWritable() {
        return this == M;
    }

    /** @return whether there are bytes, so that the copy has an ownership timestamp and a version */
    public boolean isLive() {
        return live;
    }

    /** @return whether this is the copy that forwards are answered from */
    public boolean isOwner() {
        return owner;
    }

    /** @return whether an answer to a request is to come */
    public boolean isWaiting() {
        return ordinal() > M.ordinal();
    }
}
