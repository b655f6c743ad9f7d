package org.dsmfs.engine.coherence;

import java.util.Arrays;

/**
 * A few nodes, the one that is responsible, and the network between them, made of the classes that ship; can be saved
 * to and loaded from a few bytes.
 */
class WorldState {
    private static final int MAX_MESSAGES = 96;

    final Bounds bounds;
    final int responsible;
    final CopyProtocol[] copyProtocols;
    final OwnershipProtocol ownershipProtocol;
    final PageCopy[][] copies;
    final PageOwnership[] pages;
    final boolean[] dead;
    /** Version of each page that the newest completed write made. */
    final int[] newest;
    /** Newest version of each page that the backups hold. */
    final int[] backup;
    /** Messages under way, sorted. */
    final int[] network = new int[MAX_MESSAGES];
    int messages;
    int epoch;
    /** Whether the responsible node takes all others for down just now. */
    boolean isTakenForDown;
    private final int[] renamed = new int[MAX_MESSAGES];

    WorldState(final Bounds bounds, final Protocols protocols) {
        this.bounds = bounds;
        this.responsible = bounds.nodes();
        this.copyProtocols = new CopyProtocol[bounds.nodes()];
        this.copies = new PageCopy[bounds.nodes()][bounds.pages()];
        this.ownershipProtocol = protocols.ownerships(responsible, node -> !isTakenForDown);
        for (int node = 0; node < bounds.nodes(); node++) {
            copyProtocols[node] = protocols.copies(node);
            Arrays.setAll(copies[node], page -> new PageCopy());
            ownershipProtocol.admitted.put(node, new SequenceWindow(Protocols.WINDOW));
        }
        this.pages = new PageOwnership[bounds.pages()];
        Arrays.setAll(pages, page -> new PageOwnership());
        this.dead = new boolean[bounds.nodes()];
        this.newest = new int[bounds.pages()];
        this.backup = new int[bounds.pages()];
    }

    /**
     * Saves all with other names for the nodes.
     *
     * @param names new name of each node, and of the responsible one (its own)
     * @return length in bytes
     */
    int save(final byte[] to, final int[] names) {
        int at = 0;
        to[at++] = (byte) epoch;
        final int nodeBytes = 2 + 4 * bounds.pages();
        for (int node = 0; node < bounds.nodes(); node++) {
            int nodeAt = at + names[node] * nodeBytes;
            to[nodeAt++] = (byte) (copyProtocols[node].outstanding.highest() << 1 | (dead[node] ? 1 : 0));
            to[nodeAt++] = (byte) admitted(node);
            for (int page = 0; page < bounds.pages(); page++) {
                final PageCopy copy = copies[node][page];
                to[nodeAt++] = (byte) (copy.state().ordinal() << 4 | copy.flags());
                to[nodeAt++] = (byte) copy.ts;
                to[nodeAt++] = (byte) copy.version;
                to[nodeAt++] = (byte) copy.seq;
            }
        }
        at += bounds.nodes() * nodeBytes;
        for (int page = 0; page < bounds.pages(); page++) {
            at = savePage(page, to, at, names);
        }
        for (int i = 0; i < messages; i++) {
            int place = i;
            final int packed = PackedMessage.rename(network[i], names);
            for (; place > 0 && renamed[place - 1] > packed; place--) {
                renamed[place] = renamed[place - 1];
            }
            renamed[place] = packed;
        }
        for (int i = 0; i < messages; i++) {
            final int packed = renamed[i];
            to[at++] = (byte) (packed >>> 24);
            to[at++] = (byte) (packed >>> 16);
            to[at++] = (byte) (packed >>> 8);
            to[at++] = (byte) packed;
        }
        return at;
    }

    private int admitted(final int node) {
        final SequenceWindow window = ownershipProtocol.admitted.get(node);
        int bits = 0;
        for (int seq = 1; seq <= window.highest(); seq++) {
            bits |= window.contains(seq) ? 1 << seq : 0;
        }
        return bits;
    }

