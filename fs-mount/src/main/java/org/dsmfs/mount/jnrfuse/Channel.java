package org.dsmfs.mount.jnrfuse;

import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.mount.os.Libc;

/** The way between the kernel and a session of libfuse, used without ever blocking in a read. */
final class Channel {
    /** {@link #receive}: there is no request. */
    static final int NOTHING = Integer.MIN_VALUE;

    private static final int EINTR = 4;
    private static final int EAGAIN = 11;
    private static final int POLLFD_LENGTH = 8;
    private static final int POLLFD_EVENTS = 4;

    private final LibFuse libFuse;
    private final long channel;
    private final long session;
    private final int wakeDescriptor;
    private final UnsafeBuffer channelPointer = NativeMemory.allocate(Long.BYTES);
    private final UnsafeBuffer pollSet = NativeMemory.allocate(2 * POLLFD_LENGTH);
    private final UnsafeBuffer one = NativeMemory.allocate(Long.BYTES);

    Channel(final LibFuse libFuse, final long channel, final long session) {
        this.libFuse = libFuse;
        this.channel = channel;
        this.session = session;
        this.wakeDescriptor = Libc.INSTANCE.eventfd(0, Libc.O_NONBLOCK);
        final int device = libFuse.fuse_chan_fd(channel);
        Libc.INSTANCE.fcntl(device, Libc.F_SETFL,
            Libc.INSTANCE.fcntl(device, Libc.F_GETFL, 0) | Libc.O_NONBLOCK);
        channelPointer.putLong(0, channel);
        one.putLong(0, 1);
        watch(0, device);
        watch(1, wakeDescriptor);
    }

    private void watch(final int index, final int descriptor) {
        pollSet.putInt(index * POLLFD_LENGTH, descriptor);
        pollSet.putShort(index * POLLFD_LENGTH + POLLFD_EVENTS, Libc.POLLIN);
    }

    /** Room for one request. */
    static final class Buffer {
        private final UnsafeBuffer memory;

        private Buffer(final int length) {
            memory = NativeMemory.allocate(length);
        }

        /** @return the request in it */
        IncomingRequest request() {
            return new IncomingRequest(memory);
        }
    }

    Buffer newBuffer() {
        return new Buffer((int) libFuse.fuse_chan_bufsize(channel));
    }

    /** @return length of a request, {@link #NOTHING}, or 0 if there will be no more */
    int receive(final Buffer buffer) {
        final int result = libFuse.fuse_chan_recv(channelPointer.addressOffset(), buffer.memory.addressOffset(),
            buffer.memory.capacity());
        if (result == -EAGAIN || result == -EINTR) {
            return NOTHING;
        }
        return Math.max(result, 0);
    }

    /** Serves the request in the buffer. */
    void process(final Buffer buffer, final int length) {
        libFuse.fuse_session_process(session, buffer.memory.addressOffset(), length, channel);
    }

    /** Returns when there may be a request or after {@link #wake}. */
    void awaitRequest() {
        Libc.INSTANCE.poll(pollSet.addressOffset(), 2, -1);
    }

    /** Ends all waits, for good. */
    void wake() {
        Libc.INSTANCE.write(wakeDescriptor, one.addressOffset(), Long.BYTES);
    }

    /** Lets go of what the waiting needed; nobody may wait any more. */
    void close() {
        Libc.INSTANCE.close(wakeDescriptor);
    }
}
