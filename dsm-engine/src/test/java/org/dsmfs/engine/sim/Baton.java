package org.dsmfs.engine.sim;

import java.util.concurrent.locks.LockSupport;

/** The right to run, which one thread has at a time and hands to another one. */
final class Baton {
    /** Yields before a thread that waits for the baton parks: most hand-overs are answered at once. */
    private static final int MOST_YIELDS = 100;

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
            if (i < MOST_YIELDS) {
                Thread.yield();
            } else {
                LockSupport.park(this);
            }
        }
    }
}
