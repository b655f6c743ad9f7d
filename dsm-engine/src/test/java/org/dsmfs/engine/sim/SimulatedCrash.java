package org.dsmfs.engine.sim;

/** The simulated process ended here. An error, so that no code under test catches it. */
public final class SimulatedCrash extends Error {
    SimulatedCrash(final long operation) {
        super("simulated crash at disk operation " + operation);
    }

    SimulatedCrash(final String thread) {
        super("simulated crash of " + thread);
    }
}
