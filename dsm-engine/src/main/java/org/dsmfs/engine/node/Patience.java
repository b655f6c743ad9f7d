package org.dsmfs.engine.node;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** How long one operation waits for other nodes, all its waits together, before it is given up. */
final class Patience {
    /** From the first wait on. */
    static final int SECONDS = 10;

    private final Waiter waiter;
    private long endNs;
    private boolean hasBegun;

    Patience(final Waiter waiter) {
        this.waiter = waiter;
    }

    /**
     * Waits until the condition has held. It may not hold any more on return: pages that have come may go again before
     * the operation runs, which is no reason to give up.
     *
     * @return false if time was up before
     */
    boolean await(final BooleanSupplier condition) {
        if (!hasBegun) {
            hasBegun = true;
            endNs = waiter.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        }
        waiter.await(() -> condition.getAsBoolean() || isOver());
        return !isOver() || condition.getAsBoolean();
    }

    private boolean isOver() {
        return waiter.nanoTime() - endNs >= 0;
    }
}
