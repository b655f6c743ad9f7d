package org.dsmfs.mount.kernel;

import java.lang.ref.Reference;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.mount.MountException;
import org.dsmfs.mount.os.Libc;
import org.dsmfs.mount.os.NativeMemory;

/** /dev/fuse: the descriptor that the mount was made with, and further ones for the same mount. Thread-safe. */
final class Device implements AutoCloseable {
    private static final String PATH = "/dev/fuse";
    /** FUSE_DEV_IOC_CLONE (linux/fuse.h). */
    private static final long CLONE = 0x8004e500L;

    private final int descriptor;
    private final Channel channel;
    private final ConcurrentLinkedDeque<Channel> unusedChannels = new ConcurrentLinkedDeque<>();

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

    /** @return a way of the caller's own over which the mount's requests come; a read from it does not wait */
    Channel takeChannel() {
        final Channel unused = unusedChannels.pollFirst();
        return unused != null ? unused : newChannel();
    }

    /**
     * The caller takes no more requests from the channel. It stays open, since the kernel gives up a request that waits
     * for a lock, say, when the descriptor is closed over which it came.
     */
    void giveBack(final Channel unused) {
        unusedChannels.addFirst(unused);
    }

    private Channel newChannel() {
        final int clone = openDescriptor(Libc.O_NONBLOCK);
        final UnsafeBuffer argument = NativeMemory.allocate(Integer.BYTES);
        argument.putInt(0, descriptor);
        final boolean isCloned = Libc.INSTANCE.ioctl(clone, CLONE, argument.addressOffset()) == 0;
        // An address keeps no memory.
        Reference.reachabilityFence(argument);
        if (!isCloned) {
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

    /** Closes everything but the channels that are in use. */
    @Override
    public void close() {
        unusedChannels.forEach(Channel::close);
        channel.close();
    }
}
