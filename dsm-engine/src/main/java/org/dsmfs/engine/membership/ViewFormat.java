package org.dsmfs.engine.membership;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A view as bytes, big-endian: epoch (8), count of members (2), per member number (2), incarnation (4), up (1),
 * epoch in which it came up (8), length of (1), address (ASCII); count of partitions in use (2), per partition home (2)
 * and responsible node (2).
 */
public final class ViewFormat {
    private static final int DOWN = 0;
    private static final int UP = 1;
    /** Down, and holds nothing. */
    private static final int EMPTY = 2;

    private ViewFormat() {
    }

    /** Appends the view. */
    public static void write(final DataOutput out, final View view) throws IOException {
        out.writeLong(view.epoch());
        out.writeShort(view.members().size());
        for (final Member member : view.members()) {
            out.writeShort(member.node());
            out.writeInt(member.incarnation());
            out.writeByte(member.isUp() ? UP : member.holdsNothing() ? EMPTY : DOWN);
            out.writeLong(member.upSince());
            final byte[] address = member.address().getBytes(StandardCharsets.US_ASCII);
            out.writeByte(address.length);
            out.write(address);
        }
        int used = 0;
        for (int partition = 0; partition < View.PARTITIONS; partition++) {
            if (view.homes().get(partition) >= 0) {
                used = partition + 1;
            }
        }
        out.writeShort(used);
        for (int partition = 0; partition < used; partition++) {
            out.writeShort(view.homes().get(partition));
            out.writeShort(view.partitions().get(partition));
        }
    }

    /** @throws IOException if the bytes end too early or are no view */
    public static View read(final DataInput in) throws IOException {
        return read(in, true);
    }

    /** Reads what was written when views did not say yet since when members are up. @throws IOException as above */
    static View readOld(final DataInput in) throws IOException {
        return read(in, false);
    }

    private static View read(final DataInput in, final boolean hasUpSince) throws IOException {
        final long epoch = in.readLong();
        final int count = in.readUnsignedShort();
        final List<Member> members = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            final int node = in.readUnsignedShort();
            final int incarnation = in.readInt();
            final int state = in.readUnsignedByte();
            if (state > EMPTY) {
                throw new IOException("state " + state + " of a node");
            }
            final long upSince = hasUpSince ? in.readLong() : 0;
            final byte[] address = new byte[in.readUnsignedByte()];
            in.readFully(address);
            members.add(new Member(node, incarnation, new String(address, StandardCharsets.US_ASCII), state == UP,
                state == EMPTY, upSince));
        }
        final int used = in.readUnsignedShort();
        if (used > View.PARTITIONS) {
            throw new IOException(used + " partitions");
        }
        final List<Integer> homes = new ArrayList<>(Collections.nCopies(View.PARTITIONS, -1));
        final List<Integer> partitions = new ArrayList<>(Collections.nCopies(View.PARTITIONS, -1));
        for (int partition = 0; partition < used; partition++) {
            homes.set(partition, readNode(in));
            partitions.set(partition, readNode(in));
        }
        return new View(epoch, members, homes, partitions);
    }

    private static int readNode(final DataInput in) throws IOException {
        final int node = in.readShort();
        if (node < -1 || node >= View.PARTITIONS) {
            throw new IOException("node " + node);
        }
        return node;
    }
}
