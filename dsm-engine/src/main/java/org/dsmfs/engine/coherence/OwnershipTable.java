package org.dsmfs.engine.coherence;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import static org.dsmfs.engine.coherence.OwnershipAction.*;
import static org.dsmfs.engine.coherence.OwnershipEvent.*;
import static org.dsmfs.engine.coherence.ServiceState.*;

/**
 * The responsible node's side of the protocol as a table. Requests that come while one is being served queue up, first
 * come, first served; so those are listed for IDLE only. docs/COHERENCE.md is printed from here.
 */
final class OwnershipTable {
    /** One entry. */
    record Row(ServiceState state, OwnershipEvent event, List<OwnershipAction> actions, ServiceState next) {
    }

    /** The protocol. */
    static final OwnershipTable PROTOCOL = new OwnershipTable(List.of(
        row(IDLE, GET_S_AT_OWNER, READING, FORWARD_GET_S),
        row(IDLE, GET_S_ON_DISK, READING, SEND_DATA_S),
        row(IDLE, GET_M_UPGRADE, INVALIDATING, RAISE_TS, INVALIDATE_SHARERS, INVALIDATE_OWNER),
        row(IDLE, GET_M_AT_OWNER, INVALIDATING, RAISE_TS, FORWARD_GET_M, INVALIDATE_SHARERS),
        row(IDLE, GET_M_ON_DISK, INVALIDATING, RAISE_TS, SEND_DATA_M, INVALIDATE_SHARERS),
        row(IDLE, GET_OF_UNAVAILABLE, IDLE, SEND_UNAVAILABLE),
        row(IDLE, PUT_OF_OWNER, IDLE, RAISE_TS, TAKE_TO_DISK, SEND_PUT_ACK),
        row(IDLE, PUT_OF_FORMER, IDLE, SEND_PUT_ACK),
        row(READING, DONE, IDLE, ADD_SHARER),
        row(INVALIDATING, INV_ACK, INVALIDATING),
        row(INVALIDATING, ALL_INVALIDATED, GRANTED, SEND_GRANT),
        row(GRANTED, DONE, IDLE, SET_OWNER)));

    private final Row[][] rows = new Row[ServiceState.VALUES.length][OwnershipEvent.VALUES.length];

    OwnershipTable(final List<Row> list) {
        for (final Row row : list) {
            if (rows[row.state.ordinal()][row.event.ordinal()] != null) {
                throw new IllegalArgumentException(row + " is listed twice");
            }
            rows[row.state.ordinal()][row.event.ordinal()] = row;
        }
    }

    /** @return null if the pair is not listed */
    Row row(final ServiceState state, final OwnershipEvent event) {
        return rows[state.ordinal()][event.ordinal()];
    }

    /** @return all entries, by state, then event */
    List<Row> rows() {
        return Arrays.stream(rows).flatMap(Arrays::stream).filter(Objects::nonNull).toList();
    }

    private static Row row(final ServiceState state, final OwnershipEvent event, final ServiceState next,
                           final OwnershipAction... actions) {
        return new Row(state, event, List.of(actions), next);
    }
}
