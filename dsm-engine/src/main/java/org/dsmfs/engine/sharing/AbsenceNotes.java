package org.dsmfs.engine.sharing;

import java.util.ArrayDeque;

/**
 * Absent pages that this node is responsible for and others have looked at. That a page is absent takes no room in
 * their RAM caches, so nothing there would ever have them forget it, and this node has to know who they are.
 */
final class AbsenceNotes {
    /** Pages that may be noted for as long as nobody changes them. */
    static final int MOST = 4096;

    /** In the order in which they were first looked at; some may have been made, or forgotten, since. */
    private final ArrayDeque<OwnershipEntry> oldestFirst = new ArrayDeque<>();

    /** Another node knows that the page is absent. */
    void add(final OwnershipEntry entry) {
        if (!entry.isNotedAbsent) {
            entry.isNotedAbsent = true;
            oldestFirst.add(entry);
        }
    }

    /** @return how many there are more than may be */
    int excess() {
        return Math.max(0, oldestFirst.size() - MOST);
    }

    /** @return the oldest one, noted no more; there is one */
    OwnershipEntry takeOldest() {
        final OwnershipEntry oldest = oldestFirst.remove();
        oldest.isNotedAbsent = false;
        return oldest;
    }

    void clear() {
        oldestFirst.clear();
    }
}
