package org.dsmfs.engine.coherence.wire;

import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.dsmfs.engine.coherence.CopyState;
import org.dsmfs.engine.coherence.Message;
import org.dsmfs.engine.network.Network;
import org.dsmfs.engine.network.Stream;

import static org.dsmfs.engine.coherence.wire.MessageBundle.*;

/**
 * Puts messages for one node and stream into a bundle. Reused; allocates only while it grows. The methods that add an
 * entry return false, without effect, if it would make the bundle too long for its stream: send this bundle and
 * begin another one. An empty bundle has room for any entry. Not thread-safe.
 */
public final class BundleWriter {
    private static final int INITIAL_BYTES = 1024;
    /** Large pages go a few at a time: while some are installed the next ones are under way. */
    private static final int BULK_BYTES = 256 << 10;

    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(INITIAL_BYTES);
    private Stream stream;
    private int count;
    private int length;
    /** Where the entry being written begins. */
    private int entry;

    /**
     * Begins a new bundle; what was in the old one is forgotten.
     *
     * @param stream that it will be sent on, and that all its entries belong to
     * @param epoch  view that this node lives in, 0..
     */
    public void begin(final Stream stream, final long epoch) {
        this.stream = stream;
        count = 0;
        length = ENTRIES;
        buffer.putInt(FORMAT, FORMAT_VERSION, ORDER);
        buffer.putInt(COUNT, 0, ORDER);
        buffer.putLong(EPOCH, epoch, ORDER);
    }

    /** @return entries so far */
    public int count() {
        return count;
    }

    /** @return bytes so far; the bundle is the first ones of {@link #buffer} */
    public int length() {
        return length;
    }

    /** @return what to send, unless {@link #count} is 0 */
    public DirectBuffer buffer() {
        return buffer;
    }

    /**
     * Adds a message of the protocol that has no content: one that carries no data, or whose page is absent.
     *
     * @param message its sender, receiver and epoch are the bundle's business
     * @param flags   {@link MessageBundle#ABSENT}, {@link MessageBundle#PINNED} or both, where the type has them
     */
    public boolean message(final Message message, final int flags, final long segment, final long page) {
        return message(message, flags, segment, page, buffer, 0, 0);
    }

    /**
     * Adds a message of the protocol with the page's bytes.
     *
     * @param content where the bytes are
     * @param index   first of them
     * @param bytes   size of the page
     */
    public boolean message(final Message message, final int flags, final long segment, final long page,
                           final DirectBuffer content, final int index, final int bytes) {
        final WireType type = WireType.of(message.type);
        final int allFlags = flags | (message.upgrade ? UPGRADE : 0);
        final int contentBytes = trimmed(content, index, bytes);
        if (contentBytes > 0 && (!type.hasContent() || (flags & ABSENT) != 0)) {
            throw new IllegalArgumentException("content with " + message);
        }
        if (!add(type, allFlags, contentBytes)) {
            return false;
        }
        address(segment, page);
        buffer.putShort(entry + NODE, (short) message.requester, ORDER);
        buffer.putShort(entry + CONTENT_WORDS, (short) (contentBytes / WORD_BYTES), ORDER);
        buffer.putLong(entry + TS, message.ts, ORDER);
        buffer.putLong(entry + SEQ, message.seq, ORDER);
        buffer.putLong(entry + VERSION, message.version, ORDER);
        buffer.putBytes(entry + ENTRY_BYTES, content, index, contentBytes);
        return true;
    }

    /** Adds {@link WireType#SETTLED}. @param absent whether the page does not exist in this version */
    public boolean settled(final long segment, final long page, final long ts, final long version,
                           final boolean absent) {
        if (!add(WireType.SETTLED, absent ? ABSENT : 0, 0)) {
            return false;
        }
        address(segment, page);
        buffer.putLong(entry + TS, ts, ORDER);
        buffer.putLong(entry + VERSION, version, ORDER);
        return true;
    }

    /** Adds {@link WireType#FORGET}. @param ts ownership timestamp at which the page settled elsewhere */
    public boolean forget(final long segment, final long page, final long ts) {
        return addressWithTs(WireType.FORGET, segment, page, ts);
    }

    /** Adds {@link WireType#FORGOTTEN}. @param ts that of the Forget */
    public boolean forgotten(final long segment, final long page, final long ts) {
        return addressWithTs(WireType.FORGOTTEN, segment, page, ts);
    }

    /**
     * Adds {@link WireType#REPORT}.
     *
     * @param state of the copy, rolled back: I, S, O or M
     * @param ts    ownership timestamp, 0 for none
     * @param flags {@link MessageBundle#IN_RAM}, {@link MessageBundle#ON_DISK}, {@link MessageBundle#ABSENT}, {@link
     *              MessageBundle#PINNED}, {@link MessageBundle#TOMBSTONE}
     */
    public boolean report(final long segment, final long page, final CopyState state, final long ts,
                          final long version, final int flags) {
        if (!add(WireType.REPORT, flags, 0)) {
            return false;
        }
        address(segment, page);
        state(state);
        buffer.putLong(entry + TS, ts, ORDER);
        buffer.putLong(entry + VERSION, version, ORDER);
        return true;
    }

