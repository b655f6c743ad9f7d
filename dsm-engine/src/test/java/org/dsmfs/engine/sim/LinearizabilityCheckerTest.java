package org.dsmfs.engine.sim;

import org.junit.jupiter.api.Test;

import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LinearizabilityCheckerTest {
    /** Of a register: writes a value, or reads one. */
    private record Access(boolean isWrite, int value) {
    }

    private static final Specification<Integer, Access> REGISTER = new Specification<>() {
        @Override
        public Integer apply(final Integer state, final Access access, final boolean isReturned) {
            return access.isWrite ? (Integer) access.value : !isReturned || state == access.value ? state : null;
        }

        @Override
        public Object fingerprint(final Integer state) {
            return state;
        }
    };

    private final History<Access> history = new History<>();

    private void write(final int value, final Runnable meanwhile) {
        history.call("writer", new Access(true, value), meanwhile);
    }

    private void read(final int value) {
        history.call("reader", new Access(false, value), () -> { });
    }

    private int check() {
        return LinearizabilityChecker.check(REGISTER, 0, history);
    }

    @Test
    void aWriteTakesEffectWhileItRuns() {
        write(1, () -> {
            read(0);
            read(1);
            read(1);
        });
        read(1);
        assertEquals(1, check());
    }

    @Test
    void nobodySeesAWriteTakenBack() {
        write(1, () -> {
            read(1);
            read(0);
        });
        assertTrue(assertThrows(AssertionError.class, this::check).getMessage().contains("Access[isWrite=false, value=0]"));
    }

    @Test
    void whatReturnedIsSeen() {
        write(1, () -> { });
        read(0);
        assertThrows(AssertionError.class, this::check);
    }

    @Test
    void aCallThatDidNotReturnTakesEffectOrNot() {
        assertThrows(IllegalStateException.class, () -> write(1, () -> {
            throw new IllegalStateException("on purpose");
        }));
        read(0);
        read(0);
        check();
        read(1);
        assertEquals(1, check());
        read(0);
        assertThrows(AssertionError.class, this::check);
    }

    @Test
    void manyWritesAtATimeAreNotTooMany() {
        final Random random = new Random(1);
        writeNested(random, 0);
        assertDoesNotThrow(this::check);
        read(-1);
        assertThrows(AssertionError.class, this::check);
    }

    private void writeNested(final Random random, final int depth) {
        if (depth < 12) {
            write(random.nextInt(100), () -> writeNested(random, depth + 1));
        }
    }
}
