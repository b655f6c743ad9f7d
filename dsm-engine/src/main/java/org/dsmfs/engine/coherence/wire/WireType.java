package org.dsmfs.engine.coherence.wire;

import org.dsmfs.engine.coherence.MessageType;
import org.dsmfs.engine.network.Stream;

import static org.dsmfs.engine.coherence.wire.MessageBundle.ABSENT;
import static org.dsmfs.engine.coherence.wire.MessageBundle.IN_RAM;
import static org.dsmfs.engine.coherence.wire.MessageBundle.ON_DISK;
import static org.dsmfs.engine.coherence.wire.MessageBundle.PINNED;
import static org.dsmfs.engine.coherence.wire.MessageBundle.TOMBSTONE;
import static org.dsmfs.engine.coherence.wire.MessageBundle.UNSETTLED;
import static org.dsmfs.engine.coherence.wire.MessageBundle.UPGRADE;

/** Types of entries in a bundle: the protocol's messages, and those around it. Fields a type does not use are zero. */
public enum WireType {
    /** @see MessageType#GET_S */
    GET_S(1, MessageType.GET_S, 0),
    /** @see MessageType#GET_M */
    GET_M(2, MessageType.GET_M, UPGRADE),
    /** @see MessageType#PUT */
    PUT(3, MessageType.PUT, ABSENT | PINNED),
    /** @see MessageType#FWD_GET_S */
    FWD_GET_S(4, MessageType.FWD_GET_S, 0),
    /** @see MessageType#FWD_GET_M */
    FWD_GET_M(5, MessageType.FWD_GET_M, 0),
    /** @see MessageType#INV */
    INV(6, MessageType.INV, 0),
    /** @see MessageType#INV_ACK */
    INV_ACK(7, MessageType.INV_ACK, PINNED),
    /** @see MessageType#DATA_S */
    DATA_S(8, MessageType.DATA_S, ABSENT | PINNED),
    /** @see MessageType#DATA_M */
    DATA_M(9, MessageType.DATA_M, ABSENT | PINNED),
    /** @see MessageType#GRANT */
    GRANT(10, MessageType.GRANT, UPGRADE | PINNED),
    /** @see MessageType#DONE */
    DONE(11, MessageType.DONE, 0),
    /** @see MessageType#PUT_ACK */
    PUT_ACK(12, MessageType.PUT_ACK, 0),

    /** To the responsible node: the new owner has this version on its disk, older copies on disks may go. */
    SETTLED(13, "Settled", Stream.RESPONSE, Field.ADDRESS | Field.TS | Field.VERSION, ABSENT),
    /** To a former owner: forget the page's copy on disk. */
    FORGET(14, "Forget", Stream.FORWARD, Field.ADDRESS | Field.TS, 0),
    /** To the responsible node: it is forgotten, durably. */
    FORGOTTEN(15, "Forgotten", Stream.RESPONSE, Field.ADDRESS | Field.TS, 0),
    /** To the responsible node in a new epoch: a page that the sender has something of. */
    REPORT(16, "Report", Stream.REQUEST, Field.ADDRESS | Field.STATE | Field.TS | Field.VERSION,
        IN_RAM | ON_DISK | ABSENT | PINNED | TOMBSTONE),
    /** That was the last Report; seq is how many there were, and one for this. */
    REPORT_END(17, "ReportEnd", Stream.REQUEST, Field.SEQ, 0),
    /** From the responsible node in a new epoch: what the receiver's copy of a page is from now on, and who owns it. */
    ADOPT(18, "Adopt", Stream.FORWARD, Field.ADDRESS | Field.STATE | Field.TS | Field.OWNER, 0),
    /** That was the last Adopt; seq as in ReportEnd. */
    ADOPT_END(19, "AdoptEnd", Stream.FORWARD, Field.SEQ, 0),
    /** Does something at the receiver use the page? */
    PIN_QUERY(20, "PinQuery", Stream.REQUEST, Field.SEQ | Field.ADDRESS, 0),
    /** It does, if flagged as pinned. */
    PIN_ANSWER(21, "PinAnswer", Stream.RESPONSE, Field.SEQ, PINNED),
    /** From an owner that leaves: take the page over. */
    TAKE(22, "Take", Stream.REQUEST, Field.ADDRESS, 0),
    /** To a node that is going to be responsible for a page: who owns it. */
    OWNERSHIP(23, "Ownership", Stream.FORWARD, Field.ADDRESS | Field.TS | Field.OWNER, PINNED),
    /** Of such a page: a node that has a copy to read, an older version, or perhaps the newest on disk. */
    HOLDER(24, "Holder", Stream.FORWARD, Field.ADDRESS | Field.OWNER, IN_RAM | ON_DISK | UNSETTLED),
    /** To all nodes: who is responsible for the page from now on, until the epoch ends. */
    MOVED(25, "Moved", Stream.FORWARD, Field.ADDRESS | Field.OWNER, 0),

