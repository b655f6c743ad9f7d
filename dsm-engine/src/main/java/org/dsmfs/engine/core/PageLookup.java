package org.dsmfs.engine.core;

import java.util.ArrayList;
import java.util.List;

/**
 * What the run of an operation finds, and what it does not: pages to be read from disk, and pages that this node has no
 * right to. After the first of those nothing is handed out any more, but the run may still say what else it needs.
 */
final class PageLookup {
    private final Pages pages;
    private final RamCache ram;
    private final List<Fetch> missing = new ArrayList<>();
    private final List<Core.Wanted> wanted = new ArrayList<>();
    private final List<Core.Wanted> expected = new ArrayList<>();
    private long hits;
    private long misses;

    PageLookup(final Pages pages) {
        this.pages = pages;
        this.ram = pages.ram();
    }

    void begin() {
        missing.clear();
        wanted.clear();
        expected.clear();
    }

    boolean isMissingAny() {
        return !missing.isEmpty() || !wanted.isEmpty();
    }

    /** @return pages to fetch */
    List<Fetch> missing() {
        return missing;
    }

    /** @return pages to get the right to */
    List<Core.Wanted> wanted() {
        return wanted;
    }

    /** @return pages that are likely to be read soon, and that this node has no right to */
    List<Core.Wanted> expected() {
        return expected;
    }

    long hits() {
        return hits;
    }

    long misses() {
        return misses;
    }

    /** @return the page in RAM; null if it is absent */
    Page lookup(final long segment, final long page, final boolean toWrite) {
        final Page present = ram.get(segment, page);
        if (present != null && isPermitted(present, toWrite)) {
            present.referenced = true;
            hits++;
            if (isMissingAny()) {
                throw Abandoned.PAGES;
            }
            return present;
        }
        if (!isMissingAny()) {
            want(segment, page, toWrite);
        }
        if (isMissingAny()) {
            throw Abandoned.PAGES;
        }
        return null;
    }

    private static boolean isPermitted(final Page present, final boolean toWrite) {
        return toWrite ? present.writable : present.readable;
    }

    private boolean isPermitted(final long segment, final long page, final boolean toWrite) {
        return toWrite ? pages.access().mayWrite(segment, page) : pages.access().mayRead(segment, page);
    }

    boolean exists(final long segment, final long page) {
        final Page present = ram.get(segment, page);
        if (!(present != null ? isPermitted(present, false) : isPermitted(segment, page, false))) {
            miss(segment, page, false);
            throw Abandoned.PAGES;
        }
        return present != null || pages.isOnDisk(segment, page);
    }

    void want(final long segment, final long page, final boolean toWrite) {
        final Page present = ram.get(segment, page);
        if (present != null) {
            if (!isPermitted(present, toWrite)) {
                miss(segment, page, toWrite);
            }
        } else if (!isPermitted(segment, page, toWrite)) {
            miss(segment, page, toWrite);
        } else if (pages.isOnDisk(segment, page)) {
            missing.add(pages.fetchOf(segment, page));
            misses++;
        }
    }

    void expect(final long segment, final long page) {
        if (pages.access() != PageAccess.ALONE && ram.get(segment, page) == null
            && !isPermitted(segment, page, false)) {
            expected.add(new Core.Wanted(segment, page, false));
        }
    }

    private void miss(final long segment, final long page, final boolean toWrite) {
        wanted.add(new Core.Wanted(segment, page, toWrite));
        misses++;
    }

    /** @return whether bytes may be put into the page; if not, it is now known to be missing */
    boolean isReadyToPut(final long segment, final long page, final boolean covers) {
        final Page present = ram.get(segment, page);
        if (present != null && present.writable) {
            present.referenced = true;
            hits++;
            return true;
        }
        if (present == null && isPermitted(segment, page, true) && (covers || !pages.isOnDisk(segment, page))) {
            return true;
        }
        want(segment, page, true);
        return false;
    }

    /** @return whether the page may be made or freed, whatever it holds; if not, it is now known to be missing */
    boolean isReadyToReplace(final long segment, final long page) {
        final Page present = ram.get(segment, page);
        if (present != null ? isPermitted(present, true) : isPermitted(segment, page, true)) {
            return true;
        }
        miss(segment, page, true);
        return false;
    }
}
