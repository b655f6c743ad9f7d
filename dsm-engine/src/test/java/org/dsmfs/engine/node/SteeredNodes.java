package org.dsmfs.engine.node;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.Operation;
import org.dsmfs.engine.membership.View;
import org.dsmfs.engine.network.Network;
import org.dsmfs.engine.network.Stream;
import org.dsmfs.engine.sharing.Sharing;
import org.dsmfs.engine.sim.HeapPageIndex;
import org.dsmfs.engine.sim.OneWriterCheck;
import org.dsmfs.engine.sim.SimulatedDisk;

/**
 * A few nodes that share a space, whole but for disk and network, of which nothing happens but what the caller chooses:
 * a message arrives, an operation begins or goes on, a node hears of a new epoch or has older versions forgotten. Nodes are deterministic, so what has
 * happened on each of them, in its order, says in which state they all are, whatever the order between nodes was.
 */
final class SteeredNodes implements AutoCloseable {
    private static final long MEMORY_BYTES = 64 << 10;
    private static final long DISK_BYTES = 0;
    private static final int DATA_PAGE_BYTES = 4 << 10;
    private static final long JOURNAL_BYTES = 32 << 10;
    private static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(2);
    /** Longer than any copy is held, and shorter than anybody's patience. */
    private static final int MOST_TICKS = 1500;
    private static final ExecutorService THREADS = Executors.newCachedThreadPool(runnable -> {
        final Thread thread = new Thread(runnable, "steered operation");
        thread.setDaemon(true);
        return thread;
    });

    private final List<Node> nodes = new ArrayList<>();
    private final OneWriterCheck oneWriterCheck = new OneWriterCheck();
    /** What becomes of a message on its way. */
    private final UnaryOperator<byte[]> fate;
    private View view;
    private int taken;
    private int ticks;
    /** Whether an operation runs on the caller's thread. */
    private boolean isInOrder;
    private volatile boolean isOver;

    /** Something that may happen. */
    private enum Kind { ARRIVAL, START, CONTINUATION, VIEW, SETTLEMENT }

    /** @param channel of the arriving message: 3 * sender + stream */
    record Step(Kind kind, int node, int channel) {
        @Override
        public String toString() {
            return switch (kind) {
                case ARRIVAL -> "node " + node + " gets a " + Stream.VALUES[channel % Stream.VALUES.length]
                    + " of node " + channel / Stream.VALUES.length;
                case START -> "node " + node + " begins an operation";
                case CONTINUATION -> "node " + node + " goes on with its operation";
                case VIEW -> "node " + node + " hears of the new epoch";
                case SETTLEMENT -> "node " + node + " says what is durable";
            };
        }
    }

    /**
     * An operation that has ended.
     *
     * @param begin number of the step with which it began
     * @param end   number of the step with which it ended
     */
    record Outcome(int node, int begin, int end, long value) {
    }

    /** One of them, its network and its clients, one of whom runs at a time. */
    private final class Node extends LastingMembership implements Network, Waiter {
        private final int number;
        private final List<Deque<byte[]>> channels = new ArrayList<>();
        private final Deque<View> coming = new ArrayDeque<>();
        private final Deque<Operation<Long>> operations = new ArrayDeque<>();
        private final List<Outcome> outcomes = new ArrayList<>();
        private final Semaphore mayGo = new Semaphore(0);
        private final Semaphore hasStopped = new Semaphore(0);
        private LocalSpace space;
        private View known = view;
        private Consumer<View> listener;
        private int settlementsLeft;
        private int arriving = -1;
        /** What the operation that runs waits for; null if none runs. */
        private BooleanSupplier awaited;
        private Throwable failure;
        private long history;

        private Node(final int number, final int count) {
            this.number = number;
            for (int i = 0; i < count * Stream.VALUES.length; i++) {
                channels.add(new ArrayDeque<>());
            }
        }

        private Cluster cluster() {
            return (Cluster) space.neighbours();
        }

        private void begin() {
            final Operation<Long> operation = operations.remove();
            final int begin = taken;
            awaited = () -> true;
            THREADS.execute(() -> {
                mayGo.acquireUninterruptibly();
                try {
                    final long value = space.execute(operation);
                    outcomes.add(new Outcome(number, begin, taken, value));
                } catch (final RuntimeException | AssertionError e) {
                    failure = e;
                }
                awaited = null;
                hasStopped.release();
            });
            goOn();
        }

