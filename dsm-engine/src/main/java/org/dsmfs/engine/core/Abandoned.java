package org.dsmfs.engine.core;

/** An operation's run was given up without effect; it can be run again after what is asked for has been done. */
final class Abandoned extends RuntimeException {
    /** Pages must be read: {@link Core#takeMissing}. */
    static final Abandoned PAGES = new Abandoned(Core.Outcome.PAGES_MISSING);
    /** The batch must be written: {@link Log#takeBatch}. */
    static final Abandoned BATCH = new Abandoned(Core.Outcome.BATCH_FULL);
    /** A checkpoint must be made, to drop the log's head or free retired slots. */
    static final Abandoned CHECKPOINT = new Abandoned(Core.Outcome.CHECKPOINT_DUE);
    /** The slab of small pages must grow. */
    static final Abandoned GROW_SMALL = new Abandoned(Core.Outcome.SMALL_SLAB_FULL);
    /** The slab of large pages must grow. */
    static final Abandoned GROW_LARGE = new Abandoned(Core.Outcome.LARGE_SLAB_FULL);

    private final Core.Outcome outcome;

    private Abandoned(final Core.Outcome outcome) {
        super(outcome.name(), null, false, false);
        this.outcome = outcome;
    }

    Core.Outcome outcome() {
        return outcome;
    }
}
