package org.dsmfs.engine.network.aeron;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Wakes threads that work on what others send them through Aeron, which does not: who may have sent something rings.
 * So they may sleep for long while nothing happens, and nothing waits for a thread that sleeps. Any thread.
 */
public final class Doorbell {
    private final List<Sleeper> sleepers = new CopyOnWriteArrayList<>();

    /** A thread that sleeps between its rounds. */
    @FunctionalInterface
    public interface Sleeper {
        /** Has the thread begin another round, now or as soon as the present one ends; any thread. */
        void wakeUp();
    }

    /** From now on the sleeper is woken. */
    public void add(final Sleeper sleeper) {
        sleepers.add(sleeper);
    }

    /** The sleeper's thread ends. */
    public void remove(final Sleeper sleeper) {
        sleepers.remove(sleeper);
    }

    /** Wakes all sleepers but the one that rings. */
    public void ring(final Sleeper self) {
        for (final Sleeper sleeper : sleepers) {
            if (sleeper != self) {
                sleeper.wakeUp();
            }
        }
    }
}