    private int savePage(final int page, final byte[] to, final int start, final int[] names) {
        int at = start;
        final PageOwnership known = pages[page];
        to[at++] = (byte) newest[page];
        to[at++] = (byte) backup[page];
        to[at++] = (byte) (known.owner == PageOwnership.DISK ? PageOwnership.DISK : names[known.owner]);
        to[at++] = (byte) known.ts;
        to[at++] = (byte) known.diskVersion;
        to[at++] = (byte) (known.sharers == null ? 0 : bits(known.sharers, names));
        final Service service = known.service;
        to[at++] = (byte) (service == null ? 0 : 1 + service.queue.size());
        if (service != null) {
            to[at++] = (byte) (service.state.ordinal() << 1 | (service.upgrade ? 1 : 0));
            to[at++] = (byte) (names[service.requester] << 4 | (int) service.seq);
            to[at++] = (byte) bits(service.awaited, names);
            for (final Message queued : service.queue) {
                final int packed = PackedMessage.rename(PackedMessage.pack(queued, page), names);
                to[at++] = (byte) (packed >>> 24);
                to[at++] = (byte) (packed >>> 16);
                to[at++] = (byte) (packed >>> 8);
                to[at++] = (byte) packed;
            }
        }
        return at;
    }

    private int bits(final NodeSet set, final int[] names) {
        int bits = 0;
        for (int node = set.next(0); node >= 0; node = set.next(node + 1)) {
            bits |= 1 << names[node];
        }
        return bits;
    }

    /** Loads what was saved. */
    void load(final byte[] from, final int length) {
        int at = 0;
        epoch = from[at++];
        ownershipProtocol.epoch = epoch;
        for (int node = 0; node < bounds.nodes(); node++) {
            final SequenceWindow outstanding = copyProtocols[node].outstanding;
            final int highest = from[at] >> 1;
            dead[node] = (from[at++] & 1) != 0;
            copyProtocols[node].epoch = epoch;
            copyProtocols[node].replicatedVersion = 0;
            restore(outstanding, highest == 0 ? 0 : 1 << highest);
            if (highest > 0) {
                outstanding.clear(highest);
            }
            restore(ownershipProtocol.admitted.get(node), from[at++] & 0xff);
            for (int page = 0; page < bounds.pages(); page++) {
                final PageCopy copy = copies[node][page];
                copy.set(CopyState.VALUES[from[at] >> 4 & 0xf], from[at] & 0xf);
                at++;
                copy.ts = from[at++];
                copy.version = from[at++];
                copy.seq = from[at++];
                if (copy.seq != 0) {
                    outstanding.add(copy.seq);
                }
            }
        }
        for (int page = 0; page < bounds.pages(); page++) {
            at = loadPage(page, from, at);
        }
        messages = (length - at) / 4;
        for (int i = 0; i < messages; i++, at += 4) {
            network[i] = packed(from, at);
        }
    }

    private int loadPage(final int page, final byte[] from, final int start) {
        int at = start;
        final PageOwnership known = new PageOwnership();
        pages[page] = known;
        newest[page] = from[at++];
        backup[page] = from[at++];
        known.owner = from[at++];
        known.ts = from[at++];
        known.diskVersion = from[at++];
        if (from[at] != 0) {
            known.sharers = new NodeSet();
            addAll(known.sharers, from[at]);
        }
        at++;
        int services = from[at++];
        if (services-- > 0) {
            final Service service = new Service();
            known.service = service;
            service.state = ServiceState.VALUES[from[at] >> 1];
            service.upgrade = (from[at++] & 1) != 0;
            service.requester = from[at] >> 4;
            service.seq = from[at++] & 0xf;
            addAll(service.awaited, from[at++]);
            for (; services > 0; services--, at += 4) {
                final Message queued = new Message();
                PackedMessage.unpack(packed(from, at), queued);
                service.queue.add(queued);
            }
        }
        return at;
    }

    private static int packed(final byte[] from, final int at) {
        return from[at] << 24 | (from[at + 1] & 0xff) << 16 | (from[at + 2] & 0xff) << 8 | from[at + 3] & 0xff;
    }

    private static void addAll(final NodeSet set, final int bits) {
        for (int node = 0; node < 4; node++) {
            if ((bits >> node & 1) != 0) {
                set.add(node);
            }
        }
    }

    private static void restore(final SequenceWindow window, final int bits) {
        window.reset();
        for (int seq = 1; seq < 8; seq++) {
            if ((bits >> seq & 1) != 0) {
                window.add(seq);
            }
        }
    }
}
