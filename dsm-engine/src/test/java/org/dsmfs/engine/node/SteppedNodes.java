package org.dsmfs.engine.node;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.dsmfs.engine.Operation;
import org.dsmfs.engine.Space;
import org.dsmfs.engine.network.Stream;
import org.dsmfs.engine.sharing.Sharing;
import org.dsmfs.engine.sim.HeapPageIndex;
import org.dsmfs.engine.sim.SimulatedDisk;

/**
 * Hundreds of nodes that share a space on one thread: all of them do what there is to do whenever the caller's operation
 * waits. None comes.
 */
public final class SteppedNodes implements AutoCloseable {
    private static final long STEP_NS = TimeUnit.MICROSECONDS.toNanos(100);
    private static final long DISK_BYTES = 0;
    private static final int DATA_PAGE_BYTES = 32 << 10;
    static final long JOURNAL_BYTES = 1 << 20;

    private final List<LocalSpace> spaces = new ArrayList<>();
    private final Set<Integer> down = new HashSet<>();
    private final Queues queues;
    private long nowNs;

    private final class StepWaiter implements Waiter {
        @Override
        public void await(final BooleanSupplier done) {
            while (!done.getAsBoolean()) {
                step();
            }
        }

        @Override
        public void wakeAll() {
            // Nobody sleeps.
        }

        @Override
        public long nanoTime() {
            return nowNs;
        }
    }

    /** @param memoryBytes of each node */
    public SteppedNodes(final int count, final long memoryBytes) {
        queues = new Queues(count);
        for (int node = 0; node < count; node++) {
            final LocalSpace space = LocalSpace.open(new SimulatedDisk(node), new HeapPageIndex(), true, memoryBytes,
                DISK_BYTES, DATA_PAGE_BYTES, JOURNAL_BYTES);
            space.share(queues.network(node), queues.membership(node), new StepWaiter());
            spaces.add(space);
        }
    }

    private void step() {
        nowNs += STEP_NS;
        for (int node = 0; node < spaces.size(); node++) {
            final LocalSpace space = spaces.get(node);
            if (down.contains(node)) {
                continue;
            }
            if (!queues.isEmpty(node) || space.isNetworkBusy() || !space.isServing()) {
                space.pollNetwork();
            }
            space.syncForOthers();
        }
    }

    /** Has all nodes that are up do their background work. */
    public void doWork() {
        for (int node = 0; node < spaces.size(); node++) {
            if (!down.contains(node)) {
                spaces.get(node).doWork();
            }
        }
        step();
    }

    /** @return notes that all nodes keep of pages that they share, after so many rounds of background work */
    public long notes(final int rounds) {
        for (int i = 0; i < rounds; i++) {
            doWork();
        }
        return spaces.stream().map(space -> space.neighbours().status().orElseThrow())
            .mapToLong(status -> status.copies() + status.sharedPages()).sum();
    }

    /** The node does nothing from now on, and nobody knows. */
    public void silence(final int node) {
        down.add(node);
    }

    /** The node does nothing from now on, and the others know. Its partition has nobody who stands in. */
    public void takeDown(final int node) {
        takeDown(node, node);
    }

    /** The node does nothing from now on, and the others know. @param standIn who is responsible for its partition */
    public void takeDown(final int node, final int standIn) {
        down.add(node);
        queues.takeDown(node, standIn);
        step();
    }

    /**
     * @return how many messages, each because of the one before, the operation on the node waits for; what went on before
     *     is over
     */
    public <R> int hops(final int node, final Operation<R> operation) {
        while (IntStream.range(0, spaces.size()).anyMatch(
            other -> !queues.isEmpty(other) || spaces.get(other).isNetworkBusy())) {
            step();
        }
        queues.resetHops();
        space(node).execute(operation);
        return queues.hops(node);
    }

    /** @return messages between nodes so far */
    public long messages() {
        return queues.messages();
    }

    /** @return those of one stream */
    public long messages(final Stream stream) {
        return queues.messages(stream);
    }

    /** @return pages that the node has asked for and that have not come */
    public int waitingCopies(final int node) {
        final AtomicInteger waiting = new AtomicInteger();
        final Sharing sharing = ((Cluster) spaces.get(node).neighbours()).sharing();
        sharing.forEachCopy((segment, page) -> {
            if (sharing.copyVersion(segment, page) == Sharing.NO_VERSION) {
                waiting.incrementAndGet();
            }
        });
        return waiting.get();
    }

    /** @return the space as the node sees it */
    public Space space(final int node) {
        return spaces.get(node);
    }

    @Override
    public void close() {
        spaces.forEach(LocalSpace::abandon);
    }
}
