package org.dsmfs.engine.node;

import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.sharing.Sharing;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a node does before it stops, while others go on: it has them take over the pages that they could have only from
 * it. They take them as if they wanted to write them, so that nothing else is needed to keep the pages coherent and
 * durable.
 */
final class HandOver {
    private static final Logger LOG = LoggerFactory.getLogger(HandOver.class);
    /** Pages that are offered before the first of them has to be gone. */
    private static final int WINDOW = 512;
    /** Others that take nothing for so long can't. */
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(3);
    private static final long PROGRESS_NS = TimeUnit.SECONDS.toNanos(2);
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final int SETTLE_ROUNDS = 100;

    private final LocalSpace space;
    private final Cluster cluster;

    HandOver(final LocalSpace space, final Cluster cluster) {
        this.space = space;
        this.cluster = cluster;
    }

    /** Returns when nobody needs this node, or nobody takes what is left. @return pages that stay */
    int run() {
        final int heir = cluster.heir();
        if (heir < 0) {
            return 0;
        }
        cluster.ask(sharing -> {
            sharing.departure().leave();
            return null;
        });
        try {
            settle();
            return offerAll(heir);
        } catch (final EngineException e) {
            LOG.warn("not everything could be handed over: {}", e.getMessage());
            return owned().size();
        }
    }

    /** Gives back pages that are absent, once nobody has older versions of them. */
    private void settle() {
        for (final Sharing.Address page : ownedAbsent()) {
            // Made and freed, it is known to be absent in a version of its own.
            space.execute(transaction -> transaction.write(page.segment(), page.page()));
            space.execute(transaction -> {
                transaction.free(page.segment(), page.page());
                return null;
            });
        }
        for (int round = 0; round < SETTLE_ROUNDS && !ownedAbsent().isEmpty(); round++) {
            space.sync();
            cluster.settle();
            pause();
        }
    }

    private List<Sharing.Address> ownedAbsent() {
        return cluster.ask(sharing -> sharing.departure().ownedAbsent());
    }

    private List<Sharing.Address> owned() {
        return cluster.ask(sharing -> sharing.departure().owned());
    }

    private int offerAll(final int heir) {
        final List<Sharing.Address> waiting = new ArrayList<>(owned());
        final int total = waiting.size();
        if (total > 0) {
            LOG.info("handing {} pages over to the other nodes", total);
        }
        final List<Sharing.Address> offered = new ArrayList<>();
        long lastGoneNs = cluster.waiter().nanoTime();
        long nextSayNs = lastGoneNs + PROGRESS_NS;
        while (!waiting.isEmpty() || !offered.isEmpty()) {
            while (!waiting.isEmpty() && offered.size() < WINDOW) {
                final Sharing.Address page = waiting.remove(waiting.size() - 1);
                offered.add(page);
                cluster.ask(sharing -> {
                    sharing.departure().offer(page, heir);
                    return null;
                });
            }
            pause();
            final long nowNs = cluster.waiter().nanoTime();
            if (cluster.ask(sharing -> offered.removeIf(
                page -> !sharing.departure().isOwned(page.segment(), page.page())))) {
                lastGoneNs = nowNs;
            } else if (nowNs - lastGoneNs > PATIENCE_NS || !cluster.isServing()) {
                final int left = waiting.size() + offered.size();
                LOG.warn("{} of {} pages stay here, as nobody takes them: they can't be had until this node returns",
                    left, total);
                return left;
            }
            if (nowNs - nextSayNs >= 0) {
                nextSayNs = nowNs + PROGRESS_NS;
                LOG.info("{} of {} pages are still to be handed over", waiting.size() + offered.size(), total);
            }
        }
        if (total > 0) {
            LOG.info("{} pages were handed over", total);
        }
        return 0;
    }

    private void pause() {
        final long endNs = cluster.waiter().nanoTime() + LOOK_NS;
        cluster.waiter().await(() -> cluster.waiter().nanoTime() - endNs >= 0);
    }
}
