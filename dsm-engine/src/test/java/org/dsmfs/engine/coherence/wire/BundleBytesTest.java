package org.dsmfs.engine.coherence.wire;

import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.coherence.CopyState;
import org.dsmfs.engine.coherence.Message;
import org.dsmfs.engine.coherence.MessageType;
import org.dsmfs.engine.coherence.PageOwnership;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The bytes of a bundle with each type of entry, frozen: docs/WIRE-FORMATS.md. */
class BundleBytesTest {
    private static final String HEADER = "0200000001000000 0605040302010000";
    private static final long EPOCH = 0x010203040506L;
    private static final long SEGMENT = Segment.of(0x01, 0x20);
    private static final long PAGE = 3;
    /** Segment, page. */
    private static final String ADDRESS = " 2000000000000001 0300000000000000";
    /** Address; ts 0x11, seq 0x12. */
    private static final String REQUEST = ADDRESS + " 1100000000000000 1200000000000000";
    private static final String NO_VERSION = " 0000000000000000";
    private static final String VERSION = " 0201000000000000";
    private static final int PAGE_BYTES = Segment.SMALL_PAGE_SIZE;

    private final BundleWriter writer = new BundleWriter();
    private final UnsafeBuffer content = new UnsafeBuffer(new byte[PAGE_BYTES]);

    private void begin(final WireType type) {
        writer.begin(type.stream(), EPOCH);
    }

    private void check(final boolean added, final String entry) {
        assertTrue(added);
        final StringBuilder hex = new StringBuilder();
        for (int i = 0; i < writer.length(); i++) {
            hex.append(i > 0 && i % 8 == 0 ? " " : "").append(String.format("%02x", writer.buffer().getByte(i)));
        }
        assertEquals(HEADER + " " + entry, hex.toString());
    }

    private static Message message(final MessageType type) {
        final Message message = new Message();
        message.type = type;
        message.requester = 0x0102;
        message.ts = 0x11;
        message.seq = 0x12;
        message.version = type.carriesData() ? 0x0102 : 0;
        return message;
    }

    private void checkMessage(final MessageType type, final int flags, final boolean upgrade, final String entry) {
        begin(WireType.of(type));
        final Message message = message(type);
        message.upgrade = upgrade;
        check(writer.message(message, flags, SEGMENT, PAGE), entry);
    }

    private void checkData(final MessageType type, final String entry) {
        begin(WireType.of(type));
        content.putLong(0, 0x0807060504030201L);
        content.putByte(8, (byte) 9);
        check(writer.message(message(type), MessageBundle.PINNED, SEGMENT, PAGE, content, 0, PAGE_BYTES), entry);
    }

    @Test
    void getS() {
        checkMessage(MessageType.GET_S, 0, false, "0100000002010000" + REQUEST + NO_VERSION);
    }

    @Test
    void getM() {
        checkMessage(MessageType.GET_M, 0, true, "0201000002010000" + REQUEST + NO_VERSION);
    }

    @Test
    void put() {
        checkData(MessageType.PUT, "0304000002010200" + REQUEST + VERSION + " 0102030405060708 0900000000000000");
    }

    @Test
    void fwdGetS() {
        checkMessage(MessageType.FWD_GET_S, 0, false, "0400000002010000" + REQUEST + NO_VERSION);
    }

    @Test
    void fwdGetM() {
        checkMessage(MessageType.FWD_GET_M, 0, false, "0500000002010000" + REQUEST + NO_VERSION);
    }

    @Test
    void inv() {
        checkMessage(MessageType.INV, 0, false, "0600000002010000" + REQUEST + NO_VERSION);
    }

    @Test
    void invAck() {
        checkMessage(MessageType.INV_ACK, MessageBundle.PINNED, false, "0704000002010000" + REQUEST + NO_VERSION);
    }

    @Test
    void dataS() {
        checkData(MessageType.DATA_S, "0804000002010200" + REQUEST + VERSION + " 0102030405060708 0900000000000000");
    }

    @Test
    void dataM() {
        checkData(MessageType.DATA_M, "0904000002010200" + REQUEST + VERSION + " 0102030405060708 0900000000000000");
    }

    @Test
    void dataOfAnAbsentPage() {
        checkMessage(MessageType.DATA_M, MessageBundle.ABSENT, false, "0902000002010000" + REQUEST + VERSION);
    }

    @Test
    void dataOfAPageOfZeros() {
        begin(WireType.DATA_S);
        check(writer.message(message(MessageType.DATA_S), 0, SEGMENT, PAGE, content, 0, PAGE_BYTES),
            "0800000002010000" + REQUEST + VERSION);
    }

