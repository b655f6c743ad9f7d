package org.dsmfs.engine.sim;

import java.util.function.BooleanSupplier;

/** A thread of a {@link Simulation}. It runs when the simulation gives it a turn, and until it waits. */
public final class SimulatedThread {
    private static final BooleanSupplier NOTHING = () -> true;

    private final String name;
    private final Runnable body;
    private final Simulation simulation;
    private final Baton baton;
    private final Thread thread;
    private BooleanSupplier condition = NOTHING;
    private boolean isPaused;
    private boolean isCrashed;
    private boolean isOver;

    /** The thread itself, so that it knows what it is. */
    private static final class Carrier extends Thread {
        private final SimulatedThread simulated;

        Carrier(final String name, final SimulatedThread simulated) {
            super(name);
            this.simulated = simulated;
            setDaemon(true);
        }

        @Override
        public void run() {
            simulated.live();
        }
    }

    SimulatedThread(final String name, final Runnable body, final Simulation simulation, final Baton baton) {
        this.name = name;
        this.body = body;
        this.simulation = simulation;
        this.baton = baton;
        this.thread = new Carrier(name, this);
        thread.start();
    }

    /** @return the one that calls this; null outside of them */
    static SimulatedThread current() {
        return Thread.currentThread() instanceof Carrier carrier ? carrier.simulated : null;
    }

    boolean isReady() {
        return !isPaused && condition.getAsBoolean();
    }

    /** Takes the thread's turns away, or gives them back. */
    public void pause(final boolean paused) {
        isPaused = paused;
    }

    /** The thread's process is dead: at its next turn it gets a {@link SimulatedCrash}. */
    public void crash() {
        isCrashed = true;
        isPaused = false;
        condition = NOTHING;
    }

    /** @return whether it has come to its end */
    public boolean isOver() {
        return isOver;
    }

    Thread thread() {
        return thread;
    }

    void await(final BooleanSupplier done) {
        checkAlive();
        condition = done;
        simulation.giveTurn(this);
        condition = NOTHING;
        checkAlive();
    }

    private void checkAlive() {
        if (isCrashed) {
            throw new SimulatedCrash(name);
        }
    }

    private void live() {
        baton.await();
        Throwable failure = null;
        try {
            checkAlive();
            body.run();
        } catch (final Throwable e) {
            failure = isCrashed ? null : new AssertionError(name + " failed: " + e, e);
        }
        isOver = true;
        simulation.over(this, failure);
        simulation.giveTurn(this);
    }

    Throwable whereItWaits() {
        final Throwable where = new Throwable(name + (isPaused ? ", paused," : "") + " waits");
        where.setStackTrace(thread.getStackTrace());
        return where;
    }

    @Override
    public String toString() {
        return name;
    }
}
