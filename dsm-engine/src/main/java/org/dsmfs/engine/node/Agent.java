package org.dsmfs.engine.node;

import org.dsmfs.engine.EngineException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A thread that does a part of a space's work: at once when it is told to, else a few times a second. */
final class Agent implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Agent.class);
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final BooleanSupplier work;
    private final Thread thread;
    private volatile boolean stopping;
    private volatile boolean parked;

    /** @param work what to do; whether there was anything */
    Agent(final String name, final BooleanSupplier work) {
        this.work = work;
        this.thread = new Thread(this, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** There is something to do. */
    void wakeUp() {
        if (parked) {
            LockSupport.unpark(thread);
        }
    }

    void stop() {
        stopping = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        try {
            while (!stopping) {
                if (!work.getAsBoolean()) {
                    parked = true;
                    LockSupport.parkNanos(this, PAUSE_NS);
                    parked = false;
                }
            }
        } catch (final EngineException e) {
            LOG.error("background work ends: {}", e.getMessage());
        }
    }
}
