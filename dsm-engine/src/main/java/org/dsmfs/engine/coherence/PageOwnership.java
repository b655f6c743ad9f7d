package org.dsmfs.engine.coherence;

/**
 * What the responsible node knows about a page: owner, <em>RAM copyset</em>, ownership timestamp. A page without one
 * was never made. 40 bytes each on a 64-bit JVM with compressed references, 24 more while several nodes have copies,
 * about 120 more while a request is being served. Changed by {@link OwnershipProtocol} only.
 */
public final class PageOwnership {
    /** Owner of a page whose newest version is the disk copy. */
    public static final int DISK = -1;

    /** Ownership timestamp, 1..; rises whenever the owner is about to change. */
    long ts = 1;
    /** Version tag of the disk copy, 0 if the page was never made. Invariant: 0 unless DISK is the owner. */
    long diskVersion;
    /** Null for none. Nodes that may have a copy to read; one that dropped it says nothing. Never has the owner. */
    NodeSet sharers;
    /** Null if no request is being served or queued. */
    Service service;
    /** A node or {@link #DISK}. */
    short owner = DISK;

    /** @return the node that has the newest version, or {@link #DISK} */
    public int owner() {
        return owner;
    }

    /** @return version tag of the disk copy, 0 unless {@link #DISK} is the owner */
    public long diskVersion() {
        return diskVersion;
    }

    /** @return the ownership timestamp */
    public long ts() {
        return ts;
    }

    /**
     * What another node, which was responsible before, knows about a page.
     *
     * @param ts as the owner's copy has it, 1..
     */
    public static PageOwnership of(final int owner, final long ts) {
        final PageOwnership page = new PageOwnership();
        page.owner = (short) owner;
        page.ts = ts;
        return page;
    }

    /** Adds to what another node knows: one of those that may have a copy to read, and is not the owner. */
    public void addSharer(final int node) {
        if (sharers == null) {
            sharers = new NodeSet();
        }
        sharers.add(node);
    }

    /** Adds the nodes that may have a copy to read to a set. */
    public void addSharersTo(final NodeSet nodes) {
        if (sharers != null) {
            nodes.addAll(sharers);
        }
    }

    /** @return whether the node may have a copy to read */
    public boolean isSharer(final int node) {
        return sharers != null && sharers.contains(node);
    }

    /** @return whether any node but the owner may have a copy to read */
    public boolean isShared() {
        return sharers != null && !sharers.isEmpty();
    }

    /** @return whether a request is being served */
    public boolean isBusy() {
        return state() != ServiceState.IDLE;
    }

    /** @return the node that was told that it is the owner and has not confirmed it, {@link #DISK} if there is none */
    public int nextOwner() {
        return state() == ServiceState.GRANTED ? service.requester : DISK;
    }

    ServiceState state() {
        return service == null ? ServiceState.IDLE : service.state;
    }
}
