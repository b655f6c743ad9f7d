package org.dsmfs.engine.coherence;

/** What may happen to a node's copy of a page, after the fences: columns of {@link CopyTable}. */
enum CopyEvent {
    /** An operation here wants to read. */
    READ("read"),
    /** An operation here wants to write. */
    WRITE("write"),
    /** The page shall leave this node. */
    EVICT("evict"),
    /** The owner shall send a copy to a reader. */
    FWD_GET_S("FwdGetS"),
    /** The owner shall hand the page to a writer. */
    FWD_GET_M("FwdGetM"),
    /** The copy shall go, a writer is waiting for it. */
    INV("Inv"),
    /** A copy to read is here. */
    DATA_S("DataS"),
    /** A copy to change is here, before the right to. */
    DATA_M("DataM first"),
    /** A copy to change is here, after the right to. */
    DATA_M_LAST("DataM last"),
    /** The right to change a copy that is not here yet. */
    GRANT("Grant first"),
    /** The right to change the copy that came before. */
    GRANT_LAST("Grant last"),
    /** The right to change the copy that was here all the time. */
    UPGRADE("Grant(upgrade)"),
    /** The page's leave is settled. */
    PUT_ACK("PutAck"),
    /** What was asked for can't be had. */
    UNAVAILABLE("Unavailable"),
    /** A new epoch: nothing that was asked for will be answered. */
    ROLL_BACK("new epoch");

    static final CopyEvent[] VALUES = values();

    private final String title;

    CopyEvent(final String title) {
        this.title = title;
    }

    String title() {
        return title;
    }
}
