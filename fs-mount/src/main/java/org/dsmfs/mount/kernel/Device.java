package org.dsmfs.mount.kernel;

import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.mount.MountException;

/** /dev/fuse: the descriptor that the mount was made with, and further ones for the same mount. */
final class Device implements AutoCloseable {
    private static final String PATH = "/dev/fuse";
    /** FUSE_DEV_IOC_CLONE (linux/fuse.h). */
    private static final long CLONE = 0x8004e500L;

    private final int descriptor;
    private final Channel channel;

    /** @param descriptor of the device, not yet or already mounted with */
    Device(final int descriptor) {
        this.descriptor = descriptor;
        this.channel = new Channel(descriptor);
    }

    static Device open() {
        return new Device(openDescriptor(0));
    }

    int descriptor() {
        return descriptor;
    }

    /** @return the way over the first descriptor */
    Channel channel() {
        return channel;
    }

    /**
     * @param isPatient whether a read waits for a request
     * @return a way of its own over which the mount's requests come, to be closed
     */
    Channel newChannel(final boolean isPatient) {
        final int clone = openDescriptor(isPatient ? 0 : SystemCalls.O_NONBLOCK);
        final UnsafeBuffer argument = new UnsafeBuffer(BufferUtil.allocateDirectAligned(Integer.BYTES, Integer.BYTES));
        argument.putInt(0, descriptor);
        if (SystemCalls.LIBC.ioctl(clone, CLONE, argument.addressOffset()) != 0) {
            final String reason = SystemCalls.LIBC.strerror(SystemCalls.errno());
            SystemCalls.LIBC.close(clone);
            throw new MountException("cannot open " + PATH + " again for the mount: " + reason);
        }
        return new Channel(clone);
    }

    private static int openDescriptor(final int flags) {
        final int opened = SystemCalls.LIBC.open(PATH, SystemCalls.O_RDWR | SystemCalls.O_CLOEXEC | flags);
        if (opened < 0) {
            throw new MountException(
                "cannot open " + PATH + ": " + SystemCalls.LIBC.strerror(SystemCalls.errno()));
        }
        return opened;
    }

    @Override
    public void close() {
        channel.close();
    }
}
