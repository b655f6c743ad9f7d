package org.dsmfs.engine.coherence;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What the explorer does not come by: local hits and waits, bad messages, later epochs, too many requests. */
class CopyProtocolTest {
    private static final int NODE = 3;
    private static final int RESPONSIBLE_NODE = 1;

    private final CopyProtocol protocol = new CopyProtocol(NODE);
    private final PageCopy copy = new PageCopy();
    private final Effects effects = new Effects();

    @ParameterizedTest
    @EnumSource(CopyState.class)
    void everyStateAnswersOperationsHere(final CopyState state) {
        final CopyTable table = CopyTable.PROTOCOL;
        assertEquals(state.isReadable(), table.row(state, CopyEvent.READ).actions().contains(CopyAction.HIT));
        assertEquals(state.isWritable(), table.row(state, CopyEvent.WRITE).actions().contains(CopyAction.HIT));
        assertEquals(state.isWaiting(), table.row(state, CopyEvent.WRITE).actions().contains(CopyAction.WAIT));
        assertFalse(table.row(state, CopyEvent.ROLL_BACK).next().isWaiting());
    }

    @Test
    void aPageComesIsUsedAndLeaves() {
        assertEquals(Outcome.APPLIED, protocol.write(copy, effects));
        assertEquals("GetM 3->R of request 3/1, ts 0, epoch 0", effects.message(0).toString());
        assertEquals(Outcome.WAIT, protocol.read(copy, effects));
        assertEquals(Outcome.APPLIED, receive(MessageType.DATA_M, 1, 7, 0));
        assertEquals(Outcome.WAIT, protocol.read(copy, effects));
        assertEquals(Outcome.APPLIED, receive(MessageType.GRANT, 1, 7, 0));
        assertEquals("Done 3->R of request 3/1, ts 7, epoch 0", effects.message(0).toString());
        assertEquals(Outcome.HIT, protocol.write(copy, effects));
        protocol.changed(copy, 5, true);

        assertEquals(Outcome.HELD, receive(MessageType.FWD_GET_M, 1, 8, 0));
        protocol.used(copy);
        assertEquals(Outcome.HELD, receive(MessageType.FWD_GET_M, 1, 8, 0));
        assertEquals(Outcome.HELD, protocol.evict(copy, effects));
        protocol.replicated(5);
        assertEquals(Outcome.APPLIED, receive(MessageType.FWD_GET_M, 1, 8, 0));
        assertTrue(copy.isAbsent());
        assertEquals(Outcome.STALE, receive(MessageType.FWD_GET_M, 1, 8, 0));
        assertEquals(1, protocol.staleMessages());
        assertEquals(0, protocol.refusedMessages());
    }

    @Test
    void messagesThatNobodySendsAreRefusedAndCounted() {
        protocol.read(copy, effects);
        assertEquals(Outcome.REFUSED, receive(MessageType.GRANT, 1, 7, 0));
        assertEquals(Outcome.REFUSED, receive(MessageType.GET_S, 1, 7, 0));
        assertEquals(Outcome.REFUSED, receive(MessageType.DONE, 1, 7, 0));
        assertEquals(Outcome.REFUSED, receive(MessageType.DATA_S, 1, 0, 0));
        assertEquals(CopyState.IS, copy.state());
        assertEquals(4, protocol.refusedMessages());
        assertEquals(0, effects.size());
    }

    @Test
    void aMessageOfALaterEpochWaitsForIt() {
        assertEquals(Outcome.HELD, receive(MessageType.INV, 1, 7, 1));
        protocol.startEpoch(1);
        assertEquals(Outcome.APPLIED, receive(MessageType.INV, 1, 7, 1));
        assertEquals(Outcome.STALE, receive(MessageType.INV, 1, 7, 0));
        assertThrows(IllegalStateException.class, () -> protocol.startEpoch(1));
    }

    @Test
    void requestsAreBoundedUntilTheOldestIsSettled() {
        for (int i = 0; i < CopyProtocol.WINDOW; i++) {
            assertEquals(Outcome.APPLIED, protocol.read(i == 0 ? copy : new PageCopy(), effects));
        }
        final PageCopy other = new PageCopy();
        assertEquals(Outcome.HELD, protocol.read(other, effects));
        assertTrue(other.isAbsent());
        assertEquals(Outcome.APPLIED, receive(MessageType.DATA_S, 1, 7, 0));
        assertEquals(Outcome.APPLIED, protocol.read(other, effects));
        assertEquals(Outcome.HELD, protocol.read(new PageCopy(), effects));
        protocol.startEpoch(1);
        assertEquals(Outcome.APPLIED, protocol.read(new PageCopy(), effects));
    }

    @Test
    void misuseIsNoticed() {
        assertThrows(IllegalStateException.class, () -> protocol.evict(copy, effects));
        assertThrows(IllegalStateException.class, () -> protocol.changed(copy, 1, true));
        assertThrows(IllegalStateException.class, () -> protocol.adopt(copy, CopyState.S, 1));
    }

    private Outcome receive(final MessageType type, final long seq, final long ts, final long epoch) {
        final Message message = new Message();
        message.type = type;
        message.from = RESPONSIBLE_NODE;
        message.to = NODE;
        message.requester = NODE;
        message.seq = seq;
        message.ts = ts;
        message.epoch = epoch;
        effects.clear();
        return protocol.handle(copy, message, effects);
    }
}
