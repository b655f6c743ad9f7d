package org.dsmfs.engine.core;

import org.dsmfs.engine.EngineException;

/** An operation is in the log, but its pages could not all be installed: from now on RAM is not what the log says. */
public final class CommitFailedException extends EngineException {
    CommitFailedException(final RuntimeException cause) {
        super("an operation is only half done: " + cause.getMessage(), cause);
    }
}