    /** @see MessageType#UNAVAILABLE */
    UNAVAILABLE(26, MessageType.UNAVAILABLE, 0);

    /** Fields that a type uses, as bits. */
    private static final class Field {
        private static final int ADDRESS = 1;
        private static final int STATE = 2;
        private static final int TS = 4;
        private static final int SEQ = 8;
        private static final int VERSION = 16;
        private static final int CONTENT = 32;
        /** A node, the requester. */
        private static final int REQUESTER = 64;
        /** A node or PageOwnership.DISK. */
        private static final int OWNER = 128;
    }

    private static final WireType[] BY_CODE = byCode();
    private static final WireType[] BY_MESSAGE = byMessage();

    private final byte code;
    private final String title;
    private final Stream stream;
    private final MessageType message;
    private final int fields;
    private final int flags;

    WireType(final int code, final MessageType message, final int flags) {
        this(code, message.title(), message.stream(), message, Field.ADDRESS | Field.REQUESTER | Field.SEQ | Field.TS
            | (message.carriesData() ? Field.VERSION | Field.CONTENT : 0), flags);
    }

    WireType(final int code, final String title, final Stream stream, final int fields, final int flags) {
        this(code, title, stream, null, fields, flags);
    }

    WireType(final int code, final String title, final Stream stream, final MessageType message, final int fields,
             final int flags) {
        this.code = (byte) code;
        this.title = title;
        this.stream = stream;
        this.message = message;
        this.fields = fields;
        this.flags = flags;
    }

    private static WireType[] byCode() {
        final WireType[] types = new WireType[values().length + 1];
        for (final WireType type : values()) {
            types[type.code] = type;
        }
        return types;
    }

    private static WireType[] byMessage() {
        final WireType[] types = new WireType[MessageType.values().length];
        for (final WireType type : values()) {
            if (type.message != null) {
                types[type.message.ordinal()] = type;
            }
        }
        return types;
    }

    /** @return the type of the protocol's message */
    public static WireType of(final MessageType message) {
        return BY_MESSAGE[message.ordinal()];
    }

    /** @return null if no type has the code */
    static WireType ofCode(final byte code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }

    /** @return the name used in tables and logs */
    public String title() {
        return title;
    }

    /** @return which of the streams carries it, unless it has a large page's content */
    public Stream stream() {
        return stream;
    }

    /** @return whether it may come on the stream */
    public boolean isCarriedBy(final Stream carrier) {
        return carrier == stream || carrier == Stream.BULK && isBulky();
    }

    /** @return whether it brings a page to somebody who asked for it: with a large one it is for {@link Stream#BULK} */
    public boolean isBulky() {
        return this == DATA_S || this == DATA_M;
    }

    /** @return the protocol's type, null if this is none of the protocol's messages */
    public MessageType message() {
        return message;
    }

    byte code() {
        return code;
    }

    /** @return the flags that it may have */
    int flags() {
        return flags;
    }

    boolean hasAddress() {
        return (fields & Field.ADDRESS) != 0;
    }

    boolean hasState() {
        return (fields & Field.STATE) != 0;
    }

    boolean hasTs() {
        return (fields & Field.TS) != 0;
    }

    boolean hasSeq() {
        return (fields & Field.SEQ) != 0;
    }

    boolean hasVersion() {
        return (fields & Field.VERSION) != 0;
    }

    boolean hasContent() {
        return (fields & Field.CONTENT) != 0;
    }

    boolean hasRequester() {
        return (fields & Field.REQUESTER) != 0;
    }

    boolean hasOwner() {
        return (fields & Field.OWNER) != 0;
    }
}
