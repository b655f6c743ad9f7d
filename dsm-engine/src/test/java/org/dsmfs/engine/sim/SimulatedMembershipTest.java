package org.dsmfs.engine.sim;

import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.membership.JoinRefusedException;
import org.dsmfs.engine.membership.Membership;
import org.dsmfs.engine.membership.View;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SimulatedMembershipTest {
    private final SimulatedMembership space = new SimulatedMembership();

    private Membership start(final int id, final int incarnation) {
        return space.start(new UUID(1, id), incarnation, "node" + id + ":1");
    }

    @Test
    void viewsComeWhenTheTestSaysSo() {
        final Membership first = start(0, 1);
        final List<Long> seen = new ArrayList<>();
        first.onView(view -> seen.add(view.epoch()));
        final Membership second = start(1, 1);
        assertEquals(2, second.view().epoch());
        assertEquals(1, first.view().epoch());
        assertTrue(space.deliver(0));
        assertFalse(space.deliver(0));
        assertFalse(space.deliver(1), "it had the view from the start");
        assertEquals(List.of(2L), seen);
    }

    @Test
    void crashedNodeIsDownWhenItIsSuspectedAndComesBack() {
        final Membership first = start(0, 1);
        start(1, 1);
        space.deliverAll();
        space.crash(1);
        assertTrue(first.view().isUp(1));
        first.suspect(1);
        space.deliverAll();
        assertFalse(first.view().isUp(1));
        assertEquals(0, first.view().partitions().get(1));
        start(1, 2);
        space.deliverAll();
        assertEquals(1, first.view().partitions().get(1));
        assertEquals(2, first.view().member(1).incarnation());
    }

    @Test
    void suspicionOfANodeThatRunsIsANewEpoch() {
        final Membership first = start(0, 1);
        start(1, 1);
        space.deliverAll();
        final View before = first.view();
        first.suspect(1);
        first.suspect(1);
        space.deliverAll();
        assertEquals(before.epoch() + 1, first.view().epoch());
        assertEquals(before.members(), first.view().members());
    }

    @Test
    void nodeThatIsCutOffStopsAndReturns() {
        final Membership first = start(0, 1);
        final Membership second = start(1, 1);
        space.cut(1);
        assertTrue(second.mayServe());
        space.lapse(1);
        assertFalse(second.mayServe());
        space.expire(1);
        space.deliverAll();
        assertFalse(first.view().isUp(1));
        assertTrue(second.view().isUp(1), "nobody can tell it");
        space.heal(1);
        space.deliverAll();
        assertTrue(second.mayServe());
        assertTrue(first.view().isUp(1));
        assertEquals(first.view(), second.view());
    }

    @Test
    void nodesCloseAndLeave() {
        final Membership first = start(0, 1);
        final Membership second = start(1, 1);
        final Membership third = start(2, 1);
        assertThrows(EngineException.class, () -> second.leave(1));
        second.leave(0);
        third.close();
        space.deliverAll();
        assertEquals(0, first.view().homes().get(1));
        assertFalse(first.view().isUp(2));
        assertFalse(third.mayServe());
        assertThrows(JoinRefusedException.class, () -> start(1, 2));
    }
}
