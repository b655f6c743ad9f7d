package org.dsmfs.engine.core;

/**
 * What this node may do with pages that other nodes may have, too. The core asks for pages that are not in RAM, or not
 * with the right that is needed; for the others {@link Page} has the answer.
 */
public interface PageAccess {
    /** Of a page that this node owns: whatever version it has is the current one. */
    long ANY_VERSION = -1;
    /** Of a page that another node owns. */
    long NO_VERSION = -2;

    /** Of a node that is alone. */
    PageAccess ALONE = new PageAccess() {
        @Override
        public boolean mayRead(final long segment, final long page) {
            return true;
        }

        @Override
        public boolean mayWrite(final long segment, final long page) {
            return true;
        }

        @Override
        public long ownedVersion(final long segment, final long page) {
            return ANY_VERSION;
        }

        @Override
        public boolean mayHaveShadows(final long segment, final long page) {
            return false;
        }

        @Override
        public boolean mayBeKnownElsewhere(final long segment, final long page) {
            return false;
        }

        @Override
        public void changed(final long segment, final long page, final long version) {
            // Nobody else is to know.
        }

        @Override
        public boolean evict(final long segment, final long page) {
            throw new IllegalStateException("a copy of another node's page in a space of one node");
        }

        @Override
        public int partition() {
            return 0;
        }
    };

    /** @return whether what is here of the page, or that there is nothing, is current */
    boolean mayRead(long segment, long page);

    /** @return whether no other node has a copy, so that the page may be changed, made or freed */
    boolean mayWrite(long segment, long page);

    /**
     * @return version of the page if this node owns it, so that other nodes get it from here; what is on disk here is
     *     current only if it has that version, for the page may be absent since; {@link #ANY_VERSION} or
     *     {@link #NO_VERSION}
     */
    long ownedVersion(long segment, long page);

    /** @return whether old versions of the page may rest on other nodes' disks */
    boolean mayHaveShadows(long segment, long page);

    /** @return whether another node can have seen the page since this node is part of the space */
    boolean mayBeKnownElsewhere(long segment, long page);

    /** An operation has changed, made or freed the page, which {@link #mayWrite}. */
    void changed(long segment, long page, long version);

    /** A copy to read shall be dropped from RAM. @return false if it must stay for now */
    boolean evict(long segment, long page);

    /** @return partition that this node makes new segments in */
    int partition();
}
