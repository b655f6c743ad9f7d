package org.dsmfs.engine;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * How a node meets the others that it shares its space with.
 *
 * @param listen    HOST:PORT to listen on; {@link #NOWHERE} for a node that never has neighbours; null for the address
 *                  of the last time, or {@link #LOOPBACK} and the next free port from {@link #DEFAULT_PORT} on, in
 *                  steps of {@link #PORT_STEP}
 * @param join      HOST:PORT of nodes of the space to join; empty to make a new space, or to come back to the one that
 *                  the store belongs to
 * @param consensus HOST:PORT of the 1, 3 or 5 nodes that keep the configuration of a new space, which the first of them
 *                  makes and the others join; empty for this node alone
 * @param key       file with the key that all nodes of the space hold; null for none, on {@link #LOOPBACK} only
 */
public record NodeConfig(String listen, List<String> join, List<String> consensus, Path key) {
    /** To listen on if there shall never be neighbours. */
    public static final String NOWHERE = "none";
    /** Where a node listens if nothing else is said. */
    public static final String LOOPBACK = "127.0.0.1";
    /** First port of a node if nothing else is said. */
    public static final int DEFAULT_PORT = 7400;
    /** Highest port that a node can have. */
    public static final int MAX_PORT = 65535 - 9;
    /** A node takes its port and some of those above it. */
    public static final int PORT_STEP = 10;
    private static final Set<Integer> CONSENSUS_SIZES = Set.of(0, 1, 3, 5);

    /** A node of a new space, or of the one that its store belongs to, on this machine. */
    public static final NodeConfig DEFAULT = new NodeConfig(null, List.of(), List.of(), null);

    /** @throws EngineException naming the value that is out of range */
    public NodeConfig {
        join = List.copyOf(join);
        consensus = List.copyOf(consensus);
        if (NOWHERE.equals(listen)) {
            if (!join.isEmpty() || !consensus.isEmpty() || key != null) {
                throw new EngineException("--listen=" + NOWHERE + " is for a node without neighbours: leave --join, "
                    + "--consensus and --key-file out");
            }
        } else if (listen != null && key == null && !isLoopback(hostOf(listen))) {
            throw new EngineException("to listen on " + listen + ", which other machines can reach, the nodes need a "
                + "cluster key: name its file with --key-file (dsm keygen makes one)");
        }
        if (!CONSENSUS_SIZES.contains(consensus.size()) || Set.copyOf(consensus).size() != consensus.size()) {
            throw new EngineException("--consensus=" + String.join(",", consensus) + " has " + consensus.size()
                + " nodes: name 1, 3 or 5 different ones");
        }
    }

    /** @return the host of HOST:PORT */
    public static String hostOf(final String address) {
        return address.substring(0, address.lastIndexOf(':'));
    }

    /** @return the port of HOST:PORT */
    public static int portOf(final String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    private static boolean isLoopback(final String host) {
        return host.startsWith("127.") || host.equals("localhost") || host.equals("[::1]");
    }
}
