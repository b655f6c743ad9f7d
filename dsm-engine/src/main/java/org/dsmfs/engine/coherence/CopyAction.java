package org.dsmfs.engine.coherence;

/** What a node does in a transition of {@link CopyTable}, in the order listed there. */
enum CopyAction {
    /** The operation may go on. */
    HIT("hit"),
    /** The operation has to wait for the answer that is to come. */
    WAIT("wait"),
    REQUEST_S("GetS"),
    REQUEST_M("GetM"),
    REQUEST_UPGRADE("GetM(upgrade)"),
    SEND_PUT("Put"),
    SEND_DATA_S("DataS"),
    SEND_DATA_M("DataM"),
    ACK_INV("InvAck"),
    /** Take the version that the message carries. */
    TAKE_DATA("take data"),
    /** Remember that the data are here. */
    NOTE_DATA("note"),
    /** Remember that the right is here. */
    NOTE_GRANT("note"),
    /** Tell the responsible node that the request is served. */
    SEND_DONE("Done");

    private final String title;

    CopyAction(final String title) {
        this.title = title;
    }

    String title() {
        return title;
    }
}
