package org.dsmfs.mount.jnrfuse;

import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.mount.os.Libc;
import org.dsmfs.mount.os.NativeMemory;
import org.dsmfs.mount.serving.RequestThreads;
import org.dsmfs.mount.serving.RequestWait;

/** The way between the kernel and a session of libfuse. Thread-safe. */
final class Channel {
    private static final int EINTR = 4;
    private static final int EAGAIN = 11;
    /** Room for any request: data, and header and structure or two names. */
    private static final int REQUEST_BYTES = ReplyChannel.DATA_MAX_BYTES + ReplyChannel.HEAD_BYTES;

    private final LibFuse libFuse;
    private final long channel;
    private final long session;
    private final NamelessNodes nameless;
    private final ReplyChannel replyChannel;
    private final UnsafeBuffer channelPointer = NativeMemory.allocate(Long.BYTES);

    Channel(final LibFuse libFuse, final long channel, final long session, final NamelessNodes nameless,
            final Handles handles) {
        this.libFuse = libFuse;
        this.nameless = nameless;
        this.replyChannel = new ReplyChannel(libFuse, channel, nameless, handles);
        this.channel = channel;
        this.session = session;
        channelPointer.putLong(0, channel);
        final int device = libFuse.fuse_chan_fd(channel);
        Libc.INSTANCE.fcntl(device, Libc.F_SETFL, Libc.INSTANCE.fcntl(device, Libc.F_GETFL, 0) | Libc.O_NONBLOCK);
    }

    /** Serves one request after another, on one thread. */
    final class Server implements RequestThreads.Server {
        private final UnsafeBuffer memory = NativeMemory.allocateLazily(REQUEST_BYTES);
        private final IncomingRequest request = new IncomingRequest(memory);
        private final RequestWait wait = new RequestWait(libFuse.fuse_chan_fd(channel));
        private int length;

        /** @return that of the calling thread */
        static Server current() {
            return (Server) RequestThreads.current();
        }

        /** @return the request that is being or will be served; the same object always */
        IncomingRequest request() {
            return request;
        }

        @Override
        public boolean receive() {
            wait.begin();
            length = take();
            while (length == -EINTR || length == -EAGAIN) {
                wait.pause();
                length = take();
            }
            return length > 0;
        }

        private int take() {
            return libFuse.fuse_chan_recv(channelPointer.addressOffset(), memory.addressOffset(), memory.capacity());
        }

        @Override
        public boolean takesLong() {
            return request.takesLong();
        }

        @Override
        public int client() {
            return request.client();
        }

        @Override
        public void serve() {
            nameless.prepare(request);
            libFuse.fuse_session_process(session, memory.addressOffset(), length,
                replyChannel.inspects(request) ? replyChannel.address() : channel);
        }

        @Override
        public void close() {
            NativeMemory.free(memory);
        }
    }

    Server newServer() {
        return new Server();
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
