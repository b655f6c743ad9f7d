package org.dsmfs.engine.node;

import org.dsmfs.engine.membership.Member;
import org.dsmfs.engine.membership.View;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;

/**
 * Tells when this node has to go because it can't talk to others that are up. The consensus hears both of them, so
 * neither is down, but no epoch begins until all have heard each other: one of the two must let the rest go on. It is
 * whoever is cut off from more than half of the nodes; if that decides nothing, the one with the higher number.
 */
final class Reachability {
    /** Long against the time in which two nodes connect. */
    static final long MINORITY_NS = TimeUnit.SECONDS.toNanos(3);
    /**
     * So much longer that whoever is cut off from most has gone by then and its lease has ended, and so short that
     * nobody who waits has given up.
     */
    static final long PAIR_NS = 2 * MINORITY_NS;
    static final int NOBODY = -1;

    private final int self;
    private final Map<Integer, Long> unreachedSinceNs = new HashMap<>();

    Reachability(final int self) {
        this.self = self;
    }

    /** Nothing that was seen before counts any more. */
    void forget() {
        unreachedSinceNs.clear();
    }

    /** @return a node because of which this one has to go, {@link #NOBODY} if it may stay */
    int check(final View view, final IntPredicate isConnected, final long nowNs) {
        final List<Integer> others = new ArrayList<>();
        for (final Member member : view.members()) {
            if (member.isUp() && member.node() != self) {
                others.add(member.node());
            }
        }
        unreachedSinceNs.keySet().retainAll(others);
        int longUnreached = 0;
        int last = NOBODY;
        int lower = NOBODY;
        for (final int other : others) {
            if (isConnected.test(other)) {
                unreachedSinceNs.remove(other);
                continue;
            }
            final long unreachedNs = nowNs - unreachedSinceNs.computeIfAbsent(other, node -> nowNs);
            if (unreachedNs >= MINORITY_NS) {
                longUnreached++;
                last = other;
            }
            if (unreachedNs >= PAIR_NS && other < self) {
                lower = other;
            }
        }
        return 2 * longUnreached > others.size() + 1 ? last : lower;
    }
}
