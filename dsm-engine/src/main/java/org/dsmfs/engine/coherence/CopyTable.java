package org.dsmfs.engine.coherence;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import static org.dsmfs.engine.coherence.CopyAction.*;
import static org.dsmfs.engine.coherence.CopyEvent.*;
import static org.dsmfs.engine.coherence.CopyState.*;
import static org.dsmfs.engine.coherence.CopyTable.Condition.*;

/**
 * The node's side of the protocol as a table: state and event give conditions, actions and the next state. A pair that
 * is not listed cannot happen among nodes that keep to the protocol. docs/COHERENCE.md is printed from here.
 *
 * <p>Only {@link CopyState#M} has conditions for the log: a copy leaves that state, and thereby this node, only once
 * its last change is held by the backups, and changes in no other. A copy in {@link CopyState#II} was the owner's, who
 * is no sharer: an Inv that comes then is a repeated one.
 */
final class CopyTable {
    /** What a transition waits for, beside its event. */
    enum Condition {
        /** The log up to the page's last change is held by the backups (<em>replicate before expose</em>). */
        REPLICATED,
        /** The operation that the page was brought for has run, or its time is over (minimum hold). */
        USED
    }

    /**
     * One entry.
     *
     * @param conditions what has to be true before; until then the event is put off
     * @param actions    what to do, in this order
     */
    record Row(CopyState state, CopyEvent event, List<Condition> conditions, List<CopyAction> actions,
               CopyState next) {
        private Row when(final Condition... required) {
            return new Row(state, event, List.of(required), actions, next);
        }
    }

    /** The protocol. */
    static final CopyTable PROTOCOL = new CopyTable(List.of(
        row(I, READ, IS, REQUEST_S),
        row(I, WRITE, IM, REQUEST_M),
        row(I, INV, I, ACK_INV),
        row(I, ROLL_BACK, I),

        row(IS, READ, IS, WAIT),
        row(IS, WRITE, IS, WAIT),
        row(IS, EVICT, IS, WAIT),
        row(IS, INV, IS, ACK_INV),
        row(IS, DATA_S, S, TAKE_DATA, SEND_DONE),
        row(IS, UNAVAILABLE, I),
        row(IS, ROLL_BACK, I),

        row(IM, READ, IM, WAIT),
        row(IM, WRITE, IM, WAIT),
        row(IM, EVICT, IM, WAIT),
        row(IM, INV, IM, ACK_INV),
        row(IM, DATA_M, IM, TAKE_DATA, NOTE_DATA),
        row(IM, DATA_M_LAST, M, TAKE_DATA, SEND_DONE),
        row(IM, GRANT, IM, NOTE_GRANT),
        row(IM, GRANT_LAST, M, SEND_DONE),
        row(IM, UNAVAILABLE, I),
        row(IM, ROLL_BACK, I),

        row(S, READ, S, HIT),
        row(S, WRITE, SM, REQUEST_UPGRADE),
        row(S, EVICT, I),
        row(S, INV, I, ACK_INV).when(USED),
        row(S, ROLL_BACK, S),

        row(SM, READ, SM, HIT),
        row(SM, WRITE, SM, WAIT),
        row(SM, EVICT, SM, WAIT),
        row(SM, INV, IM, ACK_INV),
        row(SM, UPGRADE, M, SEND_DONE),
        row(SM, ROLL_BACK, S),

        row(O, READ, O, HIT),
        row(O, WRITE, OM, REQUEST_UPGRADE),
        row(O, EVICT, OI, SEND_PUT),
        row(O, FWD_GET_S, O, SEND_DATA_S),
        row(O, FWD_GET_M, I, SEND_DATA_M),
        row(O, INV, I, ACK_INV),
        row(O, ROLL_BACK, O),

        row(OM, READ, OM, HIT),
        row(OM, WRITE, OM, WAIT),
        row(OM, EVICT, OM, WAIT),
        row(OM, FWD_GET_S, OM, SEND_DATA_S),
        row(OM, FWD_GET_M, IM, SEND_DATA_M),
        row(OM, INV, IM, ACK_INV),
        row(OM, UPGRADE, M, SEND_DONE),
        row(OM, ROLL_BACK, O),

        row(M, READ, M, HIT),
        row(M, WRITE, M, HIT),
        row(M, EVICT, MI, SEND_PUT).when(REPLICATED),
        row(M, FWD_GET_S, O, SEND_DATA_S).when(REPLICATED, USED),
        row(M, FWD_GET_M, I, SEND_DATA_M).when(REPLICATED, USED),
        row(M, ROLL_BACK, M),

        row(MI, READ, MI, WAIT),
        row(MI, WRITE, MI, WAIT),
        row(MI, EVICT, MI, WAIT),
        row(MI, FWD_GET_S, OI, SEND_DATA_S),
        row(MI, FWD_GET_M, II, SEND_DATA_M),
        row(MI, PUT_ACK, I),
        row(MI, ROLL_BACK, M),

        row(OI, READ, OI, WAIT),
        row(OI, WRITE, OI, WAIT),
        row(OI, EVICT, OI, WAIT),
        row(OI, FWD_GET_S, OI, SEND_DATA_S),
        row(OI, FWD_GET_M, II, SEND_DATA_M),
        row(OI, INV, II, ACK_INV),
        row(OI, PUT_ACK, I),
        row(OI, ROLL_BACK, O),

        row(II, READ, II, WAIT),
        row(II, WRITE, II, WAIT),
        row(II, EVICT, II, WAIT),
        row(II, INV, II),
        row(II, PUT_ACK, I),
        row(II, ROLL_BACK, I)));

    private final Row[][] rows = new Row[CopyState.VALUES.length][CopyEvent.VALUES.length];

    CopyTable(final List<Row> list) {
        for (final Row row : list) {
            if (rows[row.state.ordinal()][row.event.ordinal()] != null) {
                throw new IllegalArgumentException(row + " is listed twice");
            }
            rows[row.state.ordinal()][row.event.ordinal()] = row;
        }
    }

    /** @return null if the pair is not listed */
    Row row(final CopyState state, final CopyEvent event) {
        return rows[state.ordinal()][event.ordinal()];
    }

    /** @return all entries, by state, then event */
    List<Row> rows() {
        return Arrays.stream(rows).flatMap(Arrays::stream).filter(Objects::nonNull).toList();
    }

    private static Row row(final CopyState state, final CopyEvent event, final CopyState next,
                           final CopyAction... actions) {
        return new Row(state, event, List.of(), List.of(actions), next);
    }
}