        private void goOn() {
            mayGo.release();
            hasStopped.acquireUninterruptibly();
        }

        /** Does what there is to do. */
        private void work() {
            while (space.pollNetwork() || space.syncForOthers()) {
                // There may be more.
            }
        }

        // --- as waiter -------------------------------------------------------------------------------------------

        @Override
        public void await(final BooleanSupplier done) {
            if (isInOrder) {
                awaitInOrder(done);
            }
            while (!done.getAsBoolean()) {
                awaited = done;
                hasStopped.release();
                mayGo.acquireUninterruptibly();
                if (isOver) {
                    throw new IllegalStateException("the run is over");
                }
            }
        }

        @Override
        public void wakeAll() {
            // The caller of all looks.
        }

        @Override
        public long nanoTime() {
            return ticks * TICK_NS;
        }

        // --- as network ------------------------------------------------------------------------------------------

        @Override
        public boolean send(final int to, final Stream stream, final DirectBuffer buffer, final int offset,
                            final int length) {
            final byte[] bytes = new byte[length];
            buffer.getBytes(offset, bytes);
            final byte[] changed = fate.apply(bytes);
            if (changed != null) {
                nodes.get(to).channels.get(number * Stream.VALUES.length + stream.ordinal()).add(changed);
            }
            return true;
        }

        @Override
        public int poll(final Handler handler) {
            if (arriving < 0) {
                return 0;
            }
            final int channel = arriving;
            arriving = -1;
            final byte[] bytes = channels.get(channel).remove();
            handler.onMessage(channel / Stream.VALUES.length, Stream.VALUES[channel % Stream.VALUES.length],
                new UnsafeBuffer(bytes), 0, bytes.length);
            return 1;
        }

        @Override
        public void keepUp() {
            // Nothing is due.
        }

        @Override
        public boolean isConnected(final int node) {
            return true;
        }

        @Override
        public void peers(final Iterable<Peer> peers) {
            // All are connected.
        }

        // --- as membership ---------------------------------------------------------------------------------------

        @Override
        public int node() {
            return number;
        }

        @Override
        public View view() {
            return known;
        }

        @Override
        public void onView(final Consumer<View> newListener) {
            listener = newListener;
            listener.accept(known);
        }

        private void learn() {
            known = coming.remove();
            listener.accept(known);
        }

        @Override
        public void close() {
            // Nothing to let go of.
        }
    }

    /** @param fate what becomes of a bundle on its way; null to lose it */
    SteeredNodes(final int count, final UnaryOperator<byte[]> fate) {
        this.fate = fate;
        view = LastingMembership.firstView(count);
        for (int number = 0; number < count; number++) {
            final Node node = new Node(number, count);
            node.space = LocalSpace.open(new SimulatedDisk(number), new HeapPageIndex(), true, MEMORY_BYTES,
                DISK_BYTES, DATA_PAGE_BYTES, JOURNAL_BYTES);
            node.space.share(node, node, node);
            nodes.add(node);
        }
        nodes.forEach(Node::work);
        drain();
    }

    /** Runs an operation, and whatever follows, in some order that is always the same. */
    void run(final int number, final Operation<Long> operation) {
        isInOrder = true;
        final Node node = nodes.get(number);
        final int begin = taken++;
        final long value = node.space.execute(operation);
        node.outcomes.add(new Outcome(number, begin, taken++, value));
        node.work();
        drain();
        isInOrder = false;
    }

    private void drain() {
        for (List<Step> steps = steps(); !steps.isEmpty(); steps = steps()) {
            take(steps.get(0));
        }
    }

    private void awaitInOrder(final BooleanSupplier done) {
        drain();
        while (!done.getAsBoolean()) {
            tickUntil(() -> done.getAsBoolean() || !steps().isEmpty());
            drain();
        }
    }

    private void tickUntil(final BooleanSupplier condition) {
        int left = MOST_TICKS;
        do {
            if (left-- == 0) {
                throw new AssertionError("somebody waits for ever");
            }
            ticks++;
            nodes.forEach(Node::work);
        } while (!condition.getAsBoolean());
    }

