package org.dsmfs.engine.sim;

import org.dsmfs.engine.Segment;
import org.dsmfs.engine.sharing.Sharing;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Looks at what all nodes may do with their pages at one moment: of each page there is one writer, or there are readers
 * of one version; and what a node has given to others to read, nobody reads in an older version afterwards.
 */
public final class OneWriterCheck {
    private final Map<Sharing.Address, Long> sharedVersions = new HashMap<>();

    /** @param nodes those that serve, whether they stand still or not */
    public void check(final List<Sharing> nodes) {
        final Set<Sharing.Address> pages = new LinkedHashSet<>();
        nodes.forEach(node -> node.forEachCopy((segment, page) -> pages.add(new Sharing.Address(segment, page))));
        // The version in which a page is absent means nothing to those who make it again.
        sharedVersions.keySet().removeIf(
            page -> nodes.stream().noneMatch(node -> node.departure().isOwned(page.segment(), page.page())));
        pages.forEach(page -> check(page, nodes));
    }

    private void check(final Sharing.Address page, final List<Sharing> nodes) {
        int readers = 0;
        int writers = 0;
        boolean exists = false;
        long version = Sharing.NO_VERSION;
        for (final Sharing node : nodes) {
            if (!node.mayRead(page.segment(), page.page())) {
                continue;
            }
            readers++;
            exists |= node.departure().isOwned(page.segment(), page.page());
            writers += node.mayWrite(page.segment(), page.page()) ? 1 : 0;
            final long here = node.copyVersion(page.segment(), page.page());
            require(version == Sharing.NO_VERSION || here == Sharing.NO_VERSION || version == here, page,
                "read in versions " + version + " and " + here);
            version = Math.max(version, here);
        }
        require(writers == 0 || readers == 1, page, "read by " + readers + " nodes, written by " + writers);
        if (exists && version != Sharing.NO_VERSION) {
            final long shared = sharedVersions.getOrDefault(page, 0L);
            require(version >= shared, page, "read in version " + version + " after " + shared);
            if (readers > 1) {
                sharedVersions.put(page, version);
            }
        }
    }

    private static void require(final boolean isRight, final Sharing.Address page, final String what) {
        if (!isRight) {
            throw new AssertionError("page " + Segment.describe(page.segment(), page.page()) + " is " + what);
        }
    }
}
