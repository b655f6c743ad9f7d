package org.dsmfs.mount.kernel;

import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.mount.MountException;
import org.dsmfs.mount.os.Libc;
import org.dsmfs.mount.os.NativeMemory;

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

    /** @return a way of its own over which the mount's requests come, to be closed; a read from it does not wait */
    Channel newChannel() {
        final int clone = openDescriptor(Libc.O_NONBLOCK);
        final UnsafeBuffer argument = NativeMemory.allocate(Integer.BYTES);
        argument.putInt(0, descriptor);
        if (Libc.INSTANCE.ioctl(clone, CLONE, argument.addressOffset()) != 0) {
            final String reason = Libc.lastError();
            Libc.INSTANCE.close(clone);
            throw new MountException("cannot open " + PATH + " again for the mount: " + reason);
        }
        return new Channel(clone);
    }

    private static int openDescriptor(final int flags) {
        final int opened = Libc.INSTANCE.open(PATH, Libc.O_RDWR | Libc.O_CLOEXEC | flags);
        if (opened < 0) {
            throw new MountException("cannot open " + PATH + ": " + Libc.lastError());
        }
        return opened;
    }

    @Override
    public void close() {
        channel.close();
    }
}
