package org.dsmfs.layout;

/**
 * A POSIX error as the answer of an operation. One instance per {@link Errno}, without a stack trace: ENOENT is an
 * answer, not a failure of the program.
 */
public final class ErrnoException extends RuntimeException {
    private final Errno errno;

    ErrnoException(final Errno errno) {
        super(errno.name(), null, false, false);
        this.errno = errno;
    }

    /** @return the error */
    public Errno errno() {
        return errno;
    }
}
