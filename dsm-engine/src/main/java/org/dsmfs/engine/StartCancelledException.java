package org.dsmfs.engine;

/** A node did not start because it was told to give up. */
public final class StartCancelledException extends EngineException {
    /** @param whom that it waited for, in words */
    public StartCancelledException(final String whom) {
        super("given up while waiting for " + whom);
    }
}
