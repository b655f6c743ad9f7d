package org.dsmfs.engine.membership.cluster;

import org.agrona.DirectBuffer;
import org.dsmfs.engine.membership.JoinRefusedException.Reason;
import org.dsmfs.engine.membership.ViewFormat;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Command;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Done;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Join;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Joined;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Leave;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.NewView;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Refused;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Stop;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Suspect;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Bytes of a {@link ConfigurationMessage}, big-endian: format version (1), type (1), then the fields in the order of
 * the record; strings as in {@link DataOutputStream#writeUTF}. In every version a command starts with version, type
 * and correlation, and {@link Refused} is the same, so that a node of another version understands why it is refused.
 */
final class MessageFormat {
    /**
     * Version of these messages, and of all others between nodes: to be raised when any of their formats changes, as
     * nodes of different versions meet first where one asks to join, and only there are told.
     */
    static final byte VERSION = 6;
    /** The oldest version whose commands have the same bytes, so that a log that has such ones can be read. */
    static final byte OLDEST_VERSION = 2;

    private static final byte JOIN = 1;
    private static final byte SUSPECT = 2;
    private static final byte STOP = 3;
    private static final byte LEAVE = 4;
    private static final byte JOINED = 65;
    private static final byte REFUSED = 66;
    private static final byte DONE = 67;
    private static final byte NEW_VIEW = 68;
    private static final int MAX_CONSENSUS = 15;

    private MessageFormat() {
    }

    static byte[] encode(final ConfigurationMessage message) {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try {
            write(new DataOutputStream(bytes), message);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** @return the message, null if the bytes are none; one of another version is a {@link Refused} or null */
    static ConfigurationMessage decode(final DirectBuffer buffer, final int offset, final int length) {
        final byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            final byte version = in.readByte();
            final ConfigurationMessage message = isKnown(version) ? read(in) : readForeign(in);
            return in.available() == 0 && isReadable(message, version) ? message : null;
        } catch (final IOException e) {
            return null;
        }
    }

    /** @return whether messages of the version can be read */
    static boolean isKnown(final byte version) {
        return version >= OLDEST_VERSION && version <= VERSION;
    }

    /** Of older versions there are only commands, in logs: who speaks one is refused. */
    private static boolean isReadable(final ConfigurationMessage message, final byte version) {
        return version == VERSION || message instanceof Command || message instanceof Refused;
    }

    /** @return the version that the bytes claim to be of, 0 if there are none */
    static byte versionOf(final DirectBuffer buffer, final int offset, final int length) {
        return length == 0 ? 0 : buffer.getByte(offset);
    }

    /**
     * @return the correlation of a request to join, of any version; -1 if the bytes are none
     */
    static long joinCorrelation(final DirectBuffer buffer, final int offset, final int length) {
        return length < 2 + Long.BYTES || buffer.getByte(offset + 1) != JOIN
            ? -1 : buffer.getLong(offset + 2, java.nio.ByteOrder.BIG_ENDIAN);
    }

    private static void write(final DataOutputStream out, final ConfigurationMessage message) throws IOException {
        out.writeByte(VERSION);
        if (message instanceof Join join) {
            out.writeByte(JOIN);
            out.writeLong(join.correlation());
            out.writeBoolean(join.founds());
            writeId(out, join.spaceId());
            writeId(out, join.nodeId());
            out.writeInt(join.incarnation());
            out.writeInt(join.dataPageBytes());
            out.writeUTF(join.address());
        } else if (message instanceof Suspect suspect) {
            out.writeByte(SUSPECT);
            out.writeInt(suspect.node());
            out.writeLong(suspect.epoch());
        } else if (message instanceof Stop stop) {
            out.writeByte(STOP);
            out.writeLong(stop.correlation());
            out.writeBoolean(stop.holdsNothing());
        } else if (message instanceof Leave leave) {
            out.writeByte(LEAVE);
            out.writeLong(leave.correlation());
            out.writeInt(leave.heir());
        } else {
            writeAnswer(out, message);
        }
    }

    private static void writeAnswer(final DataOutputStream out, final ConfigurationMessage message)
        throws IOException {
        if (message instanceof Joined joined) {
            out.writeByte(JOINED);
            out.writeLong(joined.correlation());
            out.writeInt(joined.node());
            writeId(out, joined.spaceId());
            out.writeInt(joined.dataPageBytes());
            out.writeByte(joined.consensus().size());
            for (final String address : joined.consensus()) {
                out.writeUTF(address);
            }
            ViewFormat.write(out, joined.view());
        } else if (message instanceof Refused refused) {
            out.writeByte(REFUSED);
            out.writeLong(refused.correlation());
            out.writeInt(refused.reason().code());
            out.writeUTF(refused.text());
        } else if (message instanceof Done done) {
            out.writeByte(DONE);
            out.writeLong(done.correlation());
        } else if (message instanceof NewView newView) {
            out.writeByte(NEW_VIEW);
            ViewFormat.write(out, newView.view());
        } else {
            throw new AssertionError(message);
        }
    }

    private static ConfigurationMessage read(final DataInputStream in) throws IOException {
        final byte type = in.readByte();
        return switch (type) {
            case JOIN -> new Join(in.readLong(), in.readBoolean(), readId(in), readId(in), in.readInt(), in.readInt(),
                in.readUTF());
            case SUSPECT -> new Suspect(in.readInt(), in.readLong());
            case STOP -> new Stop(in.readLong(), in.readBoolean());
            case LEAVE -> new Leave(in.readLong(), in.readInt());
            case JOINED -> new Joined(in.readLong(), in.readInt(), readId(in), in.readInt(), readStrings(in),
                ViewFormat.read(in));
            case REFUSED -> new Refused(in.readLong(), readReason(in), in.readUTF());
            case DONE -> new Done(in.readLong());
            case NEW_VIEW -> new NewView(ViewFormat.read(in));
            default -> null;
        };
    }

    /** What nodes of any version understand. */
    private static ConfigurationMessage readForeign(final DataInputStream in) throws IOException {
        if (in.readByte() != REFUSED) {
            return null;
        }
        final long correlation = in.readLong();
        in.readInt();
        return new Refused(correlation, Reason.OTHER_FORMAT, in.readUTF());
    }

    private static Reason readReason(final DataInputStream in) throws IOException {
        final Reason reason = Reason.of(in.readInt());
        if (reason == null) {
            throw new IOException("unknown reason");
        }
        return reason;
    }

    private static List<String> readStrings(final DataInputStream in) throws IOException {
        final int count = in.readUnsignedByte();
        if (count > MAX_CONSENSUS) {
            throw new IOException(count + " consensus members");
        }
        final List<String> strings = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            strings.add(in.readUTF());
        }
        return strings;
    }

    private static UUID readId(final DataInputStream in) throws IOException {
        return new UUID(in.readLong(), in.readLong());
    }

    private static void writeId(final DataOutputStream out, final UUID id) throws IOException {
        out.writeLong(id.getMostSignificantBits());
        out.writeLong(id.getLeastSignificantBits());
    }
}
