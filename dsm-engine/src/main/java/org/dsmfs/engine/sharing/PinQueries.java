package org.dsmfs.engine.sharing;

import org.agrona.collections.Long2ObjectHashMap;
import org.dsmfs.engine.coherence.wire.WireType;
import org.dsmfs.engine.membership.Member;

import java.util.HashSet;
import java.util.Set;

/** Questions to all other nodes whether something there uses a page. */
public final class PinQueries {
    private final Exchange exchange;
    private final Long2ObjectHashMap<Query> open = new Long2ObjectHashMap<>();
    private long lastId;
    private boolean hasNews;

    /** One question. */
    public static final class Query {
        private final long segment;
        private final long page;
        private final Set<Integer> unanswered = new HashSet<>();
        private volatile boolean isPinned;
        private volatile boolean isAnswered;

        private Query(final long segment, final long page) {
            this.segment = segment;
            this.page = page;
        }

        /** @return whether all have answered; any thread */
        public boolean isAnswered() {
            return isAnswered;
        }

        /** @return whether any said yes */
        public boolean isPinned() {
            return isPinned;
        }
    }

    PinQueries(final Exchange exchange) {
        this.exchange = exchange;
    }

    Query ask(final long segment, final long page) {
        final Query query = new Query(segment, page);
        final long id = ++lastId;
        send(id, query);
        if (!query.isAnswered) {
            open.put(id, query);
        }
        return query;
    }

    private void send(final long id, final Query query) {
        query.unanswered.clear();
        for (final Member member : exchange.view().members()) {
            if (member.isUp() && member.node() != exchange.node()) {
                query.unanswered.add(member.node());
                exchange.add(member.node(), WireType.PIN_QUERY,
                    bundle -> bundle.pinQuery(id, query.segment, query.page));
            }
        }
        query.isAnswered = query.unanswered.isEmpty();
    }

    void answered(final int from, final long id, final boolean pinned) {
        final Query query = open.get(id);
        if (query != null && query.unanswered.remove(from)) {
            query.isPinned |= pinned;
            if (query.unanswered.isEmpty()) {
                query.isAnswered = true;
                hasNews = true;
                open.remove(id);
            }
        }
    }

    /** Answers of the old epoch are not going to come. */
    void startEpoch() {
        open.forEachLong(this::send);
        open.values().removeIf(query -> query.isAnswered);
        hasNews = true;
    }

    boolean takeNews() {
        final boolean taken = hasNews;
        hasNews = false;
        return taken;
    }
}