    @Test
    void grant() {
        checkMessage(MessageType.GRANT, MessageBundle.PINNED, true, "0a05000002010000" + REQUEST + NO_VERSION);
    }

    @Test
    void done() {
        checkMessage(MessageType.DONE, 0, false, "0b00000002010000" + REQUEST + NO_VERSION);
    }

    @Test
    void putAck() {
        checkMessage(MessageType.PUT_ACK, 0, false, "0c00000002010000" + REQUEST + NO_VERSION);
    }

    @Test
    void unavailable() {
        checkMessage(MessageType.UNAVAILABLE, 0, false, "1a00000002010000" + REQUEST + NO_VERSION);
    }

    @Test
    void settled() {
        begin(WireType.SETTLED);
        check(writer.settled(SEGMENT, PAGE, 0x11, 0x0102, true),
            "0d02000000000000" + ADDRESS + " 1100000000000000 0000000000000000" + VERSION);
    }

    @Test
    void forget() {
        begin(WireType.FORGET);
        check(writer.forget(SEGMENT, PAGE, 0x11),
            "0e00000000000000" + ADDRESS + " 1100000000000000 0000000000000000" + NO_VERSION);
    }

    @Test
    void forgotten() {
        begin(WireType.FORGOTTEN);
        check(writer.forgotten(SEGMENT, PAGE, 0x11),
            "0f00000000000000" + ADDRESS + " 1100000000000000 0000000000000000" + NO_VERSION);
    }

    @Test
    void report() {
        begin(WireType.REPORT);
        check(writer.report(SEGMENT, PAGE, CopyState.M, 0x11, 0x0102, MessageBundle.IN_RAM | MessageBundle.ON_DISK
                | MessageBundle.ABSENT | MessageBundle.PINNED | MessageBundle.TOMBSTONE),
            "103e030000000000" + ADDRESS + " 1100000000000000 0000000000000000" + VERSION);
    }

    @Test
    void reportEnd() {
        begin(WireType.REPORT_END);
        check(writer.reportEnd(0x12), "1100000000000000" + " 0000000000000000".repeat(3)
            + " 1200000000000000" + NO_VERSION);
    }

    @Test
    void adopt() {
        begin(WireType.ADOPT);
        check(writer.adopt(SEGMENT, PAGE, CopyState.S, 0x11, PageOwnership.DISK),
            "12000100ffff0000" + ADDRESS + " 1100000000000000 0000000000000000" + NO_VERSION);
    }

    @Test
    void adoptEnd() {
        begin(WireType.ADOPT_END);
        check(writer.adoptEnd(0x12), "1300000000000000" + " 0000000000000000".repeat(3)
            + " 1200000000000000" + NO_VERSION);
    }

    @Test
    void pinQuery() {
        begin(WireType.PIN_QUERY);
        check(writer.pinQuery(0x12, SEGMENT, PAGE),
            "1400000000000000" + ADDRESS + " 0000000000000000 1200000000000000" + NO_VERSION);
    }

    @Test
    void pinAnswer() {
        begin(WireType.PIN_ANSWER);
        check(writer.pinAnswer(0x12, true), "1504000000000000" + " 0000000000000000".repeat(3)
            + " 1200000000000000" + NO_VERSION);
    }

    @Test
    void take() {
        begin(WireType.TAKE);
        check(writer.take(SEGMENT, PAGE), "1600000000000000" + ADDRESS + " 0000000000000000 0000000000000000"
            + NO_VERSION);
    }

    @Test
    void ownership() {
        begin(WireType.OWNERSHIP);
        check(writer.ownership(SEGMENT, PAGE, 0x0102, 0x11, true), "1704000002010000" + ADDRESS
            + " 1100000000000000 0000000000000000" + NO_VERSION);
    }

    @Test
    void holder() {
        begin(WireType.HOLDER);
        check(writer.holder(SEGMENT, PAGE, 0x0102,
            MessageBundle.IN_RAM | MessageBundle.ON_DISK | MessageBundle.UNSETTLED), "1858000002010000" + ADDRESS
            + " 0000000000000000 0000000000000000" + NO_VERSION);
    }

    @Test
    void moved() {
        begin(WireType.MOVED);
        check(writer.moved(SEGMENT, PAGE, 0x0102), "1900000002010000" + ADDRESS + " 0000000000000000 0000000000000000"
            + NO_VERSION);
    }
}
