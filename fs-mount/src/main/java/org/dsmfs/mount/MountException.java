package org.dsmfs.mount;

/** Why a mount cannot be made, in one line that names the thing and the remedy. */
public final class MountException extends RuntimeException {
    /** @param message one line for the user */
    public MountException(final String message) {
        super(message);
    }

    /** @param message one line for the user */
    public MountException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
