package org.dsmfs.posix.sys;

/** A system call failed. */
public final class PosixException extends RuntimeException {
    private final transient Errno errno;

    PosixException(final String call, final Errno errno) {
        super(call + ": " + errno);
        this.errno = errno;
    }

    public Errno errno() {
        return errno;
    }
}
