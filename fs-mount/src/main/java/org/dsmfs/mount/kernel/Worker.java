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
    /** What a request has besides data: header and structure, or two names. */
    private static final int REQUEST_OVERHEAD_BYTES = 4096;

    private final Dispatcher dispatcher;
    private final Channel channel;
    private final RequestWait wait;
    private final UnsafeBuffer buffer = newRequestBuffer();
    private final Exchange exchange;

    /** @param kernelTellsPrivileges see {@link Exchange} */
    Worker(final Device device, final Dispatcher dispatcher, final NodeTable nodes,
           final boolean kernelTellsPrivileges) {
        this.dispatcher = dispatcher;
        this.channel = device.newChannel();
        this.wait = channel.newWait();
        this.exchange =
            new Exchange(new Request(buffer), new Reply(newReplyBuffer()), nodes, kernelTellsPrivileges);
    }

    /** Room for a request that has up to {@link Negotiation#DATA_MAX_BYTES} of data. */
    static UnsafeBuffer newRequestBuffer() {
        return NativeMemory.allocate(REQUEST_OVERHEAD_BYTES + Negotiation.DATA_MAX_BYTES);
    }

    /** Room for a reply that has up to {@link Negotiation#DATA_MAX_BYTES} of data. */
    static UnsafeBuffer newReplyBuffer() {
        return NativeMemory.allocate(ReplyLayout.Header.SIZE + Negotiation.DATA_MAX_BYTES);
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
        int length = channel.receive(buffer);
        while (length == Channel.NOTHING) {
            wait.pause();
            length = channel.receive(buffer);
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
    public void serve() {
        dispatcher.serve(exchange, channel);
    }

    @Override
    public void close() {
        channel.close();
    }
}
