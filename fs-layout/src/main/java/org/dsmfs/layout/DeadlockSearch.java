package org.dsmfs.layout;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dsmfs.engine.Neighbours;
import org.dsmfs.engine.PageTransaction;

/**
 * Follows who waits for whom, within one run, so on one consistent state of all nodes. An owner waits for another one
 * exactly if a wait it has entered is for what the other one's lock excludes now; so a lock that was given up, a waiter
 * that was interrupted and a node that is gone lead nowhere, and a cycle that is found is one.
 *
 * <p>And one that is there is found, by the last request that enters its wait: the others' waits are entered before, in
 * transactions that this one comes after, and stay as long as they wait. A request that tries again searches again,
 * since with threads that share an owner a cycle may also close when a lock is granted. As in Linux, threads that
 * share their owner count as one, which waits if any of them does.
 */
final class DeadlockSearch {
    private final PageTransaction tx;
    private final Neighbours neighbours;
    private final Map<Integer, List<WaitTable.Wait>> waitsByNode = new HashMap<>();

    DeadlockSearch(final PageTransaction tx, final Neighbours neighbours) {
        this.tx = tx;
        this.neighbours = neighbours;
    }

    /** @return whether anyone who holds what the lock excludes waits, directly or through others, for its owner */
    boolean wouldDeadlock(final Lock wanted, final List<Lock> held) {
        final Set<LockOwner> seen = new HashSet<>();
        final Deque<LockOwner> toFollow = new ArrayDeque<>();
        addHolders(wanted, held, toFollow);
        while (!toFollow.isEmpty()) {
            final LockOwner owner = toFollow.pop();
            if (owner.equals(wanted.owner())) {
                return true;
            }
            if (seen.add(owner)) {
                for (final WaitTable.Wait wait : waits(owner.node())) {
                    if (wait.lock().owner().equals(owner)) {
                        addHolders(wait.lock(), LockTable.load(tx, wait.ino(), neighbours).locks(), toFollow);
                    }
                }
            }
        }
        return false;
    }

    private static void addHolders(final Lock wanted, final List<Lock> held, final Deque<LockOwner> owners) {
        for (final Lock lock : held) {
            if (lock.excludes(wanted)) {
                owners.push(lock.owner());
            }
        }
    }

    private List<WaitTable.Wait> waits(final int node) {
        return waitsByNode.computeIfAbsent(node, number -> WaitTable.load(tx, number));
    }
}
