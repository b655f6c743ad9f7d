package org.dsmfs.engine.node;

import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.NodeConfig;
import org.dsmfs.engine.Space;
import org.dsmfs.engine.SpaceConfig;
import org.dsmfs.engine.membership.cluster.ClusterConfig;
import org.dsmfs.engine.membership.cluster.ClusterMembership;
import org.dsmfs.engine.network.aeron.AeronNetwork;
import org.dsmfs.engine.network.aeron.AeronNetworkConfig;
import org.dsmfs.engine.network.aeron.DatagramCover;
import org.dsmfs.engine.network.aeron.Identity;
import org.dsmfs.engine.network.aeron.PortInUseException;
import org.dsmfs.engine.network.secure.ClusterKey;
import org.dsmfs.engine.network.secure.SecureEndpoints;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Opens a node's part of a space that other nodes may share: store, network, membership, in this order. */
public final class SharedSpace {
    private static final Logger LOG = LoggerFactory.getLogger(SharedSpace.class);
    /** Ports that are tried, if none is named. */
    private static final int PORT_ATTEMPTS = 100;
    private static final String ADDRESS_FILE = "address";
    private static final String NODE_FILE = "node";
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long SAY_NS = TimeUnit.SECONDS.toNanos(2);

    private final SpaceConfig config;
    private final NodeConfig node;
    private final StoreDirectory directory;

    private SharedSpace(final SpaceConfig config, final NodeConfig node, final StoreDirectory directory) {
        this.config = config;
        this.node = node;
        this.directory = directory;
    }

    /**
     * Returns when the node serves.
     *
     * @throws EngineException in one line what is wrong and the remedy
     */
    public static Space open(final SpaceConfig config, final NodeConfig node) {
        final StoreDirectory directory = StoreDirectory.open(config.store());
        try {
            return new SharedSpace(config, node, directory).open();
        } catch (final RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    private LocalSpace open() {
        makeDirectory(directory.membership());
        final boolean isNew = !directory.hasStore();
        final NodeLink link = new NodeLink(listen());
        LocalSpace space = null;
        ClusterMembership membership = null;
        try {
            if (isNew && !node.join().isEmpty()) {
                final UUID nodeId = nodeId();
                membership = ClusterMembership.join(clusterConfig(link, null, nodeId, 1, List.of()),
                    node.join());
                space = LocalSpace.open(directory, config, new Store.Identity(membership.spaceId(), nodeId));
            } else {
                space = LocalSpace.open(directory, config, null);
                membership = enter(link, space);
            }
            link.network().identify(new Identity(membership.node(), space.incarnation(), digest(membership.spaceId())));
            space.share(link.network(), membership, new ThreadWaiter());
            link.serve(space, membership);
            space.start(link);
            awaitService(space);
            return space;
        } catch (final RuntimeException e) {
            if (space != null) {
                space.abandon();
            }
            if (membership != null) {
                membership.close();
            }
            link.close();
            throw e;
        }
    }

    private ClusterMembership enter(final NodeLink link, final LocalSpace space) {
        final Store.Identity identity = space.identity();
        final boolean founds = node.join().isEmpty() && !ClusterMembership.isKnown(directory.membership());
        final ClusterConfig cluster = clusterConfig(link, identity.space(), identity.node(), space.incarnation(),
            founds && node.consensus().isEmpty() ? List.of(read(ADDRESS_FILE)) : node.consensus());
        return founds ? ClusterMembership.create(cluster) : ClusterMembership.join(cluster, node.join());
    }

    private ClusterConfig clusterConfig(final NodeLink link, final UUID space, final UUID nodeId,
                                        final int incarnation, final List<String> consensus) {
        return new ClusterConfig(space, nodeId, incarnation, read(ADDRESS_FILE), consensus, directory.membership(),
            link.network().directory(), ClusterConfig.DEFAULT_LEASE, ClusterConfig.DEFAULT_PATIENCE);
    }

    /** Listens where it is asked to, where it did last time, or on the next free port. */
    private AeronNetwork listen() {
        if (node.listen() != null) {
            return listen(NodeConfig.hostOf(node.listen()), NodeConfig.portOf(node.listen()));
        }
        if (Files.exists(directory.membership().resolve(ADDRESS_FILE))) {
            final String last = read(ADDRESS_FILE);
            return listen(NodeConfig.hostOf(last), NodeConfig.portOf(last));
        }
        int port = NodeConfig.DEFAULT_PORT;
        for (int i = 1; i < PORT_ATTEMPTS; i++) {
            try {
                return listen(NodeConfig.LOOPBACK, port);
            } catch (final PortInUseException e) {
                LOG.info("port {} is taken, trying {}", port, port + NodeConfig.PORT_STEP);
                port += NodeConfig.PORT_STEP;
            }
        }
        return listen(NodeConfig.LOOPBACK, port);
    }

    private AeronNetwork listen(final String host, final int port) {
        final AeronNetwork network = new AeronNetwork(new AeronNetworkConfig(host, port,
            AeronNetworkConfig.SHARED_MEMORY, AeronNetworkConfig.DEFAULT_MTU_BYTES, cover()));
        write(ADDRESS_FILE, host + ":" + port);
        LOG.info("listening on {}:{}", host, port);
        return network;
    }

    private DatagramCover cover() {
        return node.key() == null ? DatagramCover.NONE : new SecureEndpoints(ClusterKey.load(node.key()));
    }

    private static void awaitService(final LocalSpace space) {
        long nextSayNs = System.nanoTime() + SAY_NS;
        while (!space.isServing()) {
            LockSupport.parkNanos(LOOK_NS);
            if (System.nanoTime() - nextSayNs >= 0) {
                LOG.info("waiting for {}", space.missing());
                nextSayNs = System.nanoTime() + SAY_NS;
            }
        }
    }

    /** @return identity of a node whose store is not there yet, kept from an attempt before */
    private UUID nodeId() {
        if (!Files.exists(directory.membership().resolve(NODE_FILE))) {
            write(NODE_FILE, UUID.randomUUID().toString());
        }
        return UUID.fromString(read(NODE_FILE));
    }

    private static long digest(final UUID space) {
        return space.getMostSignificantBits() ^ space.getLeastSignificantBits();
    }

    private static void makeDirectory(final Path path) {
        try {
            Files.createDirectories(path);
        } catch (final IOException e) {
            throw new EngineException("directory " + path + " can't be made: " + e.getMessage(), e);
        }
    }

    private String read(final String file) {
        final Path path = directory.membership().resolve(file);
        try {
            return Files.readString(path).strip();
        } catch (final IOException e) {
            throw new EngineException(path + " can't be read: " + e.getMessage(), e);
        }
    }

    private void write(final String file, final String text) {
        final Path path = directory.membership().resolve(file);
        try {
            Files.writeString(path, text + "\n");
        } catch (final IOException e) {
            throw new EngineException(path + " can't be written: " + e.getMessage(), e);
        }
    }
}
