package org.dsmfs.mount.kernel;

import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.mount.os.Libc;
import org.dsmfs.mount.serving.RequestWait;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An own way to a mount's requests: a reply goes where the request came from. Thread-safe, but for {@link #close}. */
final class Channel implements AutoCloseable {
    /** {@link #receive}: the mount has ended. */
    static final int ENDED = -1;
    /** {@link #receive}: there was nothing. */
    static final int NOTHING = 0;

    private static final Logger LOG = LoggerFactory.getLogger(Channel.class);
    private static final int ENOENT = 2;
    private static final int EINTR = 4;
    private static final int EAGAIN = 11;
    private static final int ENODEV = 19;

    private final int descriptor;

    Channel(final int descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Takes a request; waits for one unless the descriptor is non-blocking.
     *
     * @return its length in bytes, {@link #NOTHING} or {@link #ENDED}
     */
    int receive(final UnsafeBuffer buffer) {
        final long length = Libc.INSTANCE.read(descriptor, buffer.addressOffset(), buffer.capacity());
        if (length >= 0) {
            return (int) length;
        }
        final int errno = Libc.errno();
        switch (errno) {
            // ENOENT: the request was interrupted before it could be read.
            case EAGAIN, EINTR, ENOENT -> {
                return NOTHING;
            }
            case ENODEV -> {
                return ENDED;
            }
            default -> {
                LOG.error("cannot read requests: {}", Libc.INSTANCE.strerror(errno));
                return ENDED;
            }
        }
    }

    /** @return how to wait for what this channel brings */
    RequestWait newWait() {
        return new RequestWait(descriptor);
    }

    /**
     * Sends a reply or a notification.
     *
     * @return false if nobody waits for it any more
     */
    boolean send(final UnsafeBuffer buffer, final int length) {
        if (Libc.INSTANCE.write(descriptor, buffer.addressOffset(), length) >= 0) {
            return true;
        }
        final int errno = Libc.errno();
        if (errno != ENOENT && errno != ENODEV) {
            LOG.error("the kernel does not take a reply of {} bytes: {}", length, Libc.INSTANCE.strerror(errno));
        }
        return false;
    }

    @Override
    public void close() {
        Libc.INSTANCE.close(descriptor);
    }
}
