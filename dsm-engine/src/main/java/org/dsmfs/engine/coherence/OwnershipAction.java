package org.dsmfs.engine.coherence;

/** What the responsible node does in a transition of {@link OwnershipTable}, in the order listed there. */
enum OwnershipAction {
    RAISE_TS("ts += 1"),
    FORWARD_GET_S("FwdGetS to the owner"),
    FORWARD_GET_M("FwdGetM to the owner"),
    SEND_DATA_S("DataS from the disk copy"),
    SEND_DATA_M("DataM from the disk copy"),
    INVALIDATE_SHARERS("Inv to all sharers but the requester"),
    /** The old owner, too, whom nobody asks for data in an upgrade. */
    INVALIDATE_OWNER("Inv to the owner, if another node"),
    SEND_GRANT("Grant"),
    SEND_PUT_ACK("PutAck"),
    SEND_UNAVAILABLE("Unavailable"),
    TAKE_TO_DISK("owner = DISK with the data of Put"),
    ADD_SHARER("sharers += requester"),
    SET_OWNER("owner = requester, sharers = {}");

    private final String title;

    OwnershipAction(final String title) {
        this.title = title;
    }

    String title() {
        return title;
    }
}
