package org.dsmfs.engine.sim;

import java.util.concurrent.locks.LockSupport;

/**
 * The right to run, which one thread has at a time and hands to another one. Who waits parks at once: as many simulations
 * as there are processors run at a time, so whoever spins takes the processor from the one it waits for.
 */
final class Baton {
    private volatile Thread holder = Thread.currentThread();

    /** Hands the baton to another thread, and waits until somebody hands it back. */
    void exchange(final Thread next) {
        pass(next);
        await();
    }

    /** Hands the baton to another thread for good. */
    void pass(final Thread next) {
        holder = next;
        LockSupport.unpark(next);
    }

    void await() {
        while (holder != Thread.currentThread()) {
            LockSupport.park(this);
        }
    }
}
