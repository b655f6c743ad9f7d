package org.dsmfs.engine.membership.cluster;

import io.aeron.Aeron;
import io.aeron.exceptions.TimeoutException;
import org.agrona.CloseHelper;
import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.membership.JoinRefusedException;
import org.dsmfs.engine.membership.JoinRefusedException.Reason;
import org.dsmfs.engine.membership.View;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Answer;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Done;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Join;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Joined;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.NewView;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Refused;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Suspect;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Holds the node's session with the consensus: joins, renews the lease, takes views in, and connects and joins again
 * whenever the session is lost or the lease has lapsed. A node that hosts a part of the consensus is to it a node like
 * any other. One thread, but for what is said to be for any.
 */
final class MembershipAgent implements ConsensusConnection.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(MembershipAgent.class);
    /** Renewals per lease. */
    private static final int RENEWALS = 8;
    /** Renewals until a node that was refused asks again. */
    private static final int REFUSED_RENEWALS = 3;
    /** How long a node stands aside the first time, and at most. */
    private static final long MIN_ASIDE_NS = TimeUnit.SECONDS.toNanos(15);
    private static final long MAX_ASIDE_NS = TimeUnit.MINUTES.toNanos(8);
    private static final Pattern CHANNEL_ERROR = Pattern.compile("channel error - (.*?) \\(at ");

    private final ClusterConfig config;
    private final boolean founds;
    private final KnownConsensus known;
    private final Lease lease;
    private final long renewalNs;
    private final List<Consumer<View>> listeners = new CopyOnWriteArrayList<>();
    private final Queue<Suspect> suspicions = new ConcurrentLinkedQueue<>();
    private final AtomicLong malformed = new AtomicLong();

    private volatile CompletableFuture<Void> firstJoin = new CompletableFuture<>();
    private volatile int incarnation;
    private volatile Contacts contacts;
    private volatile int node = ConfigurationMessage.NO_MEMBER;
    private volatile UUID spaceId;
    private volatile int dataPageBytes;
    private volatile View view;
    private volatile boolean isJoined;
    private volatile boolean hasEnded;
    private volatile PendingCommand pending;
    /** Why the consensus refused the node last. */
    private volatile String lastProblem;
    /** Why there was no session last. */
    private volatile String lastFailure;
    /** Whether another process serves as this node. */
    private volatile boolean isDuplicate;

    private volatile boolean mustStandAside;
    private Aeron aeron;
    private ConsensusNode consensusNode;
    private ConsensusConnection connection;
    /** Of the next join; the commands of others count from 1. */
    private long joinCorrelation = Long.MIN_VALUE;
    /** Whether the view here may be older than what the session would bring: a join brings the newest. */
    private boolean isJoinDue = true;
    /** Of the last join. */
    private int joinedAs;
    private int attempts;
    private long nextRenewalNs = System.nanoTime();
    private long nextCommandNs = nextRenewalNs;
    private long nextAttemptNs = nextRenewalNs;
    private long asideNs = MIN_ASIDE_NS;
    private long asideUntilNs = nextRenewalNs;

    MembershipAgent(final ClusterConfig config, final boolean founds, final Contacts contacts,
                    final KnownConsensus known) {
        this.config = config;
        this.founds = founds;
        this.contacts = contacts;
        this.known = known;
        this.spaceId = config.spaceId();
        this.incarnation = config.incarnation();
        this.renewalNs = config.lease().toNanos() / RENEWALS;
        this.lease = new Lease(config.lease().toNanos() / 2, System::nanoTime,
            () -> TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()));
    }

    /** @return whether this node is the consensus; any thread */
    boolean isOnlyHost() {
        return contacts.isHost() && contacts.consensus().size() == 1;
    }

    /** Does what there is to do, without waiting. @return amount of work done */
    int doWork() {
        try {
            return doWork(System.nanoTime());
        } catch (final TimeoutException e) {
            LOG.debug("nobody answers: {}", e.getMessage());
            disconnect();
            return 0;
        } catch (final RuntimeException e) {
            final String failure = reason(e);
            if (!failure.equals(lastFailure)) {
                LOG.warn("no session with the consensus", e);
            }
            lastFailure = failure;
            disconnect();
            return 0;
        }
    }

    /** @return the system's words for what is wrong with a channel, out of Aeron's; other messages as they are */
    private static String reason(final RuntimeException failure) {
        final Matcher channelError = CHANNEL_ERROR.matcher(String.valueOf(failure.getMessage()));
        return channelError.find() ? channelError.group(1) : String.valueOf(failure.getMessage());
    }

    private int doWork(final long nowNs) {
        if (hasEnded) {
            return 0;
        }
        if (isJoined && !lease.isValid()) {
            LOG.warn("the lease has lapsed: this node stops serving until it has joined again");
            isJoined = false;
            isJoinDue = true;
        }
        if (consensusNode != null && consensusNode.isTerminated() || aeron != null && aeron.isClosed()) {
            LOG.warn("the consensus in this process has ended: starting it again");
            close();
            nextAttemptNs = nowNs + renewalNs;
        }
        if (mustStandAside) {
            mustStandAside = false;
            stopFor(asideNs, nowNs);
        }
        final boolean isAside = nowNs - asideUntilNs < 0;
        if (connection == null) {
            if (!isAside && nowNs - nextAttemptNs >= 0) {
                nextAttemptNs = nowNs + renewalNs;
                connect();
            }
            return 0;
        }
        int work = aeron.conductorAgentInvoker().invoke() + connection.poll();
        if (connection.isLost()) {
            disconnect();
        } else if (!isAside && connection.isConnected()) {
            work += talk(nowNs);
        }
        return work;
    }

    /** Says nothing for so long: the lease ends as if the node were cut off. */
    private void stopFor(final long pauseNs, final long nowNs) {
        LOG.warn("this node stops serving, and joins again in {} s", TimeUnit.NANOSECONDS.toSeconds(pauseNs));
        isJoined = false;
        isJoinDue = true;
        asideUntilNs = nowNs + pauseNs;
        asideNs = Math.min(2 * pauseNs, MAX_ASIDE_NS);
    }

    private void connect() {
        if (contacts.isHost() && consensusNode == null) {
            consensusNode = ConsensusNode.launch(config, contacts.consensus());
        }
        if (aeron == null) {
            aeron = DriverClient.connect(config.driver(), "dsm-membership",
                error -> LOG.warn("membership: {}", error.toString()));
        }
        lease.forgetUnderWay();
        connection = nextConnection();
    }

    /** Tries those that were named, one after the other, then those that are known. */
    private ConsensusConnection nextConnection() {
        final List<String> named = contacts.named();
        final String host = ConsensusEndpoints.host(config.address());
        final long timeoutNs = config.lease().toNanos();
        final int way = attempts++ % (named.size() + (contacts.consensus().isEmpty() ? 0 : 1));
        return way < named.size()
            ? ConsensusConnection.toContact(aeron, named.get(way), host, timeoutNs, this)
            : ConsensusConnection.toConsensus(aeron, contacts.consensus(), host, timeoutNs, this);
    }

    private void disconnect() {
        CloseHelper.quietClose(connection);
        connection = null;
        isJoined = false;
        isJoinDue = true;
    }

    private int talk(final long nowNs) {
        int work = 0;
        if (nowNs - nextRenewalNs >= 0) {
            nextRenewalNs = nowNs + renewalNs;
            connection.renew(lease.sending());
            if (consensusNode != null) {
                consensusNode.keepLogShort();
            }
            work++;
        }
        final int asWhom = incarnation;
        isJoinDue |= asWhom != joinedAs;
        if (isJoinDue) {
            joinedAs = asWhom;
            if (nowNs - nextCommandNs >= 0) {
                nextCommandNs = nowNs + renewalNs;
                connection.send(new Join(joinCorrelation, founds,
                    spaceId == null ? ConfigurationMessage.ANY_SPACE : spaceId, config.nodeId(), asWhom,
                    config.dataPageBytes(), config.address()));
                work++;
            }
            return work;
        }
        final Suspect suspicion = suspicions.peek();
        if (suspicion != null && (suspicion.epoch() < view.epoch() || connection.send(suspicion))) {
            suspicions.remove();
            work++;
        }
        final PendingCommand command = pending;
        if (command != null && nowNs - nextCommandNs >= 0) {
            nextCommandNs = nowNs + renewalNs;
            connection.send(command.command());
            work++;
        }
        return work;
    }

    @Override
    public void onMalformed() {
        malformed.incrementAndGet();
    }

    @Override
    public void onRenewed(final long id) {
        lease.confirmed(id);
    }

    @Override
    public void onNewLeader() {
        isJoinDue = true;
    }

    @Override
    public void onAnswer(final Answer answer) {
        if (answer instanceof NewView newView) {
            onView(newView.view());
        } else if (answer instanceof Joined joined && joined.correlation() == joinCorrelation && isJoinDue) {
            onJoined(joined);
        } else if (answer instanceof Done done) {
            final PendingCommand command = pending;
            if (command != null && command.correlation() == done.correlation()) {
                end(command);
            }
        } else if (answer instanceof Refused refused) {
            onRefused(refused);
        }
    }

    /** The next time it joins, answers to this time's commands must not count: the lease may have ended in between. */
    private void onJoined(final Joined joined) {
        final boolean hasAsked = joined.node() == ConfigurationMessage.NO_MEMBER;
        if (hasAsked && incarnation != 0) {
            // It is going to join.
            return;
        }
        joinCorrelation++;
        isJoinDue = false;
        node = joined.node();
        spaceId = joined.spaceId();
        dataPageBytes = joined.dataPageBytes();
        if (!contacts.isHost()) {
            known.write(joined.consensus());
            contacts = new Contacts(joined.consensus(), List.of(), false);
            connection.know(joined.consensus());
        }
        nextCommandNs = System.nanoTime();
        if (!hasAsked) {
            onView(joined.view());
            isJoined = true;
        }
        firstJoin.complete(null);
    }

    private void onView(final View next) {
        if (view == null || next.epoch() > view.epoch()) {
            view = next;
            listeners.forEach(listener -> listener.accept(next));
        }
    }

    /** The node has stopped or left: it must not join again. */
    private void end(final PendingCommand command) {
        isJoined = false;
        hasEnded = true;
        command.done().complete(null);
    }

    private void onRefused(final Refused refused) {
        final PendingCommand command = pending;
        if (command != null && refused.correlation() == command.correlation()) {
            command.done().completeExceptionally(new EngineException(refused.text()));
        } else if (command != null && refused.reason() == Reason.HAS_LEFT) {
            end(command);
        } else if (refused.correlation() == joinCorrelation) {
            onJoinRefused(refused);
        }
    }

    private void onJoinRefused(final Refused refused) {
        nextCommandNs = System.nanoTime() + REFUSED_RENEWALS * renewalNs;
        if (!refused.text().equals(lastProblem)) {
            LOG.warn("may not join yet: {}", refused.text());
        }
        lastProblem = refused.text();
        isDuplicate = refused.reason() == Reason.DUPLICATE_NODE;
        switch (refused.reason()) {
            case NO_SPACE_YET, DUPLICATE_NODE -> {
                // Passes when the space is founded, or the lease of the node's last start ends: asked again.
            }
            default -> firstJoin.completeExceptionally(new JoinRefusedException(refused.reason(), refused.text()));
        }
    }

    /** The node only asked until now, and has a store now; any thread. */
    void join(final int newIncarnation) {
        firstJoin = new CompletableFuture<>();
        incarnation = newIncarnation;
    }

    /** Ends when the node has joined for the first time, or asked, or was refused; any thread. */
    CompletableFuture<Void> firstJoin() {
        return firstJoin;
    }

    /** @return why the node has not joined yet, for the user; any thread */
    String whyNotJoined() {
        if (lastProblem != null) {
            return lastProblem;
        }
        final String noAnswer = contacts.whyNoAnswer(config.patience());
        return lastFailure == null ? noAnswer : noAnswer + " (" + lastFailure + ")";
    }

    /** @return whom the node waits for to join, in words; any thread */
    String whom() {
        final String problem = lastProblem == null ? lastFailure : lastProblem;
        return contacts.whom() + (problem == null ? "" : " (" + problem + ")");
    }

    /** @return whether it makes sense to wait for as long as it takes; any thread */
    boolean knowsWhomToWaitFor() {
        return !isDuplicate && !contacts.consensus().isEmpty();
    }

    /** Has a command sent until it is answered; any thread, one at a time. */
    void send(final PendingCommand command) {
        pending = command;
    }

    /** Any thread. */
    void suspect(final int suspect) {
        final Suspect suspicion = new Suspect(suspect, view.epoch());
        // They wait for as long as there is no session.
        if (!suspicions.contains(suspicion)) {
            suspicions.add(suspicion);
        }
    }

    /** Any thread. */
    void standAside() {
        mustStandAside = true;
    }

    /** Any thread. */
    void onView(final Consumer<View> listener) {
        listeners.add(listener);
    }

    /** @return whether the node may serve; any thread */
    boolean mayServe() {
        return isJoined && lease.isValid();
    }

    /** @return number of the node, -1 before it has joined; any thread */
    int node() {
        return node;
    }

    /** @return identity of the space, null before it is known; any thread */
    UUID spaceId() {
        return spaceId;
    }

    /** @return size of large pages in the space, 0 before it is known; any thread */
    int dataPageBytes() {
        return dataPageBytes;
    }

    /** @return the newest view, null before there is one; any thread */
    View view() {
        return view;
    }

    /** @return answers that made no sense; any thread */
    long malformed() {
        return malformed.get();
    }

    /** @return whether this node hosts a part of the consensus; any thread */
    boolean isHost() {
        return contacts.isHost();
    }

    /** Lets go of the session and of what runs in this process; {@link #doWork} would start over. */
    void close() {
        disconnect();
        CloseHelper.quietCloseAll(aeron, consensusNode);
        aeron = null;
        consensusNode = null;
    }
}
