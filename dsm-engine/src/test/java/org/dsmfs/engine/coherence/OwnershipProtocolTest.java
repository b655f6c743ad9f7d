package org.dsmfs.engine.coherence;

import org.junit.jupiter.api.Test;

import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** What the explorer does not come by: bad messages, later epochs, many nodes, the choice among reports. */
class OwnershipProtocolTest {
    private final OwnershipProtocol protocol = new OwnershipProtocol(0, node -> true);
    private final PageOwnership page = new PageOwnership();
    private final Effects effects = new Effects();

    @Test
    void allOfManySharersAreInvalidated() {
        final int nodes = 300;
        for (int node = 0; node < nodes; node++) {
            receive(MessageType.GET_S, node, node, 1, 0);
            assertEquals(Outcome.APPLIED, receive(MessageType.DONE, node, node, 1, 0));
        }
        receive(MessageType.GET_M, 7, 7, 2, 0);
        assertEquals(nodes, effects.size());
        for (int node = 0; node < nodes; node++) {
            if (node != 7) {
                assertEquals(Outcome.APPLIED, receive(MessageType.INV_ACK, node, 7, 2, 2));
                assertEquals(node == nodes - 1 ? 1 : 0, effects.size());
            }
        }
        assertEquals(MessageType.GRANT, effects.message(0).type);
        receive(MessageType.DONE, 7, 7, 2, 0);
        assertEquals(7, page.owner());
        assertFalse(page.isSharer(0));
        assertFalse(page.isBusy());
    }

    @Test
    void messagesThatNobodySendsAreRefusedAndCounted() {
        assertEquals(Outcome.REFUSED, receive(MessageType.DATA_S, 1, 1, 1, 0));
        assertEquals(Outcome.REFUSED, receive(MessageType.GET_S, 1, 2, 1, 0));
        assertEquals(Outcome.REFUSED, receive(MessageType.GET_S, -1, -1, 1, 0));
        assertEquals(Outcome.REFUSED, receive(MessageType.GET_S, 1024, 1024, 1, 0));
        assertEquals(Outcome.REFUSED, receive(MessageType.GET_S, 1, 1, 0, 0));
        receive(MessageType.GET_M, 1, 1, 1, 0);
        receive(MessageType.DONE, 1, 1, 1, 0);
        assertEquals(Outcome.REFUSED, receive(MessageType.GET_S, 1, 1, 2, 0));
        assertFalse(page.isBusy());
        assertEquals(6, protocol.refusedMessages());
    }

    @Test
    void aMessageOfALaterEpochWaitsForIt() {
        final Message message = message(MessageType.GET_S, 1, 1, 1, 0);
        message.epoch = 1;
        assertEquals(Outcome.HELD, protocol.handle(page, message, effects));
        protocol.startEpoch(1);
        assertEquals(Outcome.APPLIED, protocol.handle(page, message, effects));
        assertEquals(Outcome.STALE, receive(MessageType.GET_S, 2, 2, 1, 0));
    }

    @Test
    void theHighestVersionWinsThenAnOwnerThenTheDisk() {
        assertEquals("-1 v3", rebuilt(3, report(1, CopyState.M, 2)));
        assertEquals("1 M", rebuilt(2, report(1, CopyState.M, 3), report(2, CopyState.O, 2)));
        assertEquals("2 O", rebuilt(3, report(1, CopyState.S, 3), report(2, CopyState.O, 3)));
        assertEquals("-1 v3", rebuilt(3, report(1, CopyState.S, 3)));
        assertEquals("1 M", rebuilt(2, report(1, CopyState.S, 3)));
        assertEquals("-1 v0", rebuilt(0));
    }

    @Test
    void aRebuiltPageKnowsItsSharersAndIsNewerThanAll() {
        final PageOwnership rebuilt = protocol.rebuild(List.of(report(1, CopyState.S, 3), report(2, CopyState.O, 3),
            report(4, CopyState.S, 2)), 1);
        assertEquals(10, rebuilt.ts());
        assertEquals(CopyState.S, OwnershipProtocol.roleOf(rebuilt, 1));
        assertEquals(CopyState.O, OwnershipProtocol.roleOf(rebuilt, 2));
        assertEquals(CopyState.I, OwnershipProtocol.roleOf(rebuilt, 4));
        assertThrows(IllegalArgumentException.class, () -> report(1, CopyState.SM, 3));
    }

    private String rebuilt(final long diskVersion, final PageReport... reports) {
        final PageOwnership rebuilt = protocol.rebuild(List.of(reports), diskVersion);
        return rebuilt.owner() + " " + (rebuilt.owner() == PageOwnership.DISK ? "v" + rebuilt.diskVersion
            : OwnershipProtocol.roleOf(rebuilt, rebuilt.owner()));
    }

    private static PageReport report(final int node, final CopyState state, final long version) {
        return new PageReport(node, state, 9, version);
    }

    private Outcome receive(final MessageType type, final int from, final int requester, final long seq,
                            final long ts) {
        effects.clear();
        return protocol.handle(page, message(type, from, requester, seq, ts), effects);
    }

    private static Message message(final MessageType type, final int from, final int requester, final long seq,
                                   final long ts) {
        final Message message = new Message();
        message.type = type;
        message.from = from;
        message.requester = requester;
        message.seq = seq;
        message.ts = ts;
        return message;
    }
}
