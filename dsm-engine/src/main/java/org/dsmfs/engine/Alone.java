package org.dsmfs.engine;

import java.util.Optional;

/** No neighbours: nobody wants a page, nobody comes or goes. */
record Alone(int incarnation) implements Neighbours {
    @Override
    public int node() {
        return 0;
    }

    @Override
    public boolean isAlone() {
        return true;
    }

    @Override
    public long upSince() {
        return 0;
    }

    @Override
    public boolean isServing(final int node, final int nodeIncarnation) {
        return node == 0 && nodeIncarnation == incarnation;
    }

    @Override
    public long trustNs() {
        return Long.MAX_VALUE;
    }

    @Override
    public void listen(final CopyListener listener) {
        // No other node ever takes a page away.
    }

    @Override
    public void onChange(final Runnable listener) {
        // Nobody comes or goes.
    }

    @Override
    public boolean isPinnedElsewhere(final long segment, final long page) {
        return false;
    }

    @Override
    public void pause() {
        Thread.yield();
    }

    @Override
    public boolean isOwner(final long segment, final long page) {
        throw new UnsupportedOperationException("nobody asks where nobody else is");
    }

    @Override
    public Optional<SharingStatus> status() {
        return Optional.empty();
    }
}
