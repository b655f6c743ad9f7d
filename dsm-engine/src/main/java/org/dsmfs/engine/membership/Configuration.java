package org.dsmfs.engine.membership;

import org.dsmfs.engine.membership.JoinRefusedException.Reason;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * What the nodes agree on: members, homes, who stands in. Plain and deterministic: the same calls lead to the same
 * views, whoever makes them. Knows nothing of leases: it is told that a node is down.
 *
 * <p>Numbers, and with them partitions, are given once: what a node that left has written stays in its partition, and
 * its number stays in locks and versions.
 */
public final class Configuration {
    /** Longest address, bytes of ASCII. */
    public static final int MAX_ADDRESS_BYTES = 255;
    private static final int NOBODY = -1;

    private final UUID spaceId;
    private final TreeMap<Integer, Node> nodes = new TreeMap<>();
    private final Set<UUID> left = new TreeSet<>();
    private final int[] homes = new int[View.PARTITIONS];
    private final int[] partitions = new int[View.PARTITIONS];
    private int nextNode;
    private long epoch;

    /** A member as it is kept here. */
    record Node(UUID id, Member member) {
        private Node down(final boolean holdsNothing) {
            return new Node(id, member.down(holdsNothing));
        }
    }

    /** The configuration of a new space, without members. */
    public Configuration(final UUID spaceId) {
        this.spaceId = spaceId;
        Arrays.fill(homes, NOBODY);
        Arrays.fill(partitions, NOBODY);
    }

    /**
     * @param hasUpSince whether it was written by a version that knew since when members are up
     * @return the configuration that was written by {@link #write}
     */
    public static Configuration read(final DataInput in, final boolean hasUpSince) throws IOException {
        final Configuration configuration = new Configuration(readId(in));
        configuration.nextNode = in.readInt();
        final View view = hasUpSince ? ViewFormat.read(in) : ViewFormat.readOld(in);
        configuration.epoch = view.epoch();
        for (final Member member : view.members()) {
            configuration.nodes.put(member.node(), new Node(readId(in), member));
        }
        final int leftCount = in.readInt();
        for (int i = 0; i < leftCount; i++) {
            configuration.left.add(readId(in));
        }
        for (int partition = 0; partition < View.PARTITIONS; partition++) {
            configuration.homes[partition] = view.homes().get(partition);
            configuration.partitions[partition] = view.partitions().get(partition);
        }
        return configuration;
    }

    /** Writes everything, the same bytes for equal configurations. */
    public void write(final DataOutput out) throws IOException {
        writeId(out, spaceId);
        out.writeInt(nextNode);
        ViewFormat.write(out, view());
        for (final Node node : nodes.values()) {
            writeId(out, node.id);
        }
        out.writeInt(left.size());
        for (final UUID id : left) {
            writeId(out, id);
        }
    }

    private static UUID readId(final DataInput in) throws IOException {
        return new UUID(in.readLong(), in.readLong());
    }

    private static void writeId(final DataOutput out, final UUID id) throws IOException {
        out.writeLong(id.getMostSignificantBits());
        out.writeLong(id.getLeastSignificantBits());
    }

    /** @return identity of the space */
    public UUID spaceId() {
        return spaceId;
    }

    /** @return the view as of now; epoch 0 and no members in a new space */
    public View view() {
        return new View(epoch, nodes.values().stream().map(Node::member).toList(), list(homes), list(partitions));
    }

    /** @return number of the present epoch; 0 in a new space */
    public long epoch() {
        return epoch;
    }

    /**
     * A node that started is up from now on. Repeating it changes nothing.
     *
     * @param incarnation starts of the node so far; the same one may come back after it was down for a time
     * @return number of the node
     * @throws JoinRefusedException if it may not be a member; nothing has changed then
     */
    public int join(final UUID nodeId, final int incarnation, final String address) {
        check(nodeId, incarnation, address);
        final Member known = member(nodeId);
        final int number = known == null ? nextNode++ : known.node();
        if (known == null || !known.isUp() || known.incarnation() != incarnation) {
            nodes.put(number, new Node(nodeId, new Member(number, incarnation, address, true, false, epoch + 1)));
            if (known == null) {
                homes[number] = number;
            }
            change();
        }
        return number;
    }

