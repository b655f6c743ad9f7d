package org.dsmfs.engine.membership.cluster;

import org.agrona.DirectBuffer;
import org.dsmfs.engine.membership.Configuration;
import org.dsmfs.engine.membership.JoinRefusedException;
import org.dsmfs.engine.membership.JoinRefusedException.Reason;
import org.dsmfs.engine.membership.View;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Answer;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Done;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Join;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Joined;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Leave;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Refused;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Stop;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Suspect;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The replicated state machine: the same events in the same order lead to the same state on every consensus member. A
 * node's lease is its session with the consensus: the session's end, which the leader finds by its own clock and which
 * is an event of the log like any other, is the lease's end. Renewals are no events.
 */
final class ConfigurationLog {
    private static final byte SNAPSHOT_VERSION = 4;
    /** Did not say since when members are up. */
    private static final byte SNAPSHOT_VERSION_3 = 3;
    /** Nor had it the version of the messages: it was the oldest. */
    private static final byte SNAPSHOT_VERSION_2 = 2;

    private final List<String> consensus;
    private final Map<Integer, Long> sessions = new TreeMap<>();
    private Configuration configuration;
    /** Size of large pages; 0 as long as there is no space. */
    private int dataPageBytes;
    private boolean isEpochDue;
    /** The newest version of the messages that was spoken: older ones are only heard while the log is read again. */
    private byte spokenVersion = MessageFormat.OLDEST_VERSION;

    /** @param consensus addresses of the nodes that host the log, for the answers only */
    ConfigurationLog(final List<String> consensus) {
        this.consensus = List.copyOf(consensus);
    }

    /**
     * Does what a node asks for.
     *
     * @param session that the bytes come from
     * @return the answer for the session, null if there is none
     */
    Answer onCommand(final long session, final DirectBuffer buffer, final int offset, final int length) {
        final byte version = MessageFormat.versionOf(buffer, offset, length);
        if (version < spokenVersion || !MessageFormat.isKnown(version)) {
            final long correlation = MessageFormat.joinCorrelation(buffer, offset, length);
            return correlation == -1 ? null : new Refused(correlation, Reason.OTHER_FORMAT, "the space speaks version "
                + MessageFormat.VERSION + " of the cluster protocol, this node version " + version
                + ": install the same dsm on all nodes");
        }
        final ConfigurationMessage command = MessageFormat.decode(buffer, offset, length);
        spokenVersion = command == null ? spokenVersion : version;
        if (command instanceof Join join) {
            return join(session, join);
        }
        if (command instanceof Suspect suspect) {
            isEpochDue |= isMember(session) && suspect.epoch() == configuration.epoch()
                && configuration.isUp(suspect.node());
            return null;
        }
        if (command instanceof Stop stop) {
            end(session, stop.holdsNothing());
            return new Done(stop.correlation());
        }
        if (command instanceof Leave leave) {
            return leave(session, leave);
        }
        return null;
    }

    private Answer join(final long session, final Join join) {
        if (configuration == null && join.founds() && !join.spaceId().equals(ConfigurationMessage.ANY_SPACE)) {
            configuration = new Configuration(join.spaceId());
            dataPageBytes = join.dataPageBytes();
        }
        if (configuration == null) {
            return new Refused(join.correlation(), Reason.NO_SPACE_YET, "the space was not created yet");
        }
        if (!join.spaceId().equals(configuration.spaceId())
            && (join.founds() || !join.spaceId().equals(ConfigurationMessage.ANY_SPACE))) {
            return new Refused(join.correlation(), Reason.OTHER_SPACE, "the store is a part of space "
                + join.spaceId() + ", these nodes share space " + configuration.spaceId()
                + ": name a new store with --store, or the nodes of its own space with --join");
        }
        if (join.dataPageBytes() != 0 && join.dataPageBytes() != dataPageBytes) {
            return new Refused(join.correlation(), Reason.OTHER_PAGE_SIZE, "the space has data pages of "
                + dataPageBytes + " bytes, fixed when it was created, not of " + join.dataPageBytes()
                + ": leave --data-page out");
        }
        if (join.incarnation() == 0) {
            return new Joined(join.correlation(), ConfigurationMessage.NO_MEMBER, configuration.spaceId(), dataPageBytes,
                consensus, configuration.view());
        }
        final long before = configuration.epoch();
        try {
            final int node = configuration.join(join.nodeId(), join.incarnation(), join.address());
            sessions.values().remove(session);
            sessions.put(node, session);
            settle(before);
            return new Joined(join.correlation(), node, configuration.spaceId(), dataPageBytes, consensus,
                configuration.view());
        } catch (final JoinRefusedException e) {
            return new Refused(join.correlation(), e.reason(), e.getMessage());
        }
    }

