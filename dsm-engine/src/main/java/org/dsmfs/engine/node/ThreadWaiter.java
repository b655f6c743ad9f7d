package org.dsmfs.engine.node;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Real threads and real time. */
final class ThreadWaiter implements Waiter {
    /**
     * An answer from a neighbour on the same network often comes within this time, sooner than a parked thread wakes.
     */
    private static final long SPIN_NS = TimeUnit.MICROSECONDS.toNanos(50);
    private static final long PARK_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private final ConcurrentLinkedQueue<Thread> parked = new ConcurrentLinkedQueue<>();
    private final BooleanSupplier poll;
    private final Runnable giveUp;

    /**
     * @param poll   called by a thread that waits until it goes to sleep: brings what has come, and returns whether
     *               there was anything
     * @param giveUp called before it goes to sleep
     */
    ThreadWaiter(final BooleanSupplier poll, final Runnable giveUp) {
        this.poll = poll;
        this.giveUp = giveUp;
    }

    @Override
    public void await(final BooleanSupplier done) {
        final long spinEndNs = System.nanoTime() + SPIN_NS;
        while (System.nanoTime() < spinEndNs) {
            if (done.getAsBoolean()) {
                return;
            }
            // What the network may have to do for a new view does not go with an interrupt.
            if (Thread.currentThread().isInterrupted() || !poll.getAsBoolean()) {
                Thread.yield();
            }
        }
        giveUp.run();
        final Thread self = Thread.currentThread();
        boolean interrupted = false;
        parked.add(self);
        while (!done.getAsBoolean()) {
            LockSupport.parkNanos(this, PARK_NS);
            interrupted |= Thread.interrupted();
        }
        parked.remove(self);
        if (interrupted) {
            self.interrupt();
        }
    }

    @Override
    public void wakeAll() {
        parked.forEach(LockSupport::unpark);
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }
}
