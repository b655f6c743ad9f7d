package org.dsmfs.engine.node;

import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.sharing.Sharing;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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
    private static final long FORGET_LOOK_NS = TimeUnit.MILLISECONDS.toNanos(20);
    /** Whoever has taken nothing for so long may be about to stop, too: the next one is asked. */
    private static final long NEXT_HEIR_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long OFFER_AGAIN_NS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final int SETTLE_ROUNDS = 100;

    private final LocalSpace space;
    private final Cluster cluster;
    /** How many of the others have been asked in vain. */
    private int attempt;

    HandOver(final LocalSpace space, final Cluster cluster) {
        this.space = space;
        this.cluster = cluster;
    }

    /**
     * Returns when nobody needs this node, or nobody takes what is left. There is somebody who could.
     *
     * @return pages that stay
     */
    int run() {
        cluster.ask(sharing -> {
            sharing.departure().leave();
            return null;
        });
        try {
            awaitService();
            if (!cluster.isServing()) {
                return Math.max(1, stored().size());
            }
            settle();
            final int left = offerAll();
            return left == 0 ? awaitForgotten() : left;
        } catch (final EngineException e) {
            LOG.warn("not everything could be handed over: {}", e.getMessage());
            return Math.max(1, stored().size());
        }
    }

    /** Nodes may be coming or going just now. */
    private void awaitService() {
        final long startNs = cluster.waiter().nanoTime();
        cluster.waiter().await(
            () -> cluster.isServing() || cluster.waiter().nanoTime() - startNs >= PATIENCE_NS);
    }

    /** Gives back pages that are absent, once nobody has older versions of them. */
    private void settle() {
        for (int round = 0; round < SETTLE_ROUNDS && !ownedAbsent().isEmpty(); round++) {
            space.sync();
            cluster.settle();
            cluster.pause(LOOK_NS);
        }
    }

    private List<Sharing.Address> ownedAbsent() {
        return cluster.ask(sharing -> sharing.departure().ownedAbsent());
    }

    private List<Sharing.Address> owned() {
        return cluster.ask(sharing -> sharing.departure().owned());
    }

    private Set<Sharing.Address> stored() {
        return cluster.ask(sharing -> sharing.departure().stored());
    }

    private int offerAll() {
        final List<Sharing.Address> waiting = new ArrayList<>(owned());
        final int total = waiting.size();
        if (total > 0) {
            LOG.info("handing {} pages over to the other nodes", total);
        }
        final List<Sharing.Address> offered = new ArrayList<>();
        long offeredInEpoch = 0;
        long lastGoneNs = cluster.waiter().nanoTime();
        long nextSayNs = lastGoneNs + PROGRESS_NS;
        while (!waiting.isEmpty() || !offered.isEmpty()) {
            final long epoch = cluster.ask(sharing -> sharing.view().epoch());
            if (epoch != offeredInEpoch) {
                // What was offered before is void.
                waiting.addAll(offered);
                offered.clear();
                offeredInEpoch = epoch;
            }
            while (cluster.isServing() && !waiting.isEmpty() && offered.size() < WINDOW) {
                final Sharing.Address page = waiting.remove(waiting.size() - 1);
                offered.add(page);
                offer(page);
            }
            cluster.pause(LOOK_NS);
            if (cluster.waiter().nanoTime() - lastGoneNs > (attempt + 1) * NEXT_HEIR_NS) {
                attempt++;
                waiting.addAll(offered);
                offered.clear();
            }
            final long nowNs = cluster.waiter().nanoTime();
            if (cluster.isServing() && cluster.ask(sharing -> offered.removeIf(
                page -> !sharing.departure().isOwned(page.segment(), page.page())))) {
                lastGoneNs = nowNs;
                attempt = 0;
            } else if (nowNs - lastGoneNs > PATIENCE_NS) {
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

    /**
     * Waits until those who have taken the pages over have them durably, and the store has forgotten them: what it
     * would still have when this node returns could be taken for current, though the page is absent by then.
     *
     * @return pages of which the store still has something
     */
    private int awaitForgotten() {
        Set<Sharing.Address> stored = stored();
        long lastGoneNs = cluster.waiter().nanoTime();
        long lastOfferNs = lastGoneNs;
        while (!stored.isEmpty() && cluster.waiter().nanoTime() - lastGoneNs < PATIENCE_NS) {
            space.sync();
            cluster.pause(FORGET_LOOK_NS);
            final long nowNs = cluster.waiter().nanoTime();
            final Set<Sharing.Address> left = stored();
            lastGoneNs = left.size() < stored.size() ? nowNs : lastGoneNs;
            stored = left;
            if (nowNs - lastOfferNs > OFFER_AGAIN_NS) {
                // Who has taken a page for an operation that did not change it has not got it on disk.
                lastOfferNs = nowNs;
                stored.stream().limit(WINDOW).forEach(this::offer);
            }
        }
        if (!stored.isEmpty()) {
            LOG.warn("{} pages were taken over, but may not be durable elsewhere: others wait for this node to return",
                stored.size());
        }
        return stored.size();
    }

    private void offer(final Sharing.Address page) {
        cluster.ask(sharing -> {
            sharing.departure().offer(page, attempt);
            return null;
        });
    }
}
