package org.dsmfs.engine.core;

/**
 * What this node may do with pages that other nodes may have, too. The core asks for pages that are not in RAM, or not
 * with the right that is needed; for the others {@link Page} has the answer.
 */
public interface PageAccess {
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
        public boolean isOwner(final long segment, final long page) {
            return true;
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
        public void evicted(final long segment, final long page) {
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

    /** @return whether the page is current in RAM or on disk here, and other nodes get it from here */
    boolean isOwner(long segment, long page);

    /** @return whether old versions of the page may rest on other nodes' disks */
    boolean mayHaveShadows(long segment, long page);

    /** @return whether another node can have seen the page since this node is part of the space */
    boolean mayBeKnownElsewhere(long segment, long page);

    /** An operation has changed, made or freed the page, which {@link #mayWrite}. */
    void changed(long segment, long page, long version);

    /** A copy to read has been dropped from RAM. */
    void evicted(long segment, long page);

    /** @return partition that this node makes new segments in */
    int partition();
}
