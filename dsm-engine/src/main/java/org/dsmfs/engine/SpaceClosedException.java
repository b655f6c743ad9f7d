package org.dsmfs.engine;

/** The space no longer serves: it was closed, or it stopped itself because its disk failed; EIO. */
public final class SpaceClosedException extends EngineException {
    /** @param message why */
    public SpaceClosedException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
