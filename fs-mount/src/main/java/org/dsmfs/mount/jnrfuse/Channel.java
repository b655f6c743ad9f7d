package org.dsmfs.mount.jnrfuse;

import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.mount.os.Libc;

/** The way between the kernel and a session of libfuse. Thread-safe. */
final class Channel {
    private static final int EINTR = 4;
    private static final int EAGAIN = 11;
    /** A client's next request mostly comes within this time, and to wake a thread takes longer. */
    private static final long SPIN_NS = TimeUnit.MICROSECONDS.toNanos(50);
    private static final int POLLFD_LENGTH = 8;
    private static final int POLLFD_EVENTS = 4;

    private final LibFuse libFuse;
    private final long channel;
    private final long session;
    private final ReplyChannel replyChannel;
    private final UnsafeBuffer pollSet = NativeMemory.allocate(POLLFD_LENGTH);
    private final UnsafeBuffer channelPointer = NativeMemory.allocate(Long.BYTES);

    Channel(final LibFuse libFuse, final long channel, final long session, final NamelessNodes nameless,
            final Handles handles) {
        this.libFuse = libFuse;
        this.replyChannel = new ReplyChannel(libFuse, channel, nameless, handles);
        this.channel = channel;
        this.session = session;
        channelPointer.putLong(0, channel);
        final int device = libFuse.fuse_chan_fd(channel);
        Libc.INSTANCE.fcntl(device, Libc.F_SETFL, Libc.INSTANCE.fcntl(device, Libc.F_GETFL, 0) | Libc.O_NONBLOCK);
        pollSet.putInt(0, device);
        pollSet.putShort(POLLFD_EVENTS, Libc.POLLIN);
    }

    /** Room for one request. */
    static final class Buffer {
        private final UnsafeBuffer memory;
        private final IncomingRequest request;

        private Buffer(final int length) {
            memory = NativeMemory.allocate(length);
            request = new IncomingRequest(memory);
        }

        /** @return the request in it */
        IncomingRequest request() {
            return request;
        }
    }

    Buffer newBuffer() {
        return new Buffer((int) libFuse.fuse_chan_bufsize(channel));
    }

    /**
     * Waits for the next request.
     *
     * @return its length, 0 if there will be no more
     */
    int receive(final Buffer buffer) {
        long spinUntilNs = 0;
        while (true) {
            final int result = libFuse.fuse_chan_recv(channelPointer.addressOffset(), buffer.memory.addressOffset(),
                buffer.memory.capacity());
            if (result != -EINTR && result != -EAGAIN) {
                return Math.max(result, 0);
            }
            final long nowNs = System.nanoTime();
            if (spinUntilNs == 0) {
                spinUntilNs = nowNs + SPIN_NS;
            }
            if (nowNs < spinUntilNs) {
                Libc.INSTANCE.sched_yield();
            } else {
                Libc.INSTANCE.poll(pollSet.addressOffset(), 1, -1);
            }
        }
    }

    /** Serves the request in the buffer. */
    void process(final Buffer buffer, final int length) {
        libFuse.fuse_session_process(session, buffer.memory.addressOffset(), length,
            replyChannel.inspects(buffer.request) ? replyChannel.address() : channel);
    }

    /** Makes the kernel ask again for the attributes of an inode that changed without its knowledge. */
    void forgetAttributes(final long node) {
        libFuse.fuse_lowlevel_notify_inval_inode(channel, node, -1, 0);
    }

    /** Makes the kernel drop what it has cached of an inode, its attributes included. Waits for requests in flight. */
    void forgetContent(final long node) {
        libFuse.fuse_lowlevel_notify_inval_inode(channel, node, 0, 0);
    }
}
