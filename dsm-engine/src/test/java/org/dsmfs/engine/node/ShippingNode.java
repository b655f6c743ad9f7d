package org.dsmfs.engine.node;

import org.dsmfs.engine.Space;
import org.dsmfs.engine.membership.Membership;
import org.dsmfs.engine.network.Network;
import org.dsmfs.engine.sharing.Sharing;
import org.dsmfs.engine.sim.HeapPageIndex;
import org.dsmfs.engine.sim.SimulatedDisk;
import org.dsmfs.engine.sim.SimulatedNode;
import org.dsmfs.engine.sim.Simulation;

import java.util.function.BooleanSupplier;

/** A node as it ships, in simulated surroundings. */
public final class ShippingNode implements SimulatedNode {
    private static final int LARGE_PAGE_BYTES = 4096;
    private static final long JOURNAL_BYTES = 256 << 10;

    private final LocalSpace space;

    private record SimulatedWaiter(Simulation simulation) implements Waiter {
        @Override
        public void await(final BooleanSupplier done) {
            simulation.await(done);
        }

        @Override
        public void wakeAll() {
            // The simulation looks at all conditions all the time.
        }

        @Override
        public long nanoTime() {
            return simulation.nowNs();
        }
    }

    private ShippingNode(final LocalSpace space) {
        this.space = space;
    }

    /** @param memoryBytes limit of the RAM cache */
    public static SimulatedNode start(final Simulation simulation, final SimulatedDisk disk, final Network network,
                                      final Membership membership, final long memoryBytes) {
        final LocalSpace space = LocalSpace.open(disk, new HeapPageIndex(), true, memoryBytes, 0, LARGE_PAGE_BYTES,
            JOURNAL_BYTES);
        space.share(network, membership, new SimulatedWaiter(simulation));
        return new ShippingNode(space);
    }

    @Override
    public Space space() {
        return space;
    }

    @Override
    public boolean isServing() {
        return space.isServing();
    }

    @Override
    public Sharing sharing() {
        return ((Cluster) space.neighbours()).sharing();
    }

    @Override
    public boolean doWork() {
        return space.doWork();
    }

    @Override
    public boolean pollNetwork() {
        return space.pollNetwork() | space.isNetworkBusy();
    }

    @Override
    public boolean syncForOthers() {
        return space.syncForOthers();
    }

    @Override
    public boolean takeOffered() {
        return space.takeOffered();
    }

    @Override
    public boolean handOver() {
        return space.handOver();
    }

    @Override
    public void leave() {
        space.leave();
    }

    @Override
    public void close() {
        space.close();
    }

    @Override
    public void abandon() {
        space.abandon();
    }
}
