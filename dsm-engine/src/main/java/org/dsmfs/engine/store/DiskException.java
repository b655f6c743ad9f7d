package org.dsmfs.engine.store;

import org.dsmfs.engine.EngineException;

/** A disk operation failed. */
public final class DiskException extends EngineException {
    private final int errno;

    /**
     * @param message names the file and the operation
     * @param errno   as in errno.h, Linux
     */
    public DiskException(final String message, final int errno) {
        super(message);
        this.errno = errno;
    }

    /** @return errno as in errno.h, Linux */
    public int errno() {
        return errno;
    }
}