    private void check(final UUID nodeId, final int incarnation, final String address) {
        if (!isAddress(address)) {
            throw new JoinRefusedException(Reason.BAD_ADDRESS, "address '" + address + "' is not HOST:PORT");
        }
        if (left.contains(nodeId)) {
            throw new JoinRefusedException(Reason.HAS_LEFT, "node " + nodeId
                + " has left the space for good: join with a new store");
        }
        final Member known = member(nodeId);
        if (known == null) {
            if (nextNode == View.PARTITIONS) {
                throw new JoinRefusedException(Reason.TOO_MANY_NODES, "the space has had " + nextNode
                    + " nodes already, that is all it can have");
            }
            return;
        }
        final boolean isElsewhere = !address.equals(known.address());
        if (known.isUp() && isElsewhere) {
            throw new JoinRefusedException(Reason.DUPLICATE_NODE, "node " + known.node() + " serves at "
                + known.address() + " already: the store is a copy, or two nodes have one identity");
        }
        if (incarnation < known.incarnation() || incarnation == known.incarnation() && isElsewhere) {
            throw new JoinRefusedException(Reason.OLD_STORE, "node " + known.node() + " was started "
                + known.incarnation() + " times, but its store counts " + incarnation
                + ": the store is an old copy; join with the newest one");
        }
    }

    private static boolean isAddress(final String address) {
        return address.length() <= MAX_ADDRESS_BYTES && address.matches("[\\x21-\\x7e]+:\\d{1,5}");
    }

    /** A node does not serve any more: others stand in. Nothing happens if it is down, or no member. */
    public void down(final int node) {
        down(node, false);
    }

    /** {@link #down(int)}. @param holdsNothing whether others have taken over everything that it had */
    public void down(final int node, final boolean holdsNothing) {
        final Node known = nodes.get(node);
        if (known != null && known.member.isUp()) {
            nodes.put(node, known.down(holdsNothing));
            change();
        }
    }

    /**
     * A node leaves for good.
     *
     * @param heir home of its partitions from now on
     * @return whether it is no member now; false if the heir can't take over, since it is not up or the same node
     */
    public boolean leave(final int node, final int heir) {
        if (!nodes.containsKey(node)) {
            return true;
        }
        if (node == heir || !isUp(heir)) {
            return false;
        }
        left.add(nodes.remove(node).id);
        for (int partition = 0; partition < homes.length; partition++) {
            if (homes[partition] == node) {
                homes[partition] = heir;
            }
        }
        change();
        return true;
    }

    /** Starts a new epoch with the same members. */
    public void renewEpoch() {
        change();
    }

    /** @return whether the node is a member and up */
    public boolean isUp(final int node) {
        final Node known = nodes.get(node);
        return known != null && known.member.isUp();
    }

    /** @return the member with this identity, null if there is none */
    public Member member(final UUID nodeId) {
        for (final Node node : nodes.values()) {
            if (node.id.equals(nodeId)) {
                return node.member;
            }
        }
        return null;
    }

    /**
     * Homes that are up have their partitions, the others' go to nodes that stand in: those that do so already, as far
     * as they are up, else whoever has least. If nobody is up they stay with their homes.
     */
    private void change() {
        epoch++;
        for (int partition = 0; partition < partitions.length; partition++) {
            if (isUp(homes[partition])) {
                partitions[partition] = homes[partition];
            } else if (!isUp(partitions[partition])) {
                partitions[partition] = NOBODY;
            }
        }
        final int[] load = new int[View.PARTITIONS];
        for (final int responsible : partitions) {
            if (responsible != NOBODY) {
                load[responsible]++;
            }
        }
        for (int partition = 0; partition < partitions.length; partition++) {
            if (homes[partition] != NOBODY && partitions[partition] == NOBODY) {
                final int standIn = leastLoaded(load);
                partitions[partition] = standIn == NOBODY ? homes[partition] : standIn;
                load[partitions[partition]]++;
            }
        }
    }

    private int leastLoaded(final int[] load) {
        int least = NOBODY;
        for (final int node : nodes.keySet()) {
            if (isUp(node) && (least == NOBODY || load[node] < load[least])) {
                least = node;
            }
        }
        return least;
    }

    private static List<Integer> list(final int[] numbers) {
        final List<Integer> list = new ArrayList<>(numbers.length);
        for (final int number : numbers) {
            list.add(number);
        }
        return list;
    }
}
