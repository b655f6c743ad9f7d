package org.dsmfs.engine.coherence;

/** What may happen at the node responsible for a page, after the fences: columns of {@link OwnershipTable}. */
enum OwnershipEvent {
    /** A node wants to read, a node owns the page. */
    GET_S_AT_OWNER("GetS, a node owns it"),
    /** A node wants to read, the disk copy is the newest. */
    GET_S_ON_DISK("GetS, DISK owns it"),
    /** A node wants to write, and has the newest version already. */
    GET_M_UPGRADE("GetM(upgrade) of a holder"),
    /** A node wants to write, another owns the page. */
    GET_M_AT_OWNER("GetM, a node owns it"),
    /** A node wants to write, the disk copy is the newest. */
    GET_M_ON_DISK("GetM, DISK owns it"),
    /** A node wants to read or write, and the page is only where nobody can get it. */
    GET_OF_UNAVAILABLE("GetS or GetM, a node owns it that is down"),
    /** The owner gives the page back. */
    PUT_OF_OWNER("Put, ts matches"),
    /** A node gives the page back that was taken from it meanwhile. */
    PUT_OF_FORMER("Put, ts does not match"),
    /** One copy less, others remain. */
    INV_ACK("InvAck, not the last"),
    /** The last of the copies is gone, or there was none. */
    ALL_INVALIDATED("last InvAck, or none needed"),
    /** The requester has what it asked for. */
    DONE("Done");

    static final OwnershipEvent[] VALUES = values();

    private final String title;

    OwnershipEvent(final String title) {
        this.title = title;
    }

    String title() {
        return title;
    }
}
