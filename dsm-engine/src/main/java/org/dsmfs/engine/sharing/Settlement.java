package org.dsmfs.engine.sharing;

import org.dsmfs.engine.Segment;
import org.dsmfs.engine.coherence.CopyProtocol;
import org.dsmfs.engine.coherence.CopyState;
import org.dsmfs.engine.coherence.wire.WireType;
import org.dsmfs.engine.core.AddressTable;
import org.dsmfs.engine.core.SharedPages;

import java.util.ArrayDeque;

/** Tells responsible nodes which changed pages are durable here, so that older versions elsewhere may go. */
final class Settlement {
    private final SharedPages pages;
    private final Exchange exchange;
    private final CopyProtocol protocol;
    private final AddressTable<CopyEntry> entries;
    /** Those whose responsible nodes are still to be told; some may have been dropped since. */
    private final ArrayDeque<CopyEntry> settling = new ArrayDeque<>();

    /** @param entries this node's copies, which others change */
    Settlement(final SharedPages pages, final Exchange exchange, final CopyProtocol protocol,
               final AddressTable<CopyEntry> entries) {
        this.pages = pages;
        this.exchange = exchange;
        this.protocol = protocol;
        this.entries = entries;
    }

    /** The page was changed, or has got a new owner. */
    void add(final CopyEntry entry) {
        if (!entry.isSettling) {
            entry.isSettling = true;
            settling.add(entry);
        }
    }

    /** @return pages whose responsible nodes are still to be told */
    int size() {
        return settling.size();
    }

    /** Tells of what is durable by now. @param most pages to look at, not more than {@link #size} */
    void settle(final int most) {
        for (int i = most; i > 0; i--) {
            final CopyEntry entry = settling.poll();
            final CopyState state = entry.copy.state();
            if (!state.isOwner() && !state.isWaiting() || entries.get(entry.segment, entry.page) != entry) {
                entry.isSettling = false;
                continue;
            }
            final boolean absent = pages.isAbsent(entry.segment, entry.page);
            if (protocol.awaitsLog(entry.copy) || state.isWaiting() || absent && !isAbsenceDurable(entry)) {
                settling.add(entry);
            } else {
                entry.isSettling = false;
                if (absent || pages.isOwn(entry.segment, entry.page)) {
                    exchange.add(exchange.responsible(entry.segment, entry.page), WireType.SETTLED,
                        bundle -> bundle.settled(entry.segment, entry.page, entry.copy.ts(), entry.copy.version(),
                            absent));
                }
            }
        }
    }

    /**
     * The others forget what they have, that the page is absent included; not all at once, so the owner has to know it
     * even if it crashes then. Of a time when the page was absent before, the log may say so too, which is not enough:
     * what others have is newer.
     */
    private boolean isAbsenceDurable(final CopyEntry entry) {
        if (Segment.isVolatile(entry.segment)) {
            return true;
        }
        final long version = entry.copy.version();
        if (!pages.isBuried(entry.segment, entry.page, version) && pages.bury(entry.segment, entry.page, version)) {
            entry.buriedWith = pages.loggedVersion();
        }
        return pages.isBuried(entry.segment, entry.page, version) && entry.buriedWith <= protocol.replicatedVersion();
    }
}