    /** Has an operation run on the node, some time from now on, after those before it. */
    void add(final int node, final Operation<Long> operation) {
        nodes.get(node).operations.add(operation);
    }

    /** Nodes are going to hear of a new epoch, each some time from now on. */
    void announceEpoch() {
        view = new View(view.epoch() + 1, view.members(), view.homes(), view.partitions());
        nodes.forEach(node -> node.coming.add(view));
    }

    /** Nodes may say so many times each which pages are durable, so that older versions are forgotten. */
    void allowSettlements(final int count) {
        nodes.forEach(node -> node.settlementsLeft = count);
    }

    /** What has happened so far is the same in all runs. */
    void begin() {
        nodes.forEach(node -> node.history = 0);
    }

    Sharing sharing(final int node) {
        return nodes.get(node).cluster().sharing();
    }

    /** @return what may happen now */
    List<Step> steps() {
        final List<Step> steps = new ArrayList<>();
        for (final Node node : nodes) {
            for (int channel = 0; channel < node.channels.size(); channel++) {
                if (!node.channels.get(channel).isEmpty()) {
                    steps.add(new Step(Kind.ARRIVAL, node.number, channel));
                }
            }
            if (node.awaited == null ? !node.operations.isEmpty() : node.awaited.getAsBoolean()) {
                steps.add(new Step(node.awaited == null ? Kind.START : Kind.CONTINUATION, node.number, 0));
            }
            if (!node.coming.isEmpty()) {
                steps.add(new Step(Kind.VIEW, node.number, 0));
            }
            if (node.settlementsLeft > 0 && node.cluster().isServing() && node.cluster().hasUnsettled()) {
                steps.add(new Step(Kind.SETTLEMENT, node.number, 0));
            }
        }
        return steps;
    }

    /** @return in which state they all are after the step */
    long stateAfter(final Step step) {
        long state = ticks;
        for (final Node node : nodes) {
            state = mix(state, node.number == step.node ? historyAfter(step) : node.history);
        }
        return state;
    }

    private long historyAfter(final Step step) {
        final Node node = nodes.get(step.node);
        long history = mix(node.history, step.kind.ordinal() << 16 | step.channel);
        if (step.kind == Kind.ARRIVAL) {
            final byte[] bytes = node.channels.get(step.channel).peek();
            history = mix(history, Arrays.hashCode(bytes));
            final UnsafeBuffer words = new UnsafeBuffer(bytes);
            for (int i = 0; i + Long.BYTES <= bytes.length; i += Long.BYTES) {
                history = mix(history, words.getLong(i));
            }
        }
        return history;
    }

    /** As good as a random function, by the finalizer of SplitMix64. */
    private static long mix(final long state, final long value) {
        long mixed = state * 0x9E3779B97F4A7C15L + value;
        mixed = (mixed ^ mixed >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }

    /** Lets the step happen. */
    void take(final Step step) {
        final Node node = nodes.get(step.node);
        node.history = historyAfter(step);
        taken++;
        switch (step.kind) {
            case ARRIVAL -> node.arriving = step.channel;
            case START -> node.begin();
            case CONTINUATION -> node.goOn();
            case VIEW -> node.learn();
            case SETTLEMENT -> {
                node.settlementsLeft--;
                node.space.sync();
                node.cluster().settle();
            }
        }
        node.work();
        if (node.failure != null) {
            throw new AssertionError("the operation on node " + step.node + " failed", node.failure);
        }
        oneWriterCheck.check(nodes.stream().map(each -> each.cluster().sharing()).filter(Sharing::isServing)
            .toList());
    }

    /** Lets time pass, if nothing else is left to happen. @return whether something may happen now */
    boolean passTime() {
        if (nodes.stream().allMatch(node -> node.awaited == null)) {
            return false;
        }
        tickUntil(() -> !steps().isEmpty());
        return true;
    }

    /** @return of all operations so far, in the order in which they ended */
    List<Outcome> outcomes() {
        return nodes.stream().flatMap(node -> node.outcomes.stream())
            .sorted((one, other) -> Integer.compare(one.end, other.end)).toList();
    }

    @Override
    public void close() {
        isOver = true;
        for (final Node node : nodes) {
            if (node.awaited != null) {
                node.goOn();
            }
            node.space.abandon();
        }
    }
}
