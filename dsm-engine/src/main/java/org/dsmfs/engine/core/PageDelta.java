package org.dsmfs.engine.core;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.UnsafeApi;

import static org.dsmfs.engine.journal.RecordFormat.RUN_HEADER_BYTES;
import static org.dsmfs.engine.journal.RecordFormat.align;

/** The difference between two states of a page, as runs of changed bytes in a CHANGE entry. */
final class PageDelta {
    /** Equal bytes that end a run: a header costs as much. */
    private static final int GAP_BYTES = 8;
    /** Compared at a time while pages are equal. */
    private static final int STEP_BYTES = 32;

    private PageDelta() {
    }

    /**
     * Adds the runs in which the page differs.
     *
     * @param base the old state; null for zeros
     * @param size bytes of the page, which both buffers have
     * @return whether there is any difference
     */
    static boolean log(final DirectBuffer base, final DirectBuffer changed, final int size, final LogBatch batch) {
        boolean differs = false;
        int at = nextDifference(base, changed, 0, size);
        while (at < size) {
            int end = at + GAP_BYTES;
            while (end < size && difference(base, changed, end) != 0) {
                end += GAP_BYTES;
            }
            final int run = batch.addRun(at, end - at);
            batch.records().putBytes(run, changed, at, end - at);
            differs = true;
            at = nextDifference(base, changed, end, size);
        }
        return differs;
    }

    /** @return offset of the first differing 8 bytes from there on, or the size */
    private static int nextDifference(final DirectBuffer base, final DirectBuffer changed, final int from,
                                      final int size) {
        int at = from;
        while (at <= size - STEP_BYTES && (difference(base, changed, at) | difference(base, changed, at + 8)
            | difference(base, changed, at + 16) | difference(base, changed, at + 24)) == 0) {
            at += STEP_BYTES;
        }
        while (at < size && difference(base, changed, at) == 0) {
            at += GAP_BYTES;
        }
        return at;
    }

    /** @return 0 if 8 bytes are equal. Without bounds checks, which would take longer than all the rest of a commit. */
    private static long difference(final DirectBuffer base, final DirectBuffer changed, final int at) {
        final long old = base == null ? 0 : UnsafeApi.getLong(base.byteArray(), base.addressOffset() + at);
        return old ^ UnsafeApi.getLong(changed.byteArray(), changed.addressOffset() + at);
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
