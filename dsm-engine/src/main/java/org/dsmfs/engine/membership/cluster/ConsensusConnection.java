package org.dsmfs.engine.membership.cluster;

import io.aeron.Aeron;
import io.aeron.cluster.client.AeronCluster;
import io.aeron.cluster.client.EgressListener;
import io.aeron.cluster.codecs.AdminRequestType;
import io.aeron.cluster.codecs.AdminResponseCode;
import io.aeron.logbuffer.Header;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.SleepingMillisIdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Answer;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Command;

import java.util.List;

/** This node's session with the consensus, wherever that is. One thread; nothing waits. */
final class ConsensusConnection implements EgressListener, AutoCloseable {
    private static final String INGRESS_CHANNEL = "aeron:udp?term-length=64k";
    /** The view of a space with as many nodes as there can be fits into one message. */
    private static final String EGRESS_TERM_LENGTH = "512k";

    private final Listener listener;
    private AeronCluster.AsyncConnect connecting;
    private AeronCluster cluster;

    /** Told of what comes. */
    interface Listener {
        /** The log says something. */
        void onAnswer(Answer answer);

        /** The log says something that makes no sense. */
        void onMalformed();

        /** The session was alive at the leader after {@link #renew} had been called. @param id given there */
        void onRenewed(long id);

        /** The consensus has another leader, or the same one again; what the last one sent may be lost. */
        void onNewLeader();
    }

    private ConsensusConnection(final AeronCluster.Context context, final Listener listener) {
        this.listener = listener;
        this.connecting = AeronCluster.asyncConnect(context.egressListener(this));
    }

    /**
     * Begins to connect to whichever member of the consensus answers.
     *
     * @param consensus addresses of all members, in their order
     * @param host      of this node, for the answers
     * @param timeoutNs until an attempt to connect, or to find the next leader, has failed
     */
    static ConsensusConnection toConsensus(final Aeron aeron, final List<String> consensus, final String host,
                                           final long timeoutNs, final Listener listener) {
        return new ConsensusConnection(context(aeron, host, timeoutNs)
            .ingressChannel(INGRESS_CHANNEL)
            .ingressEndpoints(ConsensusEndpoints.ingresses(consensus)), listener);
    }

    /** As {@link #toConsensus}, by way of one member, the others being unknown: {@link #know} is to follow. */
    static ConsensusConnection toContact(final Aeron aeron, final String contact, final String host,
                                         final long timeoutNs, final Listener listener) {
        return new ConsensusConnection(context(aeron, host, timeoutNs)
            .ingressChannel(INGRESS_CHANNEL + "|endpoint=" + ConsensusEndpoints.ingress(contact)), listener);
    }

    private static AeronCluster.Context context(final Aeron aeron, final String host, final long timeoutNs) {
        return new AeronCluster.Context()
            .aeron(aeron)
            .ownsAeronClient(false)
            .egressChannel("aeron:udp?endpoint=" + host + ":0|term-length=" + EGRESS_TERM_LENGTH)
            .messageTimeoutNs(timeoutNs)
            .idleStrategy(new SleepingMillisIdleStrategy(1));
    }

    /** The session finds the next leader among these members. */
    void know(final List<String> consensus) {
        cluster.context().ingressEndpoints(ConsensusEndpoints.ingresses(consensus));
    }

    /**
     * Goes on connecting, or receives.
     *
     * @return amount of work done
     * @throws RuntimeException of Aeron's if the connection can't be made; the next attempt needs another object
     */
    int poll() {
        if (cluster != null) {
            return cluster.pollEgress();
        }
        final AeronCluster.AsyncConnect.State before = connecting.state();
        cluster = connecting.poll();
        if (cluster != null) {
            connecting = null;
            return 1;
        }
        return connecting.state() == before ? 0 : 1;
    }

    boolean isConnected() {
        return cluster != null && !cluster.isClosed();
    }

    boolean isLost() {
        return cluster != null && cluster.isClosed();
    }

    /** @return whether it was sent; if not, try again later */
    boolean send(final Command command) {
        final UnsafeBuffer buffer = new UnsafeBuffer(MessageFormat.encode(command));
        return cluster.offer(buffer, 0, buffer.capacity()) > 0;
    }

    /**
     * Keeps the session alive and asks the leader for a sign of it: a request that is not granted but answered, by the
     * leader alone and without a trace in the log. Ingress is in order, so the answer confirms the sign of life too.
     *
     * @param id that comes back
     */
    void renew(final long id) {
        if (cluster.sendKeepAlive()) {
            cluster.sendAdminRequestToTakeASnapshot(id);
        }
    }

    @Override
    public void onMessage(final long sessionId, final long timestamp, final DirectBuffer buffer, final int offset,
                          final int length, final Header header) {
        if (MessageFormat.decode(buffer, offset, length) instanceof Answer answer) {
            listener.onAnswer(answer);
        } else {
            listener.onMalformed();
        }
    }

    @Override
    public void onAdminResponse(final long sessionId, final long correlationId, final AdminRequestType requestType,
                                final AdminResponseCode responseCode, final String message,
                                final DirectBuffer payload, final int payloadOffset, final int payloadLength) {
        listener.onRenewed(correlationId);
    }

    @Override
    public void onNewLeader(final long sessionId, final long leadershipTermId, final int leaderMemberId,
                            final String ingressEndpoints) {
        listener.onNewLeader();
    }

    @Override
    public void close() {
        CloseHelper.quietCloseAll(cluster, connecting);
    }
}
