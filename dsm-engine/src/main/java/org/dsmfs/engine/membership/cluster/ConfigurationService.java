package org.dsmfs.engine.membership.cluster;

import io.aeron.ExclusivePublication;
import io.aeron.Image;
import io.aeron.Publication;
import io.aeron.cluster.codecs.CloseReason;
import io.aeron.cluster.service.ClientSession;
import io.aeron.cluster.service.Cluster;
import io.aeron.cluster.service.ClusteredService;
import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.Header;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Answer;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Joined;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.NewView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Hosts the {@link ConfigurationLog} in Aeron Cluster: hands events in, and answers and views out. */
final class ConfigurationService implements ClusteredService {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigurationService.class);
    private static final long EPOCH_TIMER = 1;
    /** A node that does not take a message for so long is made to join again. */
    private static final long SEND_TIMEOUT_NS = TimeUnit.MILLISECONDS.toNanos(100);
    /** Of a snapshot; its channel has the smallest terms. */
    private static final int SNAPSHOT_CHUNK_BYTES = 4096;

    private final ConfigurationLog log;
    private final long suspicionMs;
    private Cluster cluster;
    private long sentEpoch;
    private boolean isTimerSet;

    /**
     * @param consensus   addresses of the consensus members
     * @param suspicionMs from a suspicion to the new epoch
     */
    ConfigurationService(final List<String> consensus, final long suspicionMs) {
        this.log = new ConfigurationLog(consensus);
        this.suspicionMs = suspicionMs;
    }

    @Override
    public void onStart(final Cluster startedCluster, final Image snapshot) {
        cluster = startedCluster;
        if (snapshot != null) {
            final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            final FragmentHandler collector = (buffer, offset, length, header) -> {
                final byte[] chunk = new byte[length];
                buffer.getBytes(offset, chunk);
                bytes.writeBytes(chunk);
            };
            while (!snapshot.isEndOfStream()) {
                cluster.idleStrategy().idle(snapshot.poll(collector, 16));
            }
            try {
                log.restore(bytes.toByteArray());
            } catch (final IOException e) {
                throw new UncheckedIOException("the snapshot of the configuration is damaged", e);
            }
        }
        sentEpoch = log.epoch();
    }

    @Override
    public void onTakeSnapshot(final ExclusivePublication snapshot) {
        final byte[] bytes = log.snapshot();
        final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        for (int offset = 0; offset < bytes.length; offset += SNAPSHOT_CHUNK_BYTES) {
            final int length = Math.min(SNAPSHOT_CHUNK_BYTES, bytes.length - offset);
            cluster.idleStrategy().reset();
            while (snapshot.offer(buffer, offset, length) < 0) {
                cluster.idleStrategy().idle();
            }
        }
    }

    @Override
    public void onSessionOpen(final ClientSession session, final long timestamp) {
        // A session is nobody's until its node joins.
    }

    @Override
    public void onSessionClose(final ClientSession session, final long timestamp, final CloseReason reason) {
        log.onSessionClosed(session.id());
        announce(null);
    }

    @Override
    public void onSessionMessage(final ClientSession session, final long timestamp, final DirectBuffer buffer,
                                 final int offset, final int length, final Header header) {
        if (session == null) {
            return;
        }
        final Answer answer = log.onCommand(session.id(), buffer, offset, length);
        if (answer != null) {
            send(session, answer);
        }
        announce(answer instanceof Joined ? session : null);
        if (log.isEpochDue() && !isTimerSet) {
            isTimerSet = true;
            scheduleTimer(timestamp + suspicionMs);
        }
    }

    @Override
    public void onTimerEvent(final long correlationId, final long timestamp) {
        isTimerSet = false;
        log.onTimer();
        announce(null);
    }

    /** Another leader's clock may be far from the last one's: a timer by that one would come too late. */
    @Override
    public void onNewLeadershipTermEvent(final long leadershipTermId, final long logPosition, final long timestamp,
                                         final long termBaseLogPosition, final int leaderMemberId,
                                         final int logSessionId, final TimeUnit timeUnit, final int appVersion) {
        isTimerSet = log.isEpochDue();
        if (isTimerSet) {
            scheduleTimer(timestamp + suspicionMs);
        }
    }

    private void scheduleTimer(final long deadlineMs) {
        cluster.idleStrategy().reset();
        while (!cluster.scheduleTimer(EPOCH_TIMER, deadlineMs)) {
            cluster.idleStrategy().idle();
        }
    }

    /** Sends a new view to all nodes that are up. @param informed session that has it already, or null */
    private void announce(final ClientSession informed) {
        if (log.epoch() == sentEpoch) {
            return;
        }
        sentEpoch = log.epoch();
        final NewView message = new NewView(log.view());
        for (final long id : log.sessions()) {
            final ClientSession session = cluster.getClientSession(id);
            if (session != null && session != informed) {
                send(session, message);
            }
        }
    }

    /**
     * Only the leader's message leaves; on the other consensus members the offer is taken and forgotten. A node that is
     * not connected does not miss it: it joins again when it is, or when it hears of the new leader.
     */
    private void send(final ClientSession session, final Answer answer) {
        final UnsafeBuffer buffer = new UnsafeBuffer(MessageFormat.encode(answer));
        final long deadlineNs = System.nanoTime() + SEND_TIMEOUT_NS;
        cluster.idleStrategy().reset();
        while (isBusy(session.offer(buffer, 0, buffer.capacity()))) {
            if (System.nanoTime() - deadlineNs > 0) {
                LOG.warn("session {} takes no messages: its node has to join again", session.id());
                cluster.closeClientSession(session.id());
                return;
            }
            cluster.idleStrategy().idle();
        }
    }

    private static boolean isBusy(final long offerResult) {
        return offerResult == Publication.BACK_PRESSURED || offerResult == Publication.ADMIN_ACTION;
    }

    @Override
    public void onRoleChange(final Cluster.Role role) {
        LOG.info("this node is {} of the consensus now", role);
    }

    @Override
    public void onTerminate(final Cluster terminatedCluster) {
        // Whoever terminates it knows.
    }
}
