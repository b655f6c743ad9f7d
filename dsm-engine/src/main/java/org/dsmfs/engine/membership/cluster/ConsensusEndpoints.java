package org.dsmfs.engine.membership.cluster;

import org.dsmfs.engine.EngineException;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Where the consensus listens: on UDP ports at fixed distances above the port of the node's listener, so that whoever
 * knows a node's address can reach the consensus there.
 */
final class ConsensusEndpoints {
    /** Commands of nodes, from everywhere. */
    private static final int INGRESS = 1;
    /** Votes and positions, from the other consensus members. */
    private static final int CONSENSUS = 2;
    /** The log, from the leader. */
    private static final int LOG = 3;
    /** What a consensus member missed, from the leader. */
    private static final int CATCHUP = 4;
    /** Requests for recordings, from the other consensus members. */
    private static final int ARCHIVE = 5;
    /** Recordings that were asked for. */
    private static final int REPLICATION = 6;
    /** Ports that a node takes: its listener's and those above it. */
    static final int PORTS = 7;
    private static final int MAX_PORT = 65535;

    private ConsensusEndpoints() {
    }

    /** @throws EngineException if the address is not host:port, or the ports above it do not exist */
    static void check(final String address) {
        final int colon = address.lastIndexOf(':');
        if (colon < 1 || !address.substring(colon + 1).matches("\\d{1,5}")) {
            throw new EngineException("address '" + address + "' is not HOST:PORT");
        }
        final int port = port(address);
        if (port < 1 || port + PORTS - 1 > MAX_PORT) {
            throw new EngineException("port " + port + " is out of range: a node takes " + PORTS
                + " ports, from the one that is named on");
        }
    }

    static String host(final String address) {
        return address.substring(0, address.lastIndexOf(':'));
    }

    private static int port(final String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    private static String endpoint(final String address, final int distance) {
        return host(address) + ":" + (port(address) + distance);
    }

    static String archive(final String address) {
        return endpoint(address, ARCHIVE);
    }

    static String replication(final String address) {
        return endpoint(address, REPLICATION);
    }

    /** @return the consensus members as Aeron Cluster names them */
    static String members(final List<String> consensus) {
        return IntStream.range(0, consensus.size()).mapToObj(member -> member + ","
            + IntStream.rangeClosed(INGRESS, ARCHIVE).mapToObj(distance -> endpoint(consensus.get(member), distance))
                .collect(Collectors.joining(","))).collect(Collectors.joining("|"));
    }

    /** @return the endpoint for commands */
    static String ingress(final String address) {
        return endpoint(address, INGRESS);
    }

    /** @return the endpoints for commands as Aeron Cluster names them */
    static String ingresses(final List<String> consensus) {
        return IntStream.range(0, consensus.size()).mapToObj(member -> member + "=" + ingress(consensus.get(member)))
            .collect(Collectors.joining(","));
    }
}
