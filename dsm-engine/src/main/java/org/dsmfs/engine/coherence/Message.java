package org.dsmfs.engine.coherence;

/**
 * One message about one page. The page's address, and its bytes where {@link MessageType#carriesData}, travel with it
 * but are not the protocol's business: whatever comes out of one call concerns the page that went in. A plain value,
 * made to be reused.
 */
public final class Message {
    /** {@link #to} of a message to whoever is responsible for the page. */
    public static final int RESPONSIBLE = -1;

    public MessageType type;
    /** Sender, a node 0..{@link NodeSet#MAX_NODE}. */
    public int from;
    /** Receiver, a node or {@link #RESPONSIBLE}. */
    public int to;
    /** View of the cluster that the sender lives in, 0... */
    public long epoch;
    /** Node whose request is being served. */
    public int requester;
    /** Number of that request, 1.., rising per requester over all pages. */
    public long seq;
    /** Ownership timestamp of the page, 1..; 0 where the sender knows none. */
    public long ts;
    /** Version tag of the page, 0 if it was never made; meaningful with data only, else 0. */
    public long version;
    /** GetM: the requester has a copy. Grant: that copy is the newest, no data are sent. */
    public boolean upgrade;

    /** @return a message of the same content */
    public Message copy() {
        final Message copy = new Message();
        copy.type = type;
        copy.from = from;
        copy.to = to;
        copy.epoch = epoch;
        copy.requester = requester;
        copy.seq = seq;
        copy.ts = ts;
        copy.version = version;
        copy.upgrade = upgrade;
        return copy;
    }

    @Override
    public String toString() {
        return type.title() + (upgrade ? "(upgrade)" : "") + " " + name(from) + "->" + name(to) + " of request "
            + requester + "/" + seq + ", ts " + ts + (type.carriesData() ? ", version " + version : "")
            + ", epoch " + epoch;
    }

    private static String name(final int node) {
        return node == RESPONSIBLE ? "R" : Integer.toString(node);
    }
}
