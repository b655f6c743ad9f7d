package org.dsmfs.engine;

/** Parent of all that the engine throws at its callers. */
public class EngineException extends RuntimeException {
    /** @param message names the thing and, where there is one, the remedy */
    public EngineException(final String message) {
        super(message);
    }

    /** @param message names the thing and, where there is one, the remedy */
    public EngineException(final String message, final Throwable cause) {
        super(message, cause);
    }

    /** For answers that are ordinary, and so are made without a stack trace. */
    protected EngineException(final String message, final boolean stackTrace) {
        super(message, null, false, stackTrace);
    }
}
