package org.dsmfs.engine;

/** There is no room for the pages that an operation would make; ENOSPC. An ordinary answer: no stack trace. */
public final class SpaceFullException extends EngineException {
    /** The one instance. */
    public static final SpaceFullException INSTANCE = new SpaceFullException();

    private SpaceFullException() {
        super("the space is full: remove files, or give it more room with --disk", false);
    }
}
