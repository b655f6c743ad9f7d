package org.dsmfs.engine.membership.cluster;

import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.StartObserver;
import org.dsmfs.engine.membership.JoinRefusedException;
import org.dsmfs.engine.membership.JoinRefusedException.Reason;
import org.dsmfs.engine.membership.Membership;
import org.dsmfs.engine.membership.View;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Nodes with a media driver each, over loopback. */
@Timeout(120)
class ClusterMembershipTest {
    private static final UUID SPACE = new UUID(5, 5);
    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path directory;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final Map<Integer, TestDriver> drivers = new HashMap<>();

    @AfterEach
    void closeAll() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    private <T extends AutoCloseable> T opened(final T resource) {
        open.push(resource);
        return resource;
    }

    private static String freeAddress() {
        while (true) {
            final int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            if (isFree(port)) {
                return "127.0.0.1:" + port;
            }
        }
    }

    private static boolean isFree(final int port) {
        for (int i = 0; i < ConsensusEndpoints.PORTS; i++) {
            try (DatagramSocket socket = new DatagramSocket(port + i, InetAddress.getLoopbackAddress())) {
                assertTrue(socket.isBound());
            } catch (final SocketException e) {
                return false;
            }
        }
        return true;
    }

    /** Of a start of a node, in a process of its own as far as Aeron can see. */
    private ClusterConfig config(final UUID space, final int id, final int incarnation, final String address,
                                 final List<String> consensus) {
        if (drivers.containsKey(id)) {
            drivers.get(id).close();
        }
        drivers.put(id, opened(new TestDriver()));
        return new ClusterConfig(space, new UUID(1, id), incarnation, 4096, address, consensus,
            directory.resolve("node" + id), drivers.get(id).shared(), LEASE, PATIENCE);
    }

    private ClusterMembership found(final String address) {
        return opened(ClusterMembership.create(config(SPACE, 0, 1, address, List.of(address)), StartObserver.SILENT));
    }

    private ClusterMembership join(final int id, final int incarnation, final String contact) {
        return opened(ClusterMembership.join(config(null, id, incarnation, freeAddress(), List.of()),
            List.of(contact), StartObserver.SILENT));
    }