    /** Adds {@link WireType#REPORT_END}. @param count entries since the epoch began, this one included, 1.. */
    public boolean reportEnd(final long count) {
        return end(WireType.REPORT_END, count);
    }

    private boolean end(final WireType type, final long count) {
        if (!add(type, 0, 0)) {
            return false;
        }
        buffer.putLong(entry + SEQ, count, ORDER);
        return true;
    }

    /**
     * Adds {@link WireType#ADOPT}.
     *
     * @param role  state that the receiver's copy has from now on: I, S, O or M
     * @param ts    ownership timestamp
     * @param owner a node, or PageOwnership.DISK
     */
    public boolean adopt(final long segment, final long page, final CopyState role, final long ts, final int owner) {
        if (!addressWithOwner(WireType.ADOPT, 0, segment, page, owner, ts)) {
            return false;
        }
        state(role);
        return true;
    }

    /** Adds {@link WireType#ADOPT_END}. @param count entries since the epoch began, this one included, 1.. */
    public boolean adoptEnd(final long count) {
        return end(WireType.ADOPT_END, count);
    }

    /** Adds {@link WireType#PIN_QUERY}. @param id that the answer shall have, 1.. */
    public boolean pinQuery(final long id, final long segment, final long page) {
        if (!add(WireType.PIN_QUERY, 0, 0)) {
            return false;
        }
        address(segment, page);
        buffer.putLong(entry + SEQ, id, ORDER);
        return true;
    }

    /** Adds {@link WireType#PIN_ANSWER}. @param id that of the query */
    public boolean pinAnswer(final long id, final boolean pinned) {
        if (!add(WireType.PIN_ANSWER, pinned ? PINNED : 0, 0)) {
            return false;
        }
        buffer.putLong(entry + SEQ, id, ORDER);
        return true;
    }

    /** Adds {@link WireType#TAKE}. */
    public boolean take(final long segment, final long page) {
        return addressWithTs(WireType.TAKE, segment, page, 0);
    }

    /**
     * Adds {@link WireType#OWNERSHIP}.
     *
     * @param owner  a node
     * @param ts     the page's ownership timestamp
     * @param pinned whether something at a node that had a copy uses the page, or did
     */
    public boolean ownership(final long segment, final long page, final int owner, final long ts,
                             final boolean pinned) {
        return addressWithOwner(WireType.OWNERSHIP, pinned ? PINNED : 0, segment, page, owner, ts);
    }

    /**
     * Adds {@link WireType#HOLDER}.
     *
     * @param flags {@link MessageBundle#IN_RAM}, {@link MessageBundle#ON_DISK}, {@link MessageBundle#UNSETTLED}: in
     *              which of the page's sets the node is
     */
    public boolean holder(final long segment, final long page, final int node, final int flags) {
        return addressWithOwner(WireType.HOLDER, flags, segment, page, node, 0);
    }

    /** Adds {@link WireType#MOVED}. @param node who is responsible from now on */
    public boolean moved(final long segment, final long page, final int node) {
        return addressWithOwner(WireType.MOVED, 0, segment, page, node, 0);
    }

    private boolean addressWithOwner(final WireType type, final int flags, final long segment, final long page,
                                     final int owner, final long ts) {
        if (!add(type, flags, 0)) {
            return false;
        }
        address(segment, page);
        buffer.putShort(entry + NODE, (short) owner, ORDER);
        buffer.putLong(entry + TS, ts, ORDER);
        return true;
    }

    private boolean addressWithTs(final WireType type, final long segment, final long page, final long ts) {
        return addressWithOwner(type, 0, segment, page, 0, ts);
    }

    private boolean add(final WireType type, final int flags, final int contentBytes) {
        if (!type.isCarriedBy(stream) || (flags & ~type.flags()) != 0) {
            throw new IllegalArgumentException(type + " with flags " + flags + " on stream " + stream);
        }
        if (length > (stream == Stream.BULK ? BULK_BYTES : Network.MAX_MESSAGE_BYTES) - ENTRY_BYTES - contentBytes) {
            return false;
        }
        entry = length;
        length += ENTRY_BYTES + contentBytes;
        buffer.checkLimit(length);
        buffer.setMemory(entry, ENTRY_BYTES, (byte) 0);
        buffer.putByte(entry + TYPE, type.code());
        buffer.putByte(entry + FLAGS, (byte) flags);
        buffer.putInt(COUNT, ++count, ORDER);
        return true;
    }

    private void address(final long segment, final long page) {
        buffer.putLong(entry + SEGMENT, segment, ORDER);
        buffer.putLong(entry + PAGE, page, ORDER);
    }

    private void state(final CopyState state) {
        buffer.putByte(entry + STATE, (byte) state.ordinal());
    }

    private static int trimmed(final DirectBuffer content, final int index, final int bytes) {
        int length = bytes;
        while (length > 0 && content.getLong(index + length - WORD_BYTES) == 0) {
            length -= WORD_BYTES;
        }
        return length;
    }
}