    private Answer leave(final long session, final Leave leave) {
        final Integer node = node(session);
        if (node == null) {
            return new Done(leave.correlation());
        }
        final long before = configuration.epoch();
        if (!configuration.leave(node, leave.heir())) {
            return new Refused(leave.correlation(), Reason.BAD_HEIR, "node " + leave.heir()
                + " can't take over from node " + node + ": name another node that is up");
        }
        sessions.remove(node);
        settle(before);
        return new Done(leave.correlation());
    }

    /** The session has ended, and the lease of its node with it. */
    void onSessionClosed(final long session) {
        end(session, false);
    }

    private void end(final long session, final boolean holdsNothing) {
        final Integer node = node(session);
        if (node != null) {
            final long before = configuration.epoch();
            sessions.remove(node);
            configuration.down(node, holdsNothing);
            settle(before);
        }
    }

    /** A while has passed since {@link #isEpochDue} became true. */
    void onTimer() {
        if (isEpochDue) {
            configuration.renewEpoch();
            isEpochDue = false;
        }
    }

    /** A new epoch settles whatever was suspected before. */
    private void settle(final long epochBefore) {
        isEpochDue &= configuration.epoch() == epochBefore;
    }

    /** @return whether a node is suspected, so that {@link #onTimer} is wanted */
    boolean isEpochDue() {
        return isEpochDue;
    }

    /** @return epoch of the present view, 0 if there is none yet */
    long epoch() {
        return configuration == null ? 0 : configuration.epoch();
    }

    /** @return the present view; there must be one */
    View view() {
        return configuration.view();
    }

    /** @return sessions of the nodes that are up */
    Set<Long> sessions() {
        return new TreeSet<>(sessions.values());
    }

    private boolean isMember(final long session) {
        return node(session) != null;
    }

    private Integer node(final long session) {
        for (final Map.Entry<Integer, Long> entry : sessions.entrySet()) {
            if (entry.getValue() == session) {
                return entry.getKey();
            }
        }
        return null;
    }

    /**
     * @return the state as bytes: version (1), version of messages (1), size of data pages (4), epoch due (1), count of
     *     sessions and each of them, configuration
     */
    byte[] snapshot() {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(SNAPSHOT_VERSION);
            out.writeByte(spokenVersion);
            out.writeInt(dataPageBytes);
            out.writeBoolean(isEpochDue);
            out.writeShort(sessions.size());
            for (final Map.Entry<Integer, Long> entry : sessions.entrySet()) {
                out.writeShort(entry.getKey());
                out.writeLong(entry.getValue());
            }
            out.writeBoolean(configuration != null);
            if (configuration != null) {
                configuration.write(out);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Takes over the state of a {@link #snapshot}. @throws IOException if the bytes are none */
    void restore(final byte[] snapshot) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(snapshot))) {
            final byte version = in.readByte();
            if (version < SNAPSHOT_VERSION_2 || version > SNAPSHOT_VERSION) {
                throw new IOException("snapshot of version " + version);
            }
            spokenVersion = version >= SNAPSHOT_VERSION_3 ? in.readByte() : MessageFormat.OLDEST_VERSION;
            dataPageBytes = in.readInt();
            isEpochDue = in.readBoolean();
            final int count = in.readUnsignedShort();
            for (int i = 0; i < count; i++) {
                sessions.put(in.readUnsignedShort(), in.readLong());
            }
            configuration = in.readBoolean() ? Configuration.read(in, version == SNAPSHOT_VERSION) : null;
        }
    }
}
