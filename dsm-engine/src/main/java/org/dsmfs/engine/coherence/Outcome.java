package org.dsmfs.engine.coherence;

/** What became of an event. */
public enum Outcome {
    /** An operation may go on at once; nothing was changed. */
    HIT,
    /** An operation has to wait until the copy's state changes; nothing was changed. */
    WAIT,
    /** Done. The state may have changed; there may be messages to send. */
    APPLIED,
    /**
     * Nothing was changed, and the event may not happen yet: the log of the page's last change is not held by the
     * backups, the operation that the page was brought for has not run, or the message is from an epoch that is not
     * known here yet. To be handed in again when that has changed, or when the copy has, whichever is first.
     */
    HELD,
    /**
     * A fence stopped the message: it repeats another, or its time has passed. Nothing was changed; to be forgotten.
     */
    STALE,
    /** No node that keeps to the protocol sends this message in this state. Nothing was changed; counted. */
    REFUSED
}
