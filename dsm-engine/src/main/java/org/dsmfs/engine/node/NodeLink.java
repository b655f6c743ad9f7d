package org.dsmfs.engine.node;

import org.agrona.DirectBuffer;
import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.SpaceClosedException;
import org.dsmfs.engine.membership.Membership;
import org.dsmfs.engine.network.Network;
import org.dsmfs.engine.network.Stream;
import org.dsmfs.engine.network.aeron.AeronNetwork;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What connects a node to the others, and the thread that polls it unless one that waits does so. */
final class NodeLink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeLink.class);
    private static final Network.Handler NOBODY = new Network.Handler() {
        @Override
        public void onMessage(final int from, final Stream stream,
                              final DirectBuffer buffer, final int offset, final int length) {
            // Of a node that takes this one for its former self.
        }

        @Override
        public void onDisconnected(final int node) {
            // Nothing was said yet.
        }
    };

    private final AeronNetwork network;
    private final Thread thread;
    private volatile LocalSpace space;
    private volatile Membership membership;
    private volatile boolean stopping;

    /** Starts to poll the network, so that Aeron works. */
    NodeLink(final AeronNetwork network) {
        this.network = network;
        this.thread = new Thread(this::run, "dsm-network");
        thread.setDaemon(true);
        thread.start();
    }

    AeronNetwork network() {
        return network;
    }

    /** From now on, whatever comes is for the space. */
    void serve(final LocalSpace newSpace, final Membership newMembership) {
        membership = newMembership;
        space = newSpace;
        membership.onView(view -> network.idlePolicy().expectTraffic());
    }

    private void run() {
        try {
            while (!stopping) {
                poll();
            }
        } catch (final SpaceClosedException e) {
            LOG.debug("the network thread ends", e);
        } catch (final EngineException e) {
            LOG.error("the network thread ends: {}", e.getMessage());
        } catch (final RuntimeException e) {
            LOG.error("the network thread ends", e);
        }
    }

    private void poll() {
        final LocalSpace current = space;
        if (current == null) {
            network.idlePolicy().idle(network.poll(NOBODY));
        } else if (current.pollNetwork()) {
            network.idlePolicy().idle(1);
        } else if (current.isNetworkBusy()) {
            network.idlePolicy().idleBriefly();
        } else {
            network.idlePolicy().idle(0);
        }
    }

    /**
     * Does the polling thread's work for a thread that waits for what may come, so that nobody has to be woken.
     *
     * @return whether anything has come
     */
    boolean pollInPassing() {
        final LocalSpace current = space;
        final boolean worked = current != null && current.pollNetwork();
        if (worked && current.isNetworkBusy()) {
            network.idlePolicy().expectTraffic();
        }
        return worked;
    }

    /** Tells the others that this node stops. @param holdsNothing whether they have everything that it had */
    void sayGoodbye(final boolean holdsNothing) {
        if (membership != null) {
            membership.close(holdsNothing);
        }
    }

    @Override
    public void close() {
        stopping = true;
        network.idlePolicy().expectTraffic();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        network.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
