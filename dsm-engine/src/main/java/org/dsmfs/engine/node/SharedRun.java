package org.dsmfs.engine.node;

import org.dsmfs.engine.PageUnavailableException;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.core.Core;
import org.dsmfs.engine.sharing.Acquisition;

import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** One operation's dealings with the other nodes, over all its runs. */
final class SharedRun {
    private final Cluster cluster;
    private final Patience patience;
    private Acquisition acquisition;
    private List<Core.Wanted> wanted = List.of();

    SharedRun(final Cluster cluster) {
        this.cluster = cluster;
        this.patience = new Patience(cluster.waiter());
    }

    /** Asks for pages; under the core's lock. */
    void acquire(final List<Core.Wanted> pages) {
        wanted = pages;
        if (pages.isEmpty()) {
            return;
        }
        if (acquisition == null) {
            acquisition = new Acquisition();
        }
        cluster.acquire(acquisition, pages);
    }

    boolean hasAcquired() {
        return acquisition != null;
    }

    /** The pages are not needed any more; under the core's lock. */
    void finish() {
        cluster.finish(acquisition);
    }

    /** Waits for the pages that were asked for last. @param closed whether there is no sense in waiting */
    void awaitPages(final BooleanSupplier closed) {
        if (wanted.isEmpty()) {
            return;
        }
        await(() -> acquisition.isReady() || !cluster.isServing(), closed, () -> {
            final Core.Wanted page = wanted.get(0);
            return "page " + Segment.describe(page.segment(), page.page()) + " did not come within "
                + Patience.SECONDS + " s: the node that has it is down or out of reach; what it has is there again when "
                + "it returns";
        });
    }

    /** Waits until operations may run. @param closed whether there is no sense in waiting */
    void awaitServing(final BooleanSupplier closed) {
        await(cluster::isServing, closed, () -> "this node has waited for "
            + Patience.SECONDS + " s for " + cluster.missing());
    }

    private void await(final BooleanSupplier done, final BooleanSupplier closed,
                       final Supplier<String> complaint) {
        if (!patience.await(() -> done.getAsBoolean() || closed.getAsBoolean())) {
            throw new PageUnavailableException(complaint.get());
        }
    }
}
