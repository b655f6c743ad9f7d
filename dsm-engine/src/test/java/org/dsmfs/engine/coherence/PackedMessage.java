package org.dsmfs.engine.coherence;

/** A message of a small exploration and its page, in 32 bits. */
final class PackedMessage {
    private PackedMessage() {
    }

    static int pack(final Message m, final int page) {
        if (m.seq > 7 || m.ts > 31 || m.version > 15 || m.epoch > 7) {
            throw new IllegalStateException("beyond what can be explored: " + m);
        }
        return m.type.ordinal() << 27 | page << 26 | (int) m.epoch << 23 | m.from << 21 | m.to << 19 | m.requester << 17
            | (int) m.seq << 14 | (int) m.ts << 9 | (int) m.version << 5 | (m.upgrade ? 1 : 0);
    }

    static void unpack(final int packed, final Message m) {
        m.type = MessageType.values()[packed >>> 27];
        m.epoch = packed >>> 23 & 7;
        m.from = packed >>> 21 & 3;
        m.to = to(packed);
        m.requester = packed >>> 17 & 3;
        m.seq = packed >>> 14 & 7;
        m.ts = packed >>> 9 & 31;
        m.version = packed >>> 5 & 15;
        m.upgrade = (packed & 1) != 0;
    }

    static boolean isRequest(final int packed) {
        final MessageType type = MessageType.values()[packed >>> 27];
        return type == MessageType.GET_S || type == MessageType.GET_M;
    }

    static int page(final int packed) {
        return packed >>> 26 & 1;
    }

    static int to(final int packed) {
        return packed >>> 19 & 3;
    }

    /** The same message with other names for the nodes; {@code names} has 4 entries. */
    static int rename(final int packed, final int[] names) {
        return packed & ~(0x3f << 17) | names[packed >>> 21 & 3] << 21 | names[packed >>> 19 & 3] << 19
            | names[packed >>> 17 & 3] << 17;
    }
}
