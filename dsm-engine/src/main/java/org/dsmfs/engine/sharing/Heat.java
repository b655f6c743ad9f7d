package org.dsmfs.engine.sharing;

import org.agrona.collections.Int2IntCounterMap;

/** Counts the requests for a page that its responsible node passed on from one node to another within an interval. */
final class Heat {
    private final int interval;
    private final Int2IntCounterMap requesters = new Int2IntCounterMap(0);
    private int requests;

    /** @param interval that it counts in */
    Heat(final int interval) {
        this.interval = interval;
    }

    int interval() {
        return interval;
    }

    void passedOn(final int requester) {
        requesters.incrementAndGet(requester);
        requests++;
    }

    int requests() {
        return requests;
    }

    /** @return the node that has asked most often; there was a request */
    int mostFrequentRequester() {
        final int[] most = {0, 0};
        requesters.forEach((requester, count) -> {
            if (count > most[1]) {
                most[0] = requester;
                most[1] = count;
            }
        });
        return most[0];
    }
}
