package org.dsmfs.engine.node;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.dsmfs.engine.Space;
import org.dsmfs.engine.sim.HeapPageIndex;
import org.dsmfs.engine.sim.SimulatedDisk;
import org.dsmfs.engine.store.Disk;

/** Nodes in one process that share a space, with real threads, over a network of queues; none comes or goes. */
public final class ThreadedNodes implements AutoCloseable {
    private static final long IDLE_NS = 20_000;
    private static final long HOUSEKEEPING_NS = 20_000_000;
    private static final long DISK_BYTES = 0;
    private static final int DATA_PAGE_BYTES = 32 << 10;
    private static final long JOURNAL_BYTES = 16 << 20;

    private final List<LocalSpace> spaces = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Queues queues;
    private volatile boolean stopping;

    /** @param memoryBytes of each node */
    public ThreadedNodes(final int count, final long memoryBytes) {
        this(count, memoryBytes, disk -> disk);
    }

    /**
     * @param memoryBytes of each node
     * @param disks       what a node has in place of a disk
     */
    ThreadedNodes(final int count, final long memoryBytes, final UnaryOperator<Disk> disks) {
        queues = new Queues(count);
        for (int node = 0; node < count; node++) {
            final LocalSpace space = LocalSpace.open(disks.apply(new SimulatedDisk(node)), new HeapPageIndex(), true,
                memoryBytes, DISK_BYTES, DATA_PAGE_BYTES, JOURNAL_BYTES);
            space.share(queues.network(node), queues.membership(node), new ThreadWaiter(space::pollNetwork, () -> { }));
            spaces.add(space);
            start("network-" + node, () -> {
                if (!space.pollNetwork()) {
                    LockSupport.parkNanos(IDLE_NS);
                }
            });
            start("log-" + node, () -> {
                if (!space.syncForOthers()) {
                    LockSupport.parkNanos(IDLE_NS);
                }
            });
            start("take-" + node, () -> {
                if (!space.takeOffered()) {
                    LockSupport.parkNanos(HOUSEKEEPING_NS);
                }
            });
            start("paging-" + node, () -> {
                space.doWork();
                LockSupport.parkNanos(HOUSEKEEPING_NS);
            });
        }
    }

    /** @return messages between nodes so far */
    public long messages() {
        return queues.messages();
    }

    /** @return how often a thread that polls looked after the network in between, so far */
    public long keptUp() {
        return queues.keptUp();
    }

    /** @return the space as the node sees it */
    public Space space(final int node) {
        return spaces.get(node);
    }

    /** Has the others take over all that only the node has. @return whether nothing is left */
    boolean handOver(final int node) {
        return spaces.get(node).handOver();
    }

    private void start(final String name, final Runnable step) {
        final Thread thread = new Thread(() -> {
            while (!stopping) {
                step.run();
            }
        }, name);
        thread.setDaemon(true);
        thread.start();
        threads.add(thread);
    }

    @Override
    public void close() throws InterruptedException {
        stopping = true;
        for (final Thread thread : threads) {
            thread.join();
        }
        spaces.forEach(LocalSpace::abandon);
    }
}
