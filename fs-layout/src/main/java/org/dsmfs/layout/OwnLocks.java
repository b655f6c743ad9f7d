package org.dsmfs.layout;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What this node knows of the locks of its own processes, since the pages they are in may be lost with another node.
 * Changed only when an operation commits, as a run may be repeated. Thread-safe.
 */
final class OwnLocks {
    private final Map<Long, Entered> enteredByIno = new HashMap<>();
    private final Set<Long> denied = new HashSet<>();
    private List<WaitTable.Wait> waits = List.of();

    /**
     * The locks of an inode.
     *
     * @param era     of the pages they are in
     * @param upSince epoch since which this node was not down when it entered them
     * @param locks   this node's; empty if it used the pages, but holds none
     */
    record Entered(long era, long upSince, List<Lock> locks) {
        Entered {
            locks = List.copyOf(locks);
        }
    }

    /** @return null if this node has not used the inode's locks since it opened the inode */
    synchronized Entered of(final long ino) {
        return enteredByIno.get(ino);
    }

    synchronized void entered(final long ino, final Entered entered) {
        enteredByIno.put(ino, entered);
    }

    /**
     * Forgets what is not in the pages any more.
     *
     * @param left this node's locks there
     * @return whether it had others
     */
    synchronized boolean keepOnly(final long ino, final Entered left) {
        final Entered before = enteredByIno.get(ino);
        if (before == null) {
            // It has been closed meanwhile.
            return false;
        }
        enteredByIno.put(ino, left);
        return !left.locks.containsAll(before.locks);
    }

    /** The inode is not open here any more. */
    synchronized void forget(final long ino) {
        enteredByIno.remove(ino);
        denied.remove(ino);
    }

    /**
     * @param upSince epoch since which this node has not been down
     * @return whether this node has locks that were not entered in this era of the inode's locks
     */
    synchronized boolean isLeftOut(final long ino, final long era, final long upSince) {
        final Entered entered = enteredByIno.get(ino);
        return entered != null && !entered.locks.isEmpty() && entered.era != era && entered.upSince == upSince;
    }

    /** @return inodes that this node holds locks of */
    synchronized List<Long> locked() {
        final List<Long> inos = new ArrayList<>();
        enteredByIno.forEach((ino, entered) -> {
            if (!entered.locks.isEmpty()) {
                inos.add(ino);
            }
        });
        return inos;
    }

    /** A lock was denied, so that somebody may wait. */
    synchronized void denied(final long ino) {
        denied.add(ino);
    }

    synchronized boolean wasDenied(final long ino) {
        return denied.contains(ino);
    }

    /** @return all inodes of which locks were denied */
    synchronized List<Long> denied() {
        return List.copyOf(denied);
    }

    /** @return the waits that other nodes see; not to be changed */
    synchronized List<WaitTable.Wait> waits() {
        return waits;
    }

    synchronized void waits(final List<WaitTable.Wait> newWaits) {
        waits = List.copyOf(newWaits);
    }
}
