package org.dsmfs.engine.sharing;

import org.dsmfs.engine.Segment;
import org.dsmfs.engine.coherence.wire.WireType;
import org.dsmfs.engine.core.SharedPages;
import org.dsmfs.engine.sharing.Sharing.Address;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Forgets older versions of pages, as their responsible nodes ask for, and tells them when the log that says so is
 * durable.
 */
final class Forgetting {
    private final SharedPages pages;
    private final Exchange exchange;
    private final Copies copies;
    private final ArrayDeque<Forgotten> forgetting = new ArrayDeque<>();
    /** What was forgotten in earlier epochs, but would be there again after a crash now. */
    private final Map<Address, Forgotten> undurable = new LinkedHashMap<>();

    /**
     * An older version that is to be forgotten, or was.
     *
     * @param version       that older version
     * @param isDone        whether it was forgotten
     * @param loggedVersion the log has to be durable up to here before anybody is told
     */
    private record Forgotten(long segment, long page, long ts, long version, boolean isDone, long loggedVersion) {
    }

    /** Receives {@link #forEachUndurable}. */
    @FunctionalInterface
    interface VersionVisitor {
        void version(long segment, long page, long version);
    }

    Forgetting(final SharedPages pages, final Exchange exchange, final Copies copies) {
        this.pages = pages;
        this.exchange = exchange;
        this.copies = copies;
    }

    /** What is to be forgotten is going to be said anew, if responsible nodes know that it is still here. */
    void startEpoch() {
        for (final Forgotten page : forgetting) {
            if (page.isDone && !Segment.isVolatile(page.segment)) {
                undurable.put(new Address(page.segment, page.page), page);
            }
        }
        undurable.values().removeIf(this::isDurable);
        forgetting.clear();
    }

    /** @return whether an older version of the page would be here again after a crash, though it was forgotten */
    boolean isUndurable(final long segment, final long page) {
        return undurable.containsKey(new Address(segment, page));
    }

    /** Calls the visitor for every older version that would be here again after a crash, though it was forgotten. */
    void forEachUndurable(final VersionVisitor visitor) {
        undurable.values().forEach(page -> visitor.version(page.segment, page.page, page.version));
    }

    private boolean isDurable(final Forgotten page) {
        return page.loggedVersion <= copies.protocol().replicatedVersion();
    }

    /**
     * Nobody needs an older version any more: neither what a former owner has, nor that an owner's page is absent.
     *
     * @param ts timestamp of the page's owner
     */
    void forget(final long segment, final long page, final long ts) {
        final CopyEntry entry = copies.get(segment, page);
        if (entry != null && entry.copy.state().isOwner()) {
            if (entry.copy.ts() == ts && pages.isAbsent(segment, page)) {
                pages.dropTombstone(segment, page);
                copies.putBack(entry);
            }
        } else if (entry == null && copies.isDefaultHere(segment, page)) {
            pages.dropTombstone(segment, page);
        } else {
            forgetShadow(segment, page, ts, pages.storedVersion(segment, page));
        }
    }

    /** @param version of what is to be forgotten, and nothing newer */
    private void forgetShadow(final long segment, final long page, final long ts, final long version) {
        final boolean isDone = pages.storedVersion(segment, page) != version || pages.forgetShadow(segment, page);
        forgetting.add(new Forgotten(segment, page, ts, version, isDone, pages.loggedVersion()));
    }

    /** @return versions to be forgotten, or to tell of */
    int size() {
        return forgetting.size();
    }

    /** Tells of what is durably forgotten by now. @param most versions to look at, not more than {@link #size} */
    void report(final int most) {
        for (int i = most; i > 0; i--) {
            final Forgotten page = forgetting.poll();
            if (!page.isDone) {
                forgetShadow(page.segment, page.page, page.ts, page.version);
            } else if (!isDurable(page)) {
                forgetting.add(page);
            } else {
                exchange.add(exchange.responsible(page.segment, page.page), WireType.FORGOTTEN,
                    bundle -> bundle.forgotten(page.segment, page.page, page.ts));
            }
        }
    }
}
