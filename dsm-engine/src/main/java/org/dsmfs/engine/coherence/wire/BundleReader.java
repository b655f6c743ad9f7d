package org.dsmfs.engine.coherence.wire;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.coherence.CopyState;
import org.dsmfs.engine.coherence.Message;
import org.dsmfs.engine.coherence.NodeSet;
import org.dsmfs.engine.coherence.PageOwnership;
import org.dsmfs.engine.network.Stream;

import static org.dsmfs.engine.coherence.wire.MessageBundle.*;

/**
 * Takes the messages out of a bundle, as a flyweight over its bytes: {@link #wrap}, then {@link #next} before each
 * entry. A bundle is checked as a whole before, so that one that is wrong anywhere has no effect. Allocates nothing.
 * Not thread-safe.
 */
public final class BundleReader {
    private static final CopyState[] STATES = CopyState.values();
    /** Largest timestamp or version. */
    private static final long MAX_COUNT = Long.MAX_VALUE / 2;

    private final int largePageSize;
    private DirectBuffer buffer;
    private int remaining;
    private long epoch;
    /** Where the current entry begins. */
    private int entry;
    /** Where the next one does. */
    private int nextEntry;
    private WireType type;

    /** @param largePageSize bytes of a page of a segment with {@link Segment#LARGE_PAGES} */
    public BundleReader(final int largePageSize) {
        this.largePageSize = largePageSize;
    }

    /**
     * Checks a bundle and goes before its first entry. The bytes must stay unchanged until the last one is read.
     *
     * @param stream that it came on
     * @return null if it may be read, else why it is refused: then it has no entries
     */
    public BundleDefect wrap(final Stream stream, final DirectBuffer buffer, final int offset, final int length) {
        this.buffer = buffer;
        remaining = 0;
        if (length < ENTRIES) {
            return BundleDefect.TRUNCATED;
        }
        if (buffer.getInt(offset + FORMAT, ORDER) != FORMAT_VERSION) {
            return BundleDefect.FORMAT_VERSION;
        }
        final int count = buffer.getInt(offset + COUNT, ORDER);
        epoch = buffer.getLong(offset + EPOCH, ORDER);
        if (count < 1 || epoch < 0) {
            return BundleDefect.HEADER;
        }
        final BundleDefect defect = check(stream, count, offset + ENTRIES, offset + length);
        if (defect == null) {
            nextEntry = offset + ENTRIES;
            remaining = count;
        }
        return defect;
    }

    private BundleDefect check(final Stream stream, final int count, final int first, final int end) {
        entry = first;
        for (int i = 0; i < count; i++) {
            if (end - entry < ENTRY_BYTES) {
                return BundleDefect.TRUNCATED;
            }
            type = WireType.ofCode(buffer.getByte(entry + TYPE));
            if (type == null) {
                return BundleDefect.TYPE;
            }
            if (!type.isCarriedBy(stream)) {
                return BundleDefect.STREAM;
            }
            if (hasUnusedField()) {
                return BundleDefect.UNUSED_FIELD;
            }
            if (!isInRange()) {
                return BundleDefect.FIELD_RANGE;
            }
            final int contentLength = contentLength();
            if (contentLength > pageSize() || contentLength > 0 && hasFlag(ABSENT)) {
                return BundleDefect.CONTENT;
            }
            if (end - entry - ENTRY_BYTES < contentLength) {
                return BundleDefect.TRUNCATED;
            }
            entry += ENTRY_BYTES + contentLength;
        }
        return entry == end ? null : BundleDefect.TRAILING_BYTES;
    }

    private boolean hasUnusedField() {
        return (buffer.getByte(entry + FLAGS) & ~type.flags()) != 0
            || buffer.getByte(entry + STATE + 1) != 0
            || !type.hasState() && buffer.getByte(entry + STATE) != 0
            || !type.hasRequester() && !type.hasOwner() && node() != 0
            || !type.hasContent() && contentLength() != 0
            || !type.hasAddress() && (segment() | page()) != 0
            || !type.hasTs() && ts() != 0
            || !type.hasSeq() && seq() != 0
            || !type.hasVersion() && version() != 0;
    }

