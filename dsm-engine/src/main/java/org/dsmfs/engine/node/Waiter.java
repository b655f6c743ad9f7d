package org.dsmfs.engine.node;

import java.util.function.BooleanSupplier;

/** Port to time, and to waiting for what other threads and nodes do. */
interface Waiter {
    /** Returns when the condition holds. It is looked at after each {@link #wakeAll} and a few times a second. */
    void await(BooleanSupplier done);

    /** What somebody waits for may have happened. */
    void wakeAll();

    /** @return a clock that only goes forward, nanoseconds */
    long nanoTime();
}
