package org.dsmfs.engine.sim;

import java.util.concurrent.locks.LockSupport;

/** The right to run, which one thread has at a time and hands to another one. */
final class Baton {
    /** How often a thread that waits looks for the baton before it parks: it often comes back at once. */
    private static final int MOST_SPINS = 500;

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
        final Thread current = Thread.currentThread();
        for (int i = 0; holder != current; i++) {
            if (i < MOST_SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.park(this);
            }
        }
    }
}
