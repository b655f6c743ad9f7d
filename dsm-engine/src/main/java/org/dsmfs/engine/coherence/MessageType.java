package org.dsmfs.engine.coherence;

import org.dsmfs.engine.network.Stream;

/** Messages of the protocol. Names follow the table in docs/COHERENCE.md. */
public enum MessageType {
    /** Asks for a copy to read. */
    GET_S("GetS", Stream.REQUEST),
    /** Asks for the only copy. */
    GET_M("GetM", Stream.REQUEST),
    /** Brings back the owner's copy, which leaves its node. Data. */
    PUT("Put", Stream.REQUEST),
    /** To the owner: send the requester a copy. */
    FWD_GET_S("FwdGetS", Stream.FORWARD),
    /** To the owner: hand the requester the page. */
    FWD_GET_M("FwdGetM", Stream.FORWARD),
    /** To nodes with a copy: drop it, a writer is waiting. */
    INV("Inv", Stream.FORWARD),
    /** There is no copy here any more. */
    INV_ACK("InvAck", Stream.RESPONSE),
    /** A copy to read. Data. */
    DATA_S("DataS", Stream.RESPONSE),
    /** The page, which nobody else may use any more once Grant is here. Data. */
    DATA_M("DataM", Stream.RESPONSE),
    /** All other copies are gone. */
    GRANT("Grant", Stream.RESPONSE),
    /** The request is served, the next one may be. */
    DONE("Done", Stream.RESPONSE),
    /** The page that left is settled. */
    PUT_ACK("PutAck", Stream.RESPONSE),
    /** Nobody who is up has the page: it can't be had in this epoch. */
    UNAVAILABLE("Unavailable", Stream.RESPONSE);

    private final String title;
    private final Stream stream;

    MessageType(final String title, final Stream stream) {
        this.title = title;
        this.stream = stream;
    }

    /** @return the name used in tables and logs */
    public String title() {
        return title;
    }

    /** @return which of the streams carries it */
    public Stream stream() {
        return stream;
    }

    /** @return whether the page's bytes come with it (none for version 0: the page was never made) */
    public boolean carriesData() {
        return this == PUT || this == DATA_S || this == DATA_M;
    }
}
