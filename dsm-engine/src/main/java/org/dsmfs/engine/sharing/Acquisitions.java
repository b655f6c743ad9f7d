package org.dsmfs.engine.sharing;

import java.util.ArrayList;
import java.util.List;

/** The operations that wait for pages. */
final class Acquisitions {
    private final List<Acquisition> waiting = new ArrayList<>();
    private boolean hasNews;

    void add(final Acquisition acquisition) {
        if (!waiting.contains(acquisition)) {
            waiting.add(acquisition);
        }
    }

    void remove(final Acquisition acquisition) {
        waiting.remove(acquisition);
    }

    /** @return how many wait */
    int size() {
        return waiting.size();
    }

    /** @return one of those that wait, 0..size - 1 */
    Acquisition get(final int index) {
        return waiting.get(index);
    }

    /** @return whether an operation that waits has been waiting for this page */
    boolean isAwaited(final CopyEntry entry) {
        for (int i = 0; i < waiting.size(); i++) {
            if (waiting.get(i).items.get(entry.segment, entry.page) != null) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whoever keeps a page waits only for pages of higher addresses, so that operations that need the same pages never
     * wait for each other; and the responsible node serves them in the order in which they asked.
     *
     * @return whether the page, which is here, is kept for an operation that has not run
     */
    boolean isKept(final CopyEntry entry) {
        for (int i = 0; i < waiting.size(); i++) {
            final Acquisition acquisition = waiting.get(i);
            if (acquisition.items.get(entry.segment, entry.page) != null
                && acquisition.isCompleteBelow(entry.segment, entry.page)) {
                return true;
            }
        }
        return false;
    }

    /** Its pages have come or gone. */
    void update(final Acquisition acquisition) {
        final boolean before = acquisition.isReady();
        acquisition.update();
        hasNews |= acquisition.isReady() && !before;
    }

    /** @return whether an operation may go on that could not before; asked once */
    boolean takeNews() {
        final boolean taken = hasNews;
        hasNews = false;
        return taken;
    }
}
