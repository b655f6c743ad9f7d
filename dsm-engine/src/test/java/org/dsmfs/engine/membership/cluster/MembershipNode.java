package org.dsmfs.engine.membership.cluster;

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
        final TestDriver driver = new TestDriver();
        final String address = "127.0.0.1:" + args[1];
        final boolean founds = args[4].isEmpty();
        final ClusterConfig config = new ClusterConfig(founds ? new UUID(5, 5) : null,
            new UUID(1, Integer.parseInt(args[2])), Integer.parseInt(args[3]), address,
            founds ? List.of(address) : List.of(), Path.of(args[0]), driver.directory(),
            Duration.ofSeconds(2), Duration.ofSeconds(10));
        System.out.println("driver after ms " + (System.nanoTime() - startNs) / 1_000_000);
        final ClusterMembership membership = founds ? ClusterMembership.create(config)
            : ClusterMembership.join(config, List.of(args[4]));
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
}
