package org.dsmfs.engine;

/** A page can't be had because the node that has it, or knows who has it, does not answer; EIO. */
public final class PageUnavailableException extends EngineException {
    /** @param message which page, and whom it takes */
    public PageUnavailableException(final String message) {
        super(message, false);
    }
}
