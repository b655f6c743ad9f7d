package org.dsmfs.engine;

import java.util.Map;

/**
 * A snapshot of a space's capacity and counters.
 *
 * @param capacityBytes      what the space may hold, bytes of pages
 * @param usedBytes          pages that exist, bytes
 * @param reservedBytes      part of the free bytes that only removal may use
 * @param memoryLimitBytes   limit of the RAM cache
 * @param memoryUsedBytes    pages in the RAM cache
 * @param pagesByKind        pages that exist, by {@link Segment#kind}
 * @param hits               page accesses answered from RAM, since the start
 * @param misses             page accesses that had to read the disk, since the start
 * @param journalBytes       log between the last checkpoint and the end
 * @param journalLimitBytes  size of the journal
 * @param lsn                log sequence number of the log's end, bytes
 * @param durableLsn         log sequence number up to which the log is on disk
 * @param checkpoints        checkpoints since the start
 * @param version            newest page version
 */
public record SpaceStatus(
    long capacityBytes,
    long usedBytes,
    long reservedBytes,
    long memoryLimitBytes,
    long memoryUsedBytes,
    Map<Integer, Long> pagesByKind,
    long hits,
    long misses,
    long journalBytes,
    long journalLimitBytes,
    long lsn,
    long durableLsn,
    long checkpoints,
    long version) {
}
