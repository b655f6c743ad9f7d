package org.dsmfs.engine.node;

import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.Space;
import org.dsmfs.engine.directory.DirectoryPage;
import org.dsmfs.engine.sharing.Sharing;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;

/**
 * Keeps in the space which pages of this node's were split off because others used them: after a new epoch, or a start
 * of the space, they are as soon as they are passed on again.
 */
final class DirectoryKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryKeeper.class);

    private final Space space;
    private final Cluster cluster;
    private final long segment;
    private boolean isRead;

    DirectoryKeeper(final Space space, final Cluster cluster) {
        this.space = space;
        this.cluster = cluster;
        this.segment = DirectoryPage.segmentOf(cluster.node());
    }

    /**
     * Reads the directory page once, and writes what is new. Does nothing while this node does not serve, nor when it is
     * going to stop: it would take the page back from who has just taken it over.
     */
    void run() {
        if (!cluster.isServing() || !cluster.hasNeighbours()
            || cluster.ask(sharing -> sharing.departure().isLeaving())) {
            return;
        }
        try {
            if (!isRead) {
                isRead = true;
                final List<DirectoryPage.Split> splits =
                    space.execute(transaction -> DirectoryPage.entries(transaction.read(segment, DirectoryPage.PAGE)));
                cluster.ask(sharing -> {
                    splits.forEach(sharing::remember);
                    return null;
                });
            }
            final List<DirectoryPage.Split> splits = cluster.ask(Sharing::takeSplits);
            if (!splits.isEmpty()) {
                space.execute(transaction -> {
                    splits.forEach(
                        split -> DirectoryPage.add(transaction.write(segment, DirectoryPage.PAGE), split));
                    return null;
                });
            }
        } catch (final EngineException e) {
            LOG.warn("which pages were split off is not kept: {}", e.getMessage());
        }
    }
}
