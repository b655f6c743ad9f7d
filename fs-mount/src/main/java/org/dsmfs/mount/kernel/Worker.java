package org.dsmfs.mount.kernel;

import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.mount.os.NativeMemory;
import org.dsmfs.mount.serving.RequestThreads;
import org.dsmfs.mount.serving.RequestWait;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves one request after another, on one thread. */
final class Worker implements RequestThreads.Server {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    /** Bytes whose copying takes longer than to wake a thread. */
    private static final int LONG_IO_BYTES = 32 << 10;
    /** Room for any request: data, and header and structure or two names. */
    private static final int REQUEST_BYTES = Negotiation.DATA_MAX_BYTES + 4096;
    private static final int REPLY_BYTES = Negotiation.DATA_MAX_BYTES + ReplyLayout.Header.SIZE;

    private final Device device;
    private final Dispatcher dispatcher;
    private final Channel channel;
    private final RequestWait wait;
    private final UnsafeBuffer requestBuffer = NativeMemory.allocateLazily(REQUEST_BYTES);
    private final UnsafeBuffer replyBuffer = NativeMemory.allocateLazily(REPLY_BYTES);
    private final Exchange exchange;

    /** @param kernelTellsPrivileges see {@link Exchange} */
    Worker(final Device device, final Dispatcher dispatcher, final NodeTable nodes, final Validity validity,
           final boolean kernelTellsPrivileges) {
        this.device = device;
        this.dispatcher = dispatcher;
        this.channel = device.takeChannel();
        this.wait = channel.newWait();
        this.exchange =
            new Exchange(new Request(requestBuffer), new Reply(replyBuffer), nodes, validity, kernelTellsPrivileges);
    }

    @Override
    public boolean receive() {
        int length = takeNext();
        while (length > 0 && !exchange.request.received(length)) {
            LOG.error("a request of {} bytes is malformed and dropped", length);
            length = takeNext();
        }
        return length != Channel.ENDED;
    }

    private int takeNext() {
        wait.begin();
        int length = channel.receive(requestBuffer);
        while (length == Channel.NOTHING) {
            wait.pause();
            length = channel.receive(requestBuffer);
        }
        return length;
    }

    @Override
    public boolean takesLong() {
        return switch (exchange.request.opcode()) {
            case Opcode.FSYNC, Opcode.FSYNCDIR, Opcode.SYNCFS, Opcode.FALLOCATE, Opcode.COPY_FILE_RANGE -> true;
            case Opcode.WRITE -> exchange.request.bodyLength() > LONG_IO_BYTES;
            case Opcode.READ -> exchange.request.bodyLength() > RequestLayout.Read.LENGTH + Integer.BYTES
                && exchange.request.int32(RequestLayout.Read.LENGTH) > LONG_IO_BYTES;
            default -> false;
        };
    }

    @Override
    public int client() {
        return exchange.request.pid();
    }

    @Override
    public void serve() {
        dispatcher.serve(exchange, channel);
    }

    @Override
    public void close() {
        device.giveBack(channel);
        NativeMemory.free(requestBuffer);
        NativeMemory.free(replyBuffer);
    }
}