    private static void await(final String what, final BooleanSupplier condition) throws InterruptedException {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - deadlineNs < 0, what);
            Thread.sleep(5);
        }
    }

    @Test
    void aNodeThatAsksIsNoMemberBeforeItJoins() throws Exception {
        final String address = freeAddress();
        final ClusterMembership first = found(address);
        final View before = first.view();
        final ClusterMembership second = opened(ClusterMembership.ask(
            config(null, 1, 0, freeAddress(), List.of()), List.of(address), StartObserver.SILENT));
        assertEquals(SPACE, second.spaceId());
        assertEquals(4096, second.dataPageBytes());
        assertFalse(second.mayServe());
        // Longer than a lease: a member that is not heard of would be down.
        Thread.sleep(2 * LEASE.toMillis());
        assertEquals(before, first.view());
        second.join(1, StartObserver.SILENT);
        assertEquals(1, second.node());
        await("both have the same view", () -> first.view().equals(second.view()));
        assertTrue(second.mayServe());
        assertEquals(1, second.view().member(1).incarnation());
    }

    @Test
    void nodesJoinStopAndLeave() throws Exception {
        final String address = freeAddress();
        final ClusterMembership first = found(address);
        assertEquals(0, first.node());
        assertTrue(first.mayServe());
        final ConcurrentLinkedQueue<Long> epochs = new ConcurrentLinkedQueue<>();
        first.onView(view -> epochs.add(view.epoch()));

        final ClusterMembership second = join(1, 1, address);
        assertEquals(1, second.node());
        assertEquals(SPACE, second.spaceId());
        await("both have the same view", () -> first.view().equals(second.view()));
        assertEquals(1, second.view().partitions().get(1));

        final ClusterMembership third = join(2, 1, address);
        third.close();
        await("a node that stops is down at once", () -> !first.view().isUp(2) && first.view().member(2) != null);
        assertFalse(third.mayServe());

        assertThrows(EngineException.class, () -> second.leave(2), "the heir is down");
        assertTrue(second.mayServe());
        second.leave(0);
        assertFalse(second.mayServe());
        await("a node that leaves is no member", () -> first.view().member(1) == null);
        assertEquals(0, first.view().homes().get(1));
        assertThrows(EngineException.class, () -> first.leave(2), "the consensus can't do without it");
        assertEquals(epochs.stream().sorted().toList(), List.copyOf(epochs));

        assertEquals(2, join(2, 2, address).node());
        assertEquals(Reason.HAS_LEFT,
            assertThrows(JoinRefusedException.class, () -> join(1, 2, address)).reason());
    }

    @Test
    void suspicionOfALivingNodeIsOneNewEpoch() throws Exception {
        final String address = freeAddress();
        final Membership first = found(address);
        final Membership second = join(1, 1, address);
        await("both have the same view", () -> first.view().equals(second.view()));
        final View before = first.view();
        first.suspect(1);
        second.suspect(0);
        await("a new epoch", () -> first.view().epoch() > before.epoch() && first.view().equals(second.view()));
        Thread.sleep(LEASE.toMillis());
        assertEquals(before.epoch() + 1, first.view().epoch());
        assertEquals(before.members(), first.view().members());
        assertTrue(second.mayServe());
    }

    @Test
    void nodeThatIsCutOffLapsesIsDownAndReturns() throws Exception {
        final String address = freeAddress();
        final ClusterMembership first = found(address);
        final ClusterMembership second = join(1, 1, address);
        await("both have the same view", () -> first.view().equals(second.view()));
        final CompletableFuture<Void> held = new CompletableFuture<>();
        second.onView(view -> held.join());
        first.suspect(1);
        await("its thread hangs and so it lapses", () -> !second.mayServe());
        assertTrue(first.view().isUp(1), "it has stopped before the others go on without it");
        await("down", () -> !first.view().isUp(1));
        assertEquals(0, first.view().partitions().get(1));
        held.complete(null);
        await("it returns", second::mayServe);
        await("it is up", () -> first.view().isUp(1) && second.view().equals(first.view()));
        assertEquals(1, first.view().partitions().get(1));
    }

    @Test
    void wholeSpaceStartsAgain() throws Exception {
        final String address = freeAddress();
        final ClusterMembership first = found(address);
        join(1, 1, address).close();
        first.close();
        final ClusterMembership again = opened(ClusterMembership.join(
            config(SPACE, 0, 2, address, List.of()), List.of(), StartObserver.SILENT));
        assertEquals(0, again.node());
        assertEquals(2, again.view().members().size());
        assertFalse(again.view().isUp(1));
        final ClusterMembership second = opened(ClusterMembership.join(
            config(SPACE, 1, 2, freeAddress(), List.of()), List.of(), StartObserver.SILENT));
        assertEquals(1, second.node(), "it remembers whom to ask");
    }

    @Test
    void refusals() {
        final String address = freeAddress();
        found(address);
        join(1, 5, address);
        assertEquals(Reason.OTHER_SPACE, assertThrows(JoinRefusedException.class, () -> ClusterMembership.join(
            config(new UUID(6, 6), 2, 1, freeAddress(), List.of()), List.of(address), StartObserver.SILENT)).reason());
        final ClusterConfig other = config(SPACE, 3, 6, freeAddress(), List.of());
        final EngineException duplicate = assertThrows(EngineException.class, () -> ClusterMembership.join(
            new ClusterConfig(SPACE, new UUID(1, 1), 6, 4096, other.address(), List.of(), other.directory(),
                other.driver(), LEASE, Duration.ofSeconds(3)), List.of(address), StartObserver.SILENT));
        assertTrue(duplicate.getMessage().contains("the store is a copy"), duplicate.getMessage());
    }

    @Test
    void unreachableContactIsNamed() {
        final String contact = freeAddress();
        final ClusterConfig config = config(null, 1, 1, freeAddress(), List.of());
        final EngineException e = assertThrows(EngineException.class, () -> ClusterMembership.join(
            new ClusterConfig(null, config.nodeId(), 1, 4096, config.address(), List.of(), config.directory(),
                config.driver(), LEASE, Duration.ofSeconds(3)), List.of(contact), StartObserver.SILENT));
        assertTrue(e.getMessage().contains(contact), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
    }

    @Test
    void threeMembersOfTheConsensusOutliveOne() throws Exception {
        final List<String> consensus = List.of(freeAddress(), freeAddress(), freeAddress());
        final List<CompletableFuture<ClusterMembership>> starting = new ArrayList<>();
        for (int id = 0; id < 3; id++) {
            final ClusterConfig config = config(id == 0 ? SPACE : null, id, 1, consensus.get(id), consensus);
            final boolean founds = id == 0;
            starting.add(CompletableFuture.supplyAsync(() -> founds
                ? ClusterMembership.create(config, StartObserver.SILENT)
                : ClusterMembership.join(config, List.of(), StartObserver.SILENT), task -> new Thread(task).start()));
        }
        final List<ClusterMembership> members = new ArrayList<>();
        for (final CompletableFuture<ClusterMembership> each : starting) {
            members.add(opened(each.get()));
        }
        final ClusterMembership client = join(3, 1, consensus.get(1));
        await("all know each other", () -> members.stream().allMatch(member -> member.view().equals(client.view())));
        final ClusterMembership stopped = members.remove(0);
        stopped.close();
        await("the others agree without it", () -> !client.view().isUp(stopped.node()) && client.mayServe()
            && members.stream().allMatch(member -> member.view().equals(client.view()) && member.mayServe()));
        final ClusterConfig again = config(SPACE, 0, 2, consensus.get(0), List.of());
        opened(ClusterMembership.join(again, List.of(), StartObserver.SILENT));
        await("it is back", () -> client.view().isUp(stopped.node()));
    }
}
