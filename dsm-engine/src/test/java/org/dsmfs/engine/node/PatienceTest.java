package org.dsmfs.engine.node;

import org.junit.jupiter.api.Test;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class PatienceTest {
    private static final long STEP_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private long nowNs = -STEP_NS;
    private int looks;
    private final Patience patience = new Patience(new Waiter() {
        @Override
        public void await(final BooleanSupplier done) {
            while (!done.getAsBoolean()) {
                nowNs += STEP_NS;
            }
        }

        @Override
        public void wakeAll() {
        }

        @Override
        public long nanoTime() {
            return nowNs;
        }
    });

    @Test
    void whatHeldForAMomentWasWorthWaitingFor() {
        assertTrue(patience.await(() -> ++looks == 3));
        assertEquals(3, looks, "looked at again, when it may not hold any more");
    }

    @Test
    void allWaitsTogetherTakeNoLongerThanOne() {
        final long startNs = nowNs;
        for (int i = 0; i < 3; i++) {
            final long untilNs = nowNs + TimeUnit.SECONDS.toNanos(3);
            assertTrue(patience.await(() -> nowNs >= untilNs));
        }
        assertFalse(patience.await(() -> false));
        assertEquals(TimeUnit.SECONDS.toNanos(Patience.SECONDS), nowNs - startNs);
    }

    @Test
    void whatHoldsInTheEndCounts() {
        assertFalse(patience.await(() -> false));
        assertTrue(patience.await(() -> true));
    }
}
