package org.dsmfs.engine.membership.cluster;

import org.agrona.DirectBuffer;
import org.dsmfs.engine.StartObserver;
import org.dsmfs.engine.network.Network;
import org.dsmfs.engine.network.Stream;
import org.dsmfs.engine.network.aeron.AeronNetwork;
import org.dsmfs.engine.network.aeron.AeronNetworkConfig;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** A process that is a member and nothing else: prints what happens. To be killed and measured. */
final class MembershipNode {
    private MembershipNode() {
    }

    /** Arguments: directory, port, node id, incarnation, contact ("" to found the space). */
    public static void main(final String[] args) throws InterruptedException {
        final long startNs = System.nanoTime();
        final AeronNetwork network = new AeronNetwork(new AeronNetworkConfig("127.0.0.1", Integer.parseInt(args[1])));
        final Thread poller = new Thread(() -> poll(network), "network");
        poller.setDaemon(true);
        poller.start();
        final String address = "127.0.0.1:" + args[1];
        final boolean founds = args[4].isEmpty();
        final ClusterConfig config = new ClusterConfig(founds ? new UUID(5, 5) : null,
            new UUID(1, Integer.parseInt(args[2])), Integer.parseInt(args[3]), 4096, address,
            founds ? List.of(address) : List.of(), Path.of(args[0]), network.sharedDriver(),
            Duration.ofSeconds(2), Duration.ofSeconds(10));
        System.out.println("network after ms " + (System.nanoTime() - startNs) / 1_000_000);
        final ClusterMembership membership = founds ? ClusterMembership.create(config, StartObserver.SILENT)
            : ClusterMembership.join(config, List.of(args[4]), StartObserver.SILENT);
        System.out.println("joined as " + membership.node() + " after ms " + (System.nanoTime() - startNs) / 1_000_000
            + " epoch " + membership.view().epoch() + " members " + membership.view().members());
        membership.onView(view -> System.out.println("view " + view.epoch() + " " + view.members()));
        boolean served = true;
        while (true) {
            Thread.sleep(20);
            if (membership.mayServe() != served) {
                served = !served;
                System.out.println("serves: " + served);
            }
        }
    }

    private static void poll(final AeronNetwork network) {
        final Network.Handler handler = new Network.Handler() {
            @Override
            public void onMessage(final int from, final Stream stream, final DirectBuffer buffer, final int offset,
                                  final int length) {
                throw new AssertionError("nobody sends messages");
            }

            @Override
            public void onDisconnected(final int node) {
                throw new AssertionError("nobody is connected");
            }
        };
        while (true) {
            network.idlePolicy().idle(network.poll(handler));
        }
    }
}
