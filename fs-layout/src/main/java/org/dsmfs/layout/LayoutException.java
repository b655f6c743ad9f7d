package org.dsmfs.layout;

/** A space does not hold a filesystem that this program can serve. */
public final class LayoutException extends RuntimeException {
    /** @param message what is found instead */
    public LayoutException(final String message) {
        super(message);
    }
}
