package org.dsmfs.engine.membership.cluster;

import org.dsmfs.engine.EngineException;

import org.dsmfs.engine.network.aeron.SharedDriver;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * How a node takes part in the configuration of its space.
 *
 * @param spaceId         identity of the space; null for a new node, which learns it
 * @param nodeId          identity of the node
 * @param incarnation     starts of the node so far, this one included, 1..; 0 for one that has no store yet
 * @param dataPageBytes   size of large pages, of the node's store or of the space to create; 0 for the space's
 * @param address         host:port of the node's listener, as the others reach it; the ports above it belong to the
 *                        node too, see {@link ConsensusEndpoints}
 * @param consensus       addresses of the nodes that host the consensus, 1, 3 or 5, the same in the same order on
 *                        each of them; empty for nodes that do not, and for those that remember
 * @param directory       where the log and what the node has to remember rest; made if it does not exist
 * @param driver          of this process; it must be run by other threads than the caller's
 * @param lease           a node that is not heard of for so long is down (T); it stops serving after half of it
 * @param patience        how long a node that knows nothing but contacts, or that another process serves as, waits to
 *                        join; others wait for as long as it takes
 */
public record ClusterConfig(UUID spaceId, UUID nodeId, int incarnation, int dataPageBytes, String address,
                            List<String> consensus, Path directory, SharedDriver driver, Duration lease,
                            Duration patience) {
    /** Lease when none is asked for. */
    public static final Duration DEFAULT_LEASE = Duration.ofSeconds(2);
    /** Patience when none is asked for. */
    public static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(10);
    private static final Duration MIN_LEASE = Duration.ofMillis(400);
    private static final List<Integer> CONSENSUS_SIZES = List.of(0, 1, 3, 5);

    /** @throws EngineException naming the value that is out of range */
    public ClusterConfig {
        consensus = List.copyOf(consensus);
        if (!CONSENSUS_SIZES.contains(consensus.size()) || consensus.stream().distinct().count() != consensus.size()) {
            throw new EngineException("consensus members " + String.join(",", consensus)
                + ": name 1, 3 or 5 different nodes");
        }
        if (lease.compareTo(MIN_LEASE) < 0) {
            throw new EngineException("lease of " + lease.toMillis() + " ms is too short: at least "
                + MIN_LEASE.toMillis() + " ms");
        }
        ConsensusEndpoints.check(address);
        consensus.forEach(ConsensusEndpoints::check);
    }
}
