package org.dsmfs.engine.network.aeron;

import io.aeron.exceptions.AeronException;
import org.agrona.DirectBuffer;
import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.network.Network;
import org.dsmfs.engine.network.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The network over Aeron: a driver embedded in this process, one port with the streams of all peers, and a
 * publication for each stream to each of them. No thread of its own: {@link #poll} does all the work, {@link #idlePolicy}
 * is for the thread that calls it.
 */
public final class AeronNetwork implements Network {
    /** Largest number of a node. */
    public static final int MAX_NODE = 1023;

    private static final Logger LOG = LoggerFactory.getLogger(AeronNetwork.class);
    private static final long CHECK_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long REOPEN_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);
    /** How often the driver's other clients are woken at most; whether traffic is theirs is not known here. */
    private static final long RING_INTERVAL_MS = 5;
    /** A message of so many bytes fits into any datagram. */
    private static final int ONE_DATAGRAM_BYTES = 1024;
    /** How long a network that closes lets its last messages go out. */
    private static final long FAREWELL_NS = TimeUnit.MILLISECONDS.toNanos(300);
    /** A session's number is the node's, and below it as many bits that tell the node's sessions apart. */
    private static final int SESSION_BITS = 22;

    private final AeronNetworkConfig config;
    private final SecureRandom random = new SecureRandom();
    private final SocketReadiness sockets = new SocketReadiness();
    private final IdlePolicy idlePolicy = new IdlePolicy(sockets);
    private final Doorbell arrivals = new Doorbell();
    private final DriverErrors errors = new DriverErrors();
    private final AtomicLongArray drops = new AtomicLongArray(DropReason.values().length);
    private final Listener listener;
    private final EmbeddedDriver driver;
    /** By node; written by the thread that polls. */
    private final AtomicReferenceArray<Link> links = new AtomicReferenceArray<>(MAX_NODE + 1);
    private final List<Link> openLinks = new ArrayList<>();
    /** Null until this node knows who it is. */
    private volatile Identity identity;
    /** Peers to which no link could be opened yet. */
    private final List<Peer> unreached = new ArrayList<>();
    private final int maxPeers;
    private int nextSession = random.nextInt(1 << SESSION_BITS);
    private long nextCheckNs = System.nanoTime();
    private long nextReopenNs = nextCheckNs;
    private long nextRingNs = nextCheckNs;
    private boolean isRingDue;
    /** Who gets messages; null outside of {@link #poll}. */
    private Handler handler;

    /**
     * Starts to listen.
     *
     * @throws PortInUseException if another process has the port
     * @throws EngineException    if the address can't be listened on, or the directory is unusable or too small
     */
    public AeronNetwork(final AeronNetworkConfig config) {
        this.config = config;
        listener = new Listener(new Dispatcher());
        maxPeers = (int) Math.min(MAX_NODE,
            (DriverContext.usableBytes(config.directory()) - DriverContext.DRIVER_BYTES) / Streams.PEER_BYTES);
        driver = startDriver();
        try {
            driver.use(aeron -> listener.open(aeron, config.host(), config.port()));
        } catch (final RuntimeException e) {
            driver.close();
            sockets.close();
            throw e;
        }
    }

    private EmbeddedDriver startDriver() {
        try {
            return new EmbeddedDriver(config, sockets, errors);
        } catch (final RuntimeException e) {
            sockets.close();
            throw e;
        }
    }

    /** Says who this node is: once, before there are peers. Until then, nothing is delivered. */
    public void identify(final Identity newIdentity) {
        identity = newIdentity;
    }

    /** @return for other clients of Aeron in this process: the driver, which works when polled */
    public SharedDriver sharedDriver() {
        return new SharedDriver(driver.directory(), idlePolicy, arrivals);
    }

    /** @return what the thread that polls does in between */
    public IdlePolicy idlePolicy() {
        return idlePolicy;
    }

    /** @return messages that came and were not delivered, since the start; any thread */
    public long dropped(final DropReason reason) {
        return drops.get(reason.ordinal());
    }

    /** @return errors of the driver since the start, wrong datagrams among them; any thread */
    public long errors() {
        return errors.count();
    }

    @Override
    public boolean send(final int node, final Stream stream, final DirectBuffer buffer, final int offset,
            final int length) {
        if (length < 1 || length > MAX_MESSAGE_BYTES) {
            throw new IllegalArgumentException("message of " + length + " bytes");
        }
        final Link link = links.get(node);
        if (link == null || !link.send(stream, buffer, offset, length)) {
            return false;
        }
        // Faster than to wait until the thread that polls is awake, or has its turn. An answer wakes it.
        final boolean isSent = !idlePolicy.isOfThisThread() && driver.trySend() && length <= ONE_DATAGRAM_BYTES;
        if (!isSent) {
            idlePolicy.expectTraffic();
        }
        return true;
    }

    @Override
    public int poll(final Handler receiver) {
        handler = receiver;
        try {
            int work = driver.run() + listener.poll();
            if (listener.mayHaveMore()) {
                // Who polls now may not come back.
                idlePolicy.expectTraffic();
            }
            for (int i = 0; i < openLinks.size(); i++) {
                work += openLinks.get(i).sendRest();
            }
            final long nowNs = System.nanoTime();
            if (nowNs - nextCheckNs >= 0) {
                nextCheckNs = nowNs + CHECK_INTERVAL_NS;
                openLinks.forEach(link -> link.onTime(nowNs));
            }
            if (!unreached.isEmpty() && nowNs - nextReopenNs >= 0) {
                nextReopenNs = nowNs + REOPEN_INTERVAL_NS;
                unreached.removeIf(this::open);
            }
            replaceBroken();
            isRingDue |= driver.hasReceivedData();
            ring(nowNs);
            return work;
        } finally {
            handler = null;
        }
    }

    @Override
    public void keepUp() {
        isRingDue |= driver.runInPassing();
        ring(System.nanoTime());
    }

    private void ring(final long nowNs) {
        if (!isRingDue) {
            return;
        }
        if (nowNs - nextRingNs >= 0) {
            isRingDue = false;
            nextRingNs = nowNs + TimeUnit.MILLISECONDS.toNanos(RING_INTERVAL_MS);
            arrivals.ring(idlePolicy);
        } else {
            idlePolicy.limitSleep(RING_INTERVAL_MS);
        }
    }

    @Override
    public boolean isConnected(final int node) {
        final Link link = links.get(node);
        return link != null && link.isConnected();
    }

    private void replaceBroken() {
        for (int i = openLinks.size() - 1; i >= 0; i--) {
            final Link link = openLinks.get(i);
            if (link.isBroken()) {
                openLinks.remove(i);
                close(link);
                if (link.wasConnected()) {
                    handler.onDisconnected(link.peer().node());
                }
                if (!open(link.peer())) {
                    unreached.add(link.peer());
                }
            }
        }
    }

    @Override
    public void peers(final Iterable<Peer> peers) {
        final Map<Integer, Peer> wanted = new HashMap<>();
        for (final Peer peer : peers) {
            if (peer.node() != identity.node()) {
                wanted.put(peer.node(), peer);
            }
        }
        for (final Iterator<Link> all = openLinks.iterator(); all.hasNext();) {
            final Link link = all.next();
            if (!wanted.remove(link.peer().node(), link.peer())) {
                all.remove();
                close(link);
            }
        }
        unreached.clear();
        for (final Peer peer : wanted.values()) {
            if (!open(peer)) {
                unreached.add(peer);
            }
        }
    }

    private boolean open(final Peer peer) {
        if (openLinks.size() >= maxPeers) {
            LOG.error("no room for network buffers for node {}: {} has room for {} nodes, each takes {} MiB",
                peer.node(), config.directory(), maxPeers, Streams.PEER_BYTES >> 20);
            return false;
        }
        final Link link = new Link(identity, config.host(), peer, connectionNumber(), listener::isWhole);
        try {
            driver.use(aeron -> link.open(aeron, nextSession(), mtuBytes(peer.address())));
        } catch (final AeronException | IllegalArgumentException e) {
            if (!unreached.contains(peer)) {
                LOG.warn("no way to node {} at {}: {}", peer.node(), peer.address(), DriverErrors.firstLine(e));
            }
            driver.use(aeron -> link.close());
            return false;
        }
        openLinks.add(link);
        links.set(peer.node(), link);
        return true;
    }

    private void close(final Link link) {
        links.set(link.peer().node(), null);
        driver.use(aeron -> link.close());
    }

    private int nextSession() {
        final int number = nextSession++ & (1 << SESSION_BITS) - 1;
        return identity.node() << SESSION_BITS | number;
    }

    private int mtuBytes(final String address) {
        final int wireBytes = Addresses.isLocal(address) ? AeronNetworkConfig.MAX_MTU_BYTES : config.mtuBytes();
        return wireBytes - DriverContext.align(config.cover().overheadBytes());
    }

    private long connectionNumber() {
        long number;
        do {
            number = random.nextLong();
        } while (number == 0);
        return number;
    }

    @Override
    public void close() {
        driver.use(aeron -> openLinks.forEach(Link::close));
        final long endNs = System.nanoTime() + FAREWELL_NS;
        while (!openLinks.isEmpty() && System.nanoTime() - endNs < 0) {
            if (driver.run() == 0) {
                sockets.await(1);
            }
        }
        openLinks.clear();
        driver.close();
        sockets.close();
    }

    /** What comes, to where it belongs. */
    private final class Dispatcher implements Listener.Sink {
        @Override
        public void onMessage(final Stream stream, final int session, final DirectBuffer buffer, final int offset,
                final int length) {
            final DropReason reason = deliver(stream, session, buffer, offset, length);
            if (reason != null) {
                drops.incrementAndGet(reason.ordinal());
            }
        }

        @Override
        public void onMalformed() {
            drops.incrementAndGet(DropReason.MALFORMED.ordinal());
        }

        @Override
        public void onSessionLost(final int session) {
            final Link link = links.get(session >>> SESSION_BITS);
            if (link != null) {
                link.onSessionLost(session);
            }
        }

        /** @return why it was not delivered, null if it was */
        private DropReason deliver(final Stream stream, final int session, final DirectBuffer buffer,
                final int offset, final int length) {
            if (MessageHeader.version(buffer, offset) != MessageHeader.VERSION_1) {
                return DropReason.VERSION;
            }
            final Identity self = identity;
            if (self == null) {
                return DropReason.NOT_FOR_US;
            }
            if (MessageHeader.space(buffer, offset) != self.space()) {
                return DropReason.SPACE;
            }
            if (MessageHeader.toNode(buffer, offset) != self.node()
                || MessageHeader.toIncarnation(buffer, offset) != self.incarnation()) {
                return DropReason.NOT_FOR_US;
            }
            final int from = MessageHeader.fromNode(buffer, offset);
            if (from != session >>> SESSION_BITS) {
                return DropReason.MALFORMED;
            }
            final Link link = links.get(from);
            if (link == null || MessageHeader.fromIncarnation(buffer, offset) != link.peer().incarnation()) {
                return DropReason.UNKNOWN_PEER;
            }
            final short type = MessageHeader.type(buffer, offset);
            final long fromConnection = MessageHeader.fromConnection(buffer, offset);
            final long toConnection = MessageHeader.toConnection(buffer, offset);
            if (type == MessageHeader.DATA) {
                if (length == MessageHeader.BYTES) {
                    return DropReason.MALFORMED;
                }
                if (!link.accepts(session, fromConnection, toConnection)) {
                    return DropReason.STALE;
                }
                handler.onMessage(from, stream, buffer, offset + MessageHeader.BYTES, length - MessageHeader.BYTES);
                return null;
            }
            if (type != MessageHeader.HELLO && type != MessageHeader.WELCOME || fromConnection == 0) {
                return DropReason.MALFORMED;
            }
            link.onGreeting(type, session, fromConnection, toConnection);
            return null;
        }
    }
}