    private boolean isInRange() {
        final int state = buffer.getByte(entry + STATE);
        return state >= 0 && state < STATES.length && !STATES[state].isWaiting()
            && node() >= (type.hasOwner() ? PageOwnership.DISK : 0) && node() <= NodeSet.MAX_NODE
            && page() >= 0 && isCount(ts()) && isCount(version()) && seq() >= (type.hasSeq() ? 1 : 0);
    }

    /** Whoever counts on from a number must not come to its end: nobody counts so far. */
    private static boolean isCount(final long number) {
        return number >= 0 && number <= MAX_COUNT;
    }

    private int pageSize() {
        return Segment.isLarge(segment()) ? largePageSize : Segment.SMALL_PAGE_SIZE;
    }

    /** Goes to the next entry. @return false if there is none */
    public boolean next() {
        if (remaining == 0) {
            return false;
        }
        remaining--;
        entry = nextEntry;
        type = WireType.ofCode(buffer.getByte(entry + TYPE));
        nextEntry = entry + ENTRY_BYTES + contentLength();
        return true;
    }

    /** @return view that the sender lives in, 0.. */
    public long epoch() {
        return epoch;
    }

    /** @return what the entry is; its fields that the type does not use are 0 */
    public WireType type() {
        return type;
    }

    /** @return whether the entry has this flag, one of {@link MessageBundle}'s */
    public boolean hasFlag(final int flag) {
        return (buffer.getByte(entry + FLAGS) & flag) != 0;
    }

    /** @return all flags of the entry, of {@link MessageBundle} */
    public int flags() {
        return buffer.getByte(entry + FLAGS) & 0xff;
    }

    /** @return state of the copy: I, S, O or M */
    public CopyState state() {
        return STATES[buffer.getByte(entry + STATE)];
    }

    /** @return requester of a protocol's message, 0..1023; owner of an Adopt, the same or PageOwnership.DISK */
    public int node() {
        return buffer.getShort(entry + NODE, ORDER);
    }

    /** @return segment of the page */
    public long segment() {
        return buffer.getLong(entry + SEGMENT, ORDER);
    }

    /** @return index of the page, 0.. */
    public long page() {
        return buffer.getLong(entry + PAGE, ORDER);
    }

    /** @return ownership timestamp, 0 where the sender knows none */
    public long ts() {
        return buffer.getLong(entry + TS, ORDER);
    }

    /** @return number of the request or query, 1.. */
    public long seq() {
        return buffer.getLong(entry + SEQ, ORDER);
    }

    /** @return version tag, 0 if the page was never made */
    public long version() {
        return buffer.getLong(entry + VERSION, ORDER);
    }

    /** @return bytes of content, 0..page size; the rest of the page is zeros */
    public int contentLength() {
        return (buffer.getShort(entry + CONTENT_WORDS, ORDER) & 0xffff) * WORD_BYTES;
    }

    /** Copies the content to a page, with the zeros that follow it. @param pageSize bytes of the page */
    public void copyContent(final MutableDirectBuffer target, final int index, final int pageSize) {
        final int length = contentLength();
        target.putBytes(index, buffer, entry + ENTRY_BYTES, length);
        target.setMemory(index + length, pageSize - length, (byte) 0);
    }

    /**
     * Takes the entry as a message of the protocol, which it must be.
     *
     * @param from node that the bundle came from
     * @param to   this node, or {@link Message#RESPONSIBLE}
     */
    public void toMessage(final Message message, final int from, final int to) {
        message.type = type.message();
        message.from = from;
        message.to = to;
        message.epoch = epoch;
        message.requester = node();
        message.seq = seq();
        message.ts = ts();
        message.version = version();
        message.upgrade = hasFlag(UPGRADE);
    }
}
