package org.dsmfs.engine.node;

import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.NodeConfig;
import org.dsmfs.engine.Space;
import org.dsmfs.engine.SpaceConfig;
import org.dsmfs.engine.StartCancelledException;
import org.dsmfs.engine.StartObserver;
import org.dsmfs.engine.membership.View;
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
    private static final String SHARED_FILE = "shared";
    private static final String NODE_FILE = "node";
    /** There from before a space is made until it is known to be made. */
    private static final String FOUNDING_FILE = "founding";
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long SAY_NS = TimeUnit.SECONDS.toNanos(2);

    private final SpaceConfig config;
    private final NodeConfig node;
    private final StoreDirectory directory;
    private final StartObserver observer;
    private DatagramCover cover = DatagramCover.NONE;

    private SharedSpace(final SpaceConfig config, final NodeConfig node, final StoreDirectory directory,
                        final StartObserver observer) {
        this.config = config;
        this.node = node;
        this.directory = directory;
        this.observer = observer;
    }

    /**
     * Returns when the node serves, which may take until other nodes have started.
     *
     * @throws EngineException in one line what is wrong and the remedy, or that the observer gave up
     */
    public static Space open(final SpaceConfig config, final NodeConfig node, final StartObserver observer) {
        final StoreDirectory directory = StoreDirectory.open(config.store(), config.diskBytes());
        try {
            final SharedSpace opening = new SharedSpace(config, node, directory, observer);
            return NodeConfig.NOWHERE.equals(node.listen()) ? opening.openAlone() : opening.open();
        } catch (final RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    /**
     * Has the other nodes take over everything that this one has, and leaves the space for good; the store is deleted.
     *
     * @throws EngineException in one line why it can't leave; the store is as it was then, but for what the others took
     */
    public static void leave(final SpaceConfig config, final NodeConfig node, final StartObserver observer) {
        final LocalSpace space = (LocalSpace) open(config, node, observer);
        try (space) {
            space.leave();
        }
        StoreDirectory.delete(config.store());
    }

    /** @return whether other nodes have, or had, a part of the space that the store belongs to */
    public static boolean isShared(final Path store) {
        return Files.exists(StoreDirectory.membership(store).resolve(SHARED_FILE));
    }

    /** Without knowing what other nodes have, a part of a shared space must not be used. */
    private LocalSpace openAlone() {
        if (ClusterMembership.isKnown(directory.membership())) {
            throw new EngineException("store " + config.store()
                + " is a part of a space that other nodes may share: leave --listen=" + NodeConfig.NOWHERE + " out");
        }
        final LocalSpace space = LocalSpace.open(directory, config, null);
        space.start(null);
        return space;
    }

    private LocalSpace open() {
        if (node.key() != null) {
            cover = new SecureEndpoints(ClusterKey.load(node.key()));
        }
        makeDirectory(directory.membership());
        final NodeLink link = new NodeLink(listen());
        LocalSpace space = null;
        ClusterMembership membership = null;
        try {
            if (!directory.hasStore() && !isFounder()) {
                final UUID nodeId = nodeId();
                membership = ClusterMembership.ask(
                    clusterConfig(link, new Store.Identity(null, nodeId), 0, config.dataPageBytes()),
                    contacts(), observer);
                space = LocalSpace.open(directory, config.with(membership.dataPageBytes()),
                    new Store.Identity(membership.spaceId(), nodeId));
                membership.join(space.incarnation(), observer);
            } else {
                space = LocalSpace.open(directory, config, null);
                membership = enter(link, space);
            }
            link.network().identify(new Identity(membership.node(), space.incarnation(), digest(membership.spaceId())));
            space.share(link.network(), membership,
                new ThreadWaiter(link::pollInPassing, link.network().idlePolicy()::expectTraffic));
            link.serve(space, membership);
            space.start(link);
            noteOthers(membership.view());
            membership.onView(this::noteOthers);
            awaitService(space);
            return space;
        } catch (final RuntimeException e) {
            if (membership != null) {
                membership.close();
            }
            link.close();
            if (space != null) {
                space.abandon();
            }
            throw e;
        }
    }

    private void noteOthers(final View view) {
        if (view.members().size() > 1 && !Files.exists(file(SHARED_FILE))) {
            write(SHARED_FILE, "other nodes have a part of the space");
        }
    }

    /**
     * @return whether this node is the one that makes the space: it has begun to and was interrupted, or is new, is not
     *     told to join another one, and is the first of the consensus members, if any are named
     */
    private boolean isFounder() {
        final boolean isFirst = node.consensus().isEmpty() || node.consensus().get(0).equals(read(ADDRESS_FILE));
        return Files.exists(file(FOUNDING_FILE)) || node.join().isEmpty() && isFirst
            && !ClusterMembership.isKnown(directory.membership());
    }

    /** @return whom to join */
    private List<String> contacts() {
        return node.join().isEmpty() ? node.consensus() : node.join();
    }

    private ClusterMembership enter(final NodeLink link, final LocalSpace space) {
        final ClusterConfig cluster =
            clusterConfig(link, space.identity(), space.incarnation(), space.largePageSize());
        if (!isFounder()) {
            return ClusterMembership.join(cluster, contacts(), observer);
        }
        write(FOUNDING_FILE, read(ADDRESS_FILE));
        final ClusterMembership membership = ClusterMembership.create(cluster, observer);
        remove(FOUNDING_FILE);
        return membership;
    }

    private ClusterConfig clusterConfig(final NodeLink link, final Store.Identity identity, final int incarnation,
                                        final int dataPageBytes) {
        final String address = read(ADDRESS_FILE);
        final List<String> consensus = node.consensus().isEmpty() && isFounder() ? List.of(address) : node.consensus();
        return new ClusterConfig(identity.space(), identity.node(), incarnation, dataPageBytes, address, consensus,
            directory.membership(), link.network().sharedDriver(), ClusterConfig.DEFAULT_LEASE,
            ClusterConfig.DEFAULT_PATIENCE);
    }

    /** Listens where it is asked to, where it did last time, or on the next free port. */
    private AeronNetwork listen() {
        if (node.listen() != null) {
            return listen(NodeConfig.hostOf(node.listen()), NodeConfig.portOf(node.listen()));
        }
        if (Files.exists(file(ADDRESS_FILE))) {
            final String last = read(ADDRESS_FILE);
            try {
                return listen(NodeConfig.hostOf(last), NodeConfig.portOf(last));
            } catch (final PortInUseException e) {
                if (ClusterMembership.isHost(directory.membership(), last)
                    || !NodeConfig.hostOf(last).equals(NodeConfig.LOOPBACK)) {
                    throw e;
                }
            }
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
            AeronNetworkConfig.SHARED_MEMORY, AeronNetworkConfig.DEFAULT_MTU_BYTES, cover));
        write(ADDRESS_FILE, host + ":" + port);
        LOG.info("listening on {}:{}", host, port);
        return network;
    }

    private void awaitService(final LocalSpace space) {
        final long startNs = System.nanoTime();
        String said = "";
        while (!space.isServing()) {
            LockSupport.parkNanos(LOOK_NS);
            if (observer.isCancelled()) {
                throw new StartCancelledException(space.missing());
            }
            final String missing = System.nanoTime() - startNs > SAY_NS ? space.missing() : "";
            if (!missing.isEmpty() && !missing.equals(said)) {
                LOG.info("waiting for {}", missing);
                observer.waitingFor(missing);
                said = missing;
            }
        }
    }

    /** @return identity of a node whose store is not there yet, kept from an attempt before */
    private UUID nodeId() {
        if (!Files.exists(file(NODE_FILE))) {
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

    private Path file(final String name) {
        return directory.membership().resolve(name);
    }

    private void remove(final String file) {
        try {
            Files.delete(file(file));
        } catch (final IOException e) {
            throw new EngineException(file(file) + " can't be removed: " + e.getMessage(), e);
        }
    }

    private String read(final String file) {
        final Path path = file(file);
        try {
            return Files.readString(path).strip();
        } catch (final IOException e) {
            throw new EngineException(path + " can't be read: " + e.getMessage(), e);
        }
    }

    private void write(final String file, final String text) {
        final Path path = file(file);
        try {
            Files.writeString(path, text + "\n");
        } catch (final IOException e) {
            throw new EngineException(path + " can't be written: " + e.getMessage(), e);
        }
    }
}
