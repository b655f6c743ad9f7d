package org.dsmfs.engine.core;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

import static org.dsmfs.engine.journal.RecordFormat.RUN_HEADER_BYTES;
import static org.dsmfs.engine.journal.RecordFormat.align;

/** The difference between two states of a page, as runs of changed bytes in a CHANGE entry. */
final class PageDelta {
    /** Equal bytes that end a run: a header costs as much. */
    private static final int GAP_BYTES = 8;

    private PageDelta() {
    }

    /**
     * Adds the runs in which the page differs.
     *
     * @param base the old state; null for zeros
     * @return whether there is any difference
     */
    static boolean log(final DirectBuffer base, final DirectBuffer changed, final int size, final LogBatch batch) {
        boolean differs = false;
        int at = 0;
        while (at < size) {
            if (same(base, changed, at)) {
                at += GAP_BYTES;
                continue;
            }
            int end = at + GAP_BYTES;
            while (end < size && !same(base, changed, end)) {
                end += GAP_BYTES;
            }
            final int run = batch.addRun(at, end - at);
            batch.records().putBytes(run, changed, at, end - at);
            differs = true;
            at = end + GAP_BYTES;
        }
        return differs;
    }

    private static boolean same(final DirectBuffer base, final DirectBuffer changed, final int at) {
        return (base == null ? 0 : base.getLong(at)) == changed.getLong(at);
    }

    /**
     * Applies runs to a page.
     *
     * @return false if a run does not lie within page and entry
     */
    static boolean apply(final DirectBuffer entry, final int runs, final int runBytes,
                         final MutableDirectBuffer target, final int size) {
        int at = runs;
        final int end = runs + runBytes;
        while (at < end) {
            final int offset = entry.getInt(at);
            final int length = entry.getInt(at + 4);
            if (offset < 0 || length <= 0 || offset > size - length
                || length > end - at - RUN_HEADER_BYTES) {
                return false;
            }
            target.putBytes(offset, entry, at + RUN_HEADER_BYTES, length);
            at += RUN_HEADER_BYTES + align(length);
        }
        return at == end;
    }
}
