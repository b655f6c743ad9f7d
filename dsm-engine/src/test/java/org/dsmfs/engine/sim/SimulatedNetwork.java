package org.dsmfs.engine.sim;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.network.Network;
import org.dsmfs.engine.network.Stream;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * The network of a simulated cluster, at its worst: each message takes a time of its own, streams overtake each other,
 * there is room for few messages, and {@link Network#send} refuses for no reason at times. What {@link Network} promises
 * holds nevertheless, when links are cut too.
 */
public final class SimulatedNetwork {
    private static final int LEAST_DELAY_NS = 10_000;
    private static final int USUAL_DELAY_NS = 150_000;
    /** One in this many messages takes up to {@link #LONG_DELAY_NS}. */
    private static final int USUAL_PER_LONG = 50;
    private static final int LONG_DELAY_NS = 5_000_000;
    private static final int MOST_NOTICE_DELAY_NS = 3_000_000;
    /** One in this many messages is refused although there is room. */
    private static final int SENDS_PER_REFUSAL = 40;
    /** Messages under way from one node to another on one stream. */
    private static final int CAPACITY = 12;

    private final Simulation simulation;
    private final Map<Integer, Port> ports = new TreeMap<>();
    private final Map<Pair, Connection> connections = new LinkedHashMap<>();
    private final Set<Pair> cuts = new HashSet<>();
    private final Map<Stream, Traffic> traffic = new EnumMap<>(Stream.class);

    /** What was sent on one kind of stream. */
    public static final class Traffic {
        private long messages;
        private long bytes;

        public long messages() {
            return messages;
        }

        public long bytes() {
            return bytes;
        }
    }

    private record Pair(int low, int high) {
        static Pair of(final int one, final int other) {
            return new Pair(Math.min(one, other), Math.max(one, other));
        }
    }

    private record Message(long arrivalNs, byte[] bytes) {
    }

    /** One direction of a connection. */
    private static final class Way {
        private final List<Deque<Message>> streams = new ArrayList<>();
        private final long[] lastArrivalNs = new long[Stream.VALUES.length];

        Way() {
            for (int i = 0; i < Stream.VALUES.length; i++) {
                streams.add(new ArrayDeque<>());
            }
        }
    }

    /** Between one start of one node and one of another. Up until it breaks; a new one takes its place after that. */
    private final class Connection {
        private final Port low;
        private final Port high;
        private final Way toLow = new Way();
        private final Way toHigh = new Way();
        private boolean isUp = true;

        Connection(final Port low, final Port high) {
            this.low = low;
            this.high = high;
        }

        Way to(final Port port) {
            return port == low ? toLow : toHigh;
        }

        Port other(final Port port) {
            return port == low ? high : low;
        }

        void breakDown() {
            if (isUp) {
                isUp = false;
                low.noticeLater(this);
                high.noticeLater(this);
            }
        }
    }

    /** The end of one start of a node. */
    private final class Port implements Network {
        private final int node;
        private final int incarnation;
        private final Runnable wakeUp;
        private final Map<Integer, Peer> peers = new TreeMap<>();
        /** By the node at the other end; a broken one stays until this end has noticed. */
        private final Map<Integer, Connection> connected = new TreeMap<>();
        private final List<Connection> noticed = new ArrayList<>();
        private boolean isClosed;

        Port(final int node, final int incarnation, final Runnable wakeUp) {
            this.node = node;
            this.incarnation = incarnation;
            this.wakeUp = wakeUp;
        }

        @Override
        public boolean send(final int to, final Stream stream, final DirectBuffer buffer, final int offset,
                            final int length) {
            if (length < 1 || length > MAX_MESSAGE_BYTES || to == node) {
                throw new IllegalArgumentException("message of " + length + " bytes to node " + to);
            }
            final Connection connection = connected.get(to);
            if (isClosed || connection == null) {
                return false;
            }
            final Random random = simulation.random();
            final Port receiver = connection.other(this);
            final Way way = connection.to(receiver);
            final Deque<Message> messages = way.streams.get(stream.ordinal());
            if (messages.size() >= CAPACITY || random.nextInt(SENDS_PER_REFUSAL) == 0) {
                simulation.after(delayNs(), wakeUp);
                return false;
            }
            if (!connection.isUp) {
                return random.nextBoolean();
            }
            final Traffic sum = traffic.get(stream);
            sum.messages++;
            sum.bytes += length;
            final byte[] bytes = new byte[length];
            buffer.getBytes(offset, bytes);
            final long arrivalNs = Math.max(way.lastArrivalNs[stream.ordinal()], simulation.nowNs() + delayNs());
            way.lastArrivalNs[stream.ordinal()] = arrivalNs;
            messages.add(new Message(arrivalNs, bytes));
            simulation.after(arrivalNs - simulation.nowNs(), receiver.wakeUp);
            return true;
        }

        @Override
        public boolean isConnected(final int to) {
            return connected.containsKey(to);
        }

        @Override
        public int poll(final Handler handler) {
            int done = 0;
            for (final Connection broken : List.copyOf(noticed)) {
                noticed.remove(broken);
                connected.remove(broken.other(this).node, broken);
                handler.onDisconnected(broken.other(this).node);
                connectLater(Pair.of(node, broken.other(this).node));
                done++;
            }
            final List<Connection> polled = List.copyOf(connected.values());
            for (final Stream stream : Stream.VALUES) {
                for (final Connection connection : polled) {
                    done += poll(connection, stream, handler);
                }
            }
            return done;
        }

        @Override
        public void keepUp() {
            // Nobody else is waiting for the network's work.
        }

        private int poll(final Connection connection, final Stream stream, final Handler handler) {
            final Deque<Message> messages = connection.to(this).streams.get(stream.ordinal());
            int done = 0;
            while (connection.isUp && !messages.isEmpty() && messages.peek().arrivalNs <= simulation.nowNs()) {
                final byte[] bytes = messages.remove().bytes;
                handler.onMessage(connection.other(this).node, stream, new UnsafeBuffer(bytes), 0, bytes.length);
                done++;
            }
            return done;
        }

        @Override
        public void peers(final Iterable<Peer> wanted) {
            peers.clear();
            wanted.forEach(peer -> peers.put(peer.node(), peer));
            for (final Connection connection : List.copyOf(connected.values())) {
                if (!wants(connection.other(this))) {
                    connection.breakDown();
                    noticed.remove(connection);
                    connected.remove(connection.other(this).node, connection);
                }
            }
            peers.keySet().forEach(peer -> connectLater(Pair.of(node, peer)));
        }

        boolean wants(final Port other) {
            final Peer peer = peers.get(other.node);
            return peer != null && peer.incarnation() == other.incarnation;
        }

        void noticeLater(final Connection broken) {
            simulation.after(simulation.random().nextInt(MOST_NOTICE_DELAY_NS), () -> {
                if (connected.get(broken.other(this).node) == broken && !isClosed) {
                    noticed.add(broken);
                    wakeUp.run();
                }
            });
        }

        @Override
        public void close() {
            isClosed = true;
            connected.values().forEach(Connection::breakDown);
        }
    }

    public SimulatedNetwork(final Simulation simulation) {
        this.simulation = simulation;
        for (final Stream stream : Stream.VALUES) {
            traffic.put(stream, new Traffic());
        }
    }

    /**
     * The network as one start of a node sees it, until it closes it.
     *
     * @param wakeUp run as an event when there may be something to poll, or room to send
     */
    public Network attach(final int node, final int incarnation, final Runnable wakeUp) {
        final Port port = new Port(node, incarnation, wakeUp);
        final Port former = ports.put(node, port);
        if (former != null) {
            former.close();
        }
        return port;
    }

    /** Cuts the link between two nodes; what is under way is lost. */
    public void cut(final int one, final int other) {
        cuts.add(Pair.of(one, other));
        final Connection connection = connections.get(Pair.of(one, other));
        if (connection != null) {
            connection.breakDown();
        }
    }

    /** Mends the link between two nodes. */
    public void heal(final int one, final int other) {
        final Pair pair = Pair.of(one, other);
        if (cuts.remove(pair)) {
            connectLater(pair);
        }
    }

    public Traffic traffic(final Stream stream) {
        return traffic.get(stream);
    }

    /** @return messages sent on all streams */
    public long messages() {
        return traffic.values().stream().mapToLong(Traffic::messages).sum();
    }

    private long delayNs() {
        final Random random = simulation.random();
        final boolean isLong = random.nextInt(USUAL_PER_LONG) == 0;
        return LEAST_DELAY_NS + random.nextInt(isLong ? LONG_DELAY_NS : USUAL_DELAY_NS);
    }

    private void connectLater(final Pair pair) {
        simulation.after(delayNs(), () -> connect(pair));
    }

    /** Connects two nodes if both want it and neither has still to notice that they were connected before. */
    private void connect(final Pair pair) {
        final Port low = ports.get(pair.low);
        final Port high = ports.get(pair.high);
        if (low == null || high == null || low.isClosed || high.isClosed || cuts.contains(pair)
            || !low.wants(high) || !high.wants(low)
            || low.connected.containsKey(high.node) || high.connected.containsKey(low.node)) {
            return;
        }
        final Connection connection = new Connection(low, high);
        connections.put(pair, connection);
        low.connected.put(high.node, connection);
        high.connected.put(low.node, connection);
        simulation.after(0, low.wakeUp);
        simulation.after(0, high.wakeUp);
    }
}
