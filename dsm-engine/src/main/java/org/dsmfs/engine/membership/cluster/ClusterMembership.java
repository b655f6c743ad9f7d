package org.dsmfs.engine.membership.cluster;

import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.StartCancelledException;
import org.dsmfs.engine.StartObserver;
import org.dsmfs.engine.membership.JoinRefusedException;
import org.dsmfs.engine.membership.Membership;
import org.dsmfs.engine.membership.View;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Command;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Leave;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Stop;
import org.dsmfs.engine.network.aeron.Doorbell;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/**
 * The membership over Aeron Cluster: one {@link MembershipAgent} on a thread of its own, on which listeners run too.
 * docs/MEMBERSHIP.md says how it works.
 */
public final class ClusterMembership implements Membership {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterMembership.class);
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(5);
    /** Starts that take longer are explained to the user. */
    private static final long SAY_NS = TimeUnit.SECONDS.toNanos(4);
    private static final long MAX_SLEEP_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final ClusterConfig config;
    private final MembershipAgent agent;
    private final Thread thread;
    private final AtomicLong correlation = new AtomicLong();
    private volatile boolean isStopping;

    /**
     * Founds a space, or comes back as the node that founded it.
     *
     * @param config with the space's identity, and the consensus members, of which this node is one
     * @throws EngineException if the node can't be a member, or the observer gives up
     */
    public static ClusterMembership create(final ClusterConfig config, final StartObserver observer) {
        if (config.spaceId() == null) {
            throw new EngineException("a new space needs an identity");
        }
        return start(config, true, List.of(), observer);
    }

    /** @return whether the node has been a member of a space before, so that it need not be told whom to join */
    public static boolean isKnown(final Path directory) {
        return !new KnownConsensus(directory).read().isEmpty();
    }

    /** @return whether the node has been a member of the consensus at this address, where it has to listen again */
    public static boolean isHost(final Path directory, final String address) {
        return new KnownConsensus(directory).read().contains(address);
    }

    /**
     * Asks a space what it is, for a node that has to make a store before it joins: the others wait from then on until
     * it has told them what it has. {@link #join(int, StartObserver)} is to follow.
     *
     * @param config without incarnation
     * @throws JoinRefusedException as {@link #join(ClusterConfig, List, StartObserver)}, as is all else
     */
    public static ClusterMembership ask(final ClusterConfig config, final List<String> contacts,
                                        final StartObserver observer) {
        return start(config, false, contacts, observer);
    }

    /**
     * Joins the space that was asked.
     *
     * @param incarnation starts of the node so far, this one included, 1..
     * @throws JoinRefusedException if the node may not be a member
     * @throws EngineException      if the observer gives up
     */
    public void join(final int incarnation, final StartObserver observer) {
        agent.join(incarnation);
        awaitFirstJoin(observer);
    }

    /**
     * Joins a space.
     *
     * @param contacts addresses of nodes that host the consensus; may be empty if the node was a member before, or
     *                 hosts a part of it
     * @throws JoinRefusedException if the node may not be a member
     * @throws EngineException      if the observer gives up, or a node that knows only the contacts has no answer
     */
    public static ClusterMembership join(final ClusterConfig config, final List<String> contacts,
                                         final StartObserver observer) {
        return start(config, false, contacts, observer);
    }

    private static ClusterMembership start(final ClusterConfig config, final boolean founds,
                                           final List<String> named, final StartObserver observer) {
        try {
            Files.createDirectories(config.directory());
        } catch (final IOException e) {
            throw new EngineException("directory " + config.directory() + " can't be made: " + e.getMessage(), e);
        }
        final KnownConsensus known = new KnownConsensus(config.directory());
        final Contacts contacts = Contacts.resolve(config, known.read(), named, ConsensusNode.hasLog(config));
        if (founds && !contacts.isHost()) {
            throw new EngineException("the node that creates a space, " + config.address()
                + ", must be one of the consensus members " + String.join(", ", contacts.consensus()));
        }
        if (contacts.isHost()) {
            known.write(contacts.consensus());
        }
        final ClusterMembership membership = new ClusterMembership(config,
            new MembershipAgent(config, founds, contacts, known));
        membership.thread.start();
        try {
            membership.awaitFirstJoin(observer);
            return membership;
        } catch (final RuntimeException e) {
            membership.close();
            throw e;
        }
    }

    private ClusterMembership(final ClusterConfig config, final MembershipAgent agent) {
        this.config = config;
        this.agent = agent;
        this.thread = new Thread(this::run, "dsm-membership");
        thread.setDaemon(true);
    }

    private void awaitFirstJoin(final StartObserver observer) {
        final long startNs = System.nanoTime();
        String said = "";
        while (!agent.firstJoin().isDone()) {
            if (observer.isCancelled()) {
                throw new StartCancelledException(agent.whom());
            }
            final long waitedNs = System.nanoTime() - startNs;
            if (waitedNs > config.patience().toNanos() && !agent.knowsWhomToWaitFor()) {
                throw new EngineException(agent.whyNotJoined());
            }
            if (waitedNs > SAY_NS && !agent.whom().equals(said)) {
                said = agent.whom();
                observer.waitingFor(said);
            }
            LockSupport.parkNanos(LOOK_NS);
        }
        await(agent.firstJoin(), config.patience(), agent::whyNotJoined);
    }

    private void run() {
        try (CalmIdleStrategy idle = new CalmIdleStrategy(config.driver(), new Doorbell(), MAX_SLEEP_NS)) {
            while (!isStopping) {
                idle.idle(agent.doWork());
            }
        }
        agent.close();
    }

    @Override
    public int node() {
        return agent.node();
    }

    /** @return identity of the space */
    public UUID spaceId() {
        return agent.spaceId();
    }

    /** @return size of large pages in the space */
    public int dataPageBytes() {
        return agent.dataPageBytes();
    }

    /** @return messages from the consensus that made no sense and were dropped */
    public long malformed() {
        return agent.malformed();
    }

    @Override
    public View view() {
        return agent.view();
    }

    @Override
    public void onView(final Consumer<View> listener) {
        agent.onView(listener);
    }

    @Override
    public boolean mayServe() {
        return agent.mayServe();
    }

    /** A node stops half a lease after it has renewed it, and is down a whole lease after that. */
    @Override
    public long graceNs() {
        return config.lease().toNanos() / 2;
    }

    @Override
    public void suspect(final int node) {
        agent.suspect(node);
    }

    @Override
    public void standAside() {
        agent.standAside();
    }

    @Override
    public boolean isIndispensable() {
        return agent.isOnlyHost();
    }

    /** @throws EngineException if the heir is not up, this node hosts a part of the consensus, or nobody answers */
    @Override
    public void leave(final int heir) {
        if (agent.isHost()) {
            throw new EngineException("node " + node() + " hosts a part of the consensus, which can't do without it");
        }
        command(id -> new Leave(id, heir), config.patience());
    }

    private void command(final LongFunction<Command> command, final Duration patience) {
        final long id = correlation.incrementAndGet();
        final CompletableFuture<Void> done = new CompletableFuture<>();
        agent.send(new PendingCommand(id, command.apply(id), done));
        try {
            await(done, patience, () -> "the consensus did not answer within " + patience.toMillis() + " ms");
        } finally {
            agent.send(null);
        }
    }

    private static void await(final CompletableFuture<Void> done, final Duration patience,
                              final Supplier<String> whyNot) {
        try {
            done.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (final TimeoutException e) {
            throw new EngineException(whyNot.get(), e);
        } catch (final ExecutionException e) {
            throw (EngineException) e.getCause();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException("interrupted", e);
        }
    }

    @Override
    public void close(final boolean holdsNothing) {
        if (agent.mayServe()) {
            try {
                command(id -> new Stop(id, holdsNothing), config.lease().dividedBy(2));
            } catch (final EngineException e) {
                LOG.info("the others will learn that this node is down when its lease ends: {}", e.getMessage());
            }
        }
        isStopping = true;
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
