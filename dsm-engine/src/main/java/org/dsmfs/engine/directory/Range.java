package org.dsmfs.engine.directory;

import org.dsmfs.engine.Segment;

/**
 * A range of addresses that belong to one partition. Addresses go by segment number, then page index; all kinds of
 * segments of one number go together.
 *
 * @param firstNumber segment number of the first address, 0..{@link Segment#MAX_NUMBER}
 * @param firstPage   page index of the first address, 0..
 * @param endNumber   segment number of the first address behind the range, up to {@link Segment#MAX_NUMBER} + 1
 * @param endPage     page index of that address, 0..
 * @param partition   0..1023
 */
public record Range(long firstNumber, long firstPage, long endNumber, long endPage, int partition) {
    /** @return whether the address is in the range */
    public boolean contains(final long number, final long page) {
        return compare(firstNumber, firstPage, number, page) <= 0 && compare(number, page, endNumber, endPage) < 0;
    }

    /** Compares two addresses. @return less than, equal to or greater than 0, as the first is to the second */
    static int compare(final long number, final long page, final long otherNumber, final long otherPage) {
        return number == otherNumber ? Long.compare(page, otherPage) : Long.compare(number, otherNumber);
    }
}
