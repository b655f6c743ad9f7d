package org.dsmfs.engine.membership.cluster;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LeaseTest {
    private long monotonicNs = Long.MAX_VALUE - 50;
    private long timeOfDayNs = 1000;
    private final Lease lease = new Lease(100, () -> monotonicNs, () -> timeOfDayNs);

    private void pass(final long ns) {
        monotonicNs += ns;
        timeOfDayNs += ns;
    }

    @Test
    void countsFromTheSending() {
        assertFalse(lease.isValid());
        final long id = lease.sending();
        pass(60);
        assertFalse(lease.isValid());
        lease.confirmed(id);
        assertTrue(lease.isValid());
        pass(39);
        assertTrue(lease.isValid());
        pass(1);
        assertFalse(lease.isValid());
    }

    @Test
    void lateConfirmationIsWorthNothing() {
        final long id = lease.sending();
        pass(100);
        lease.confirmed(id);
        assertFalse(lease.isValid());
    }

    @Test
    void olderConfirmationDoesNotTakeBackANewerOne() {
        final long first = lease.sending();
        pass(50);
        final long second = lease.sending();
        lease.confirmed(second);
        lease.confirmed(first);
        pass(99);
        assertTrue(lease.isValid());
    }

    @Test
    void unknownConfirmationsAreIgnored() {
        final long id = lease.sending();
        lease.confirmed(id + 1);
        lease.confirmed(-1);
        assertFalse(lease.isValid());
        final long next = lease.sending();
        lease.forgetUnderWay();
        lease.confirmed(next);
        assertFalse(lease.isValid());
    }

    @Test
    void sleepOfTheMachineCounts() {
        lease.confirmed(lease.sending());
        timeOfDayNs += 100;
        assertFalse(lease.isValid());
    }

    @Test
    void timeOfDayThatIsSetBackDoesNotProlongIt() {
        lease.confirmed(lease.sending());
        timeOfDayNs -= 1000;
        assertTrue(lease.isValid());
        monotonicNs += 100;
        assertFalse(lease.isValid());
    }

    @Test
    void manyRenewalsUnderWay() {
        long id = 0;
        for (int i = 0; i < 1000; i++) {
            id = lease.sending();
        }
        lease.confirmed(id);
        assertTrue(lease.isValid());
    }
}
