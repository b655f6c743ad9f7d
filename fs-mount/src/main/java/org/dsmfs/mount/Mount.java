package org.dsmfs.mount;

/** A filesystem that is mounted and being served. */
public interface Mount extends AutoCloseable {
    /** Returns when the mount has ended, by {@link #cutOff} or from outside, and no request is being served. */
    void awaitEnd() throws InterruptedException;

    /** Ends the serving of requests, also when the mount is still in use; its users then get ENOTCONN. */
    void cutOff();

    /** Lets go of what the mount took. To be called after {@link #awaitEnd}. */
    @Override
    void close();
}
