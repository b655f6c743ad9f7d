package org.dsmfs.mount.kernel;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.mount.serving.RequestThreads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one request after another, on one thread. After a request it looks for the next one for a moment before it goes
 * to sleep, since to wake up a sleeping processor takes longer than most requests do.
 */
final class Worker implements RequestThreads.Server {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final long SPIN_NS = TimeUnit.MICROSECONDS.toNanos(30);
    /** What a request has besides data: header and structure, or two names. */
    private static final int REQUEST_OVERHEAD_BYTES = 4096;
    private static final int ALIGNMENT = 4096;

    private final Dispatcher dispatcher;
    private final AtomicBoolean isSpinning;
    private final Channel patient;
    private final Channel impatient;
    private final UnsafeBuffer buffer = newRequestBuffer();
    private final Exchange exchange;
    private Channel source;

    /**
     * @param isSpinning            of all workers of a mount: at most one spins at a time
     * @param kernelTellsPrivileges see {@link Exchange}
     */
    Worker(final Device device, final Dispatcher dispatcher, final NodeTable nodes,
           final boolean kernelTellsPrivileges, final AtomicBoolean isSpinning) {
        this.dispatcher = dispatcher;
        this.isSpinning = isSpinning;
        this.patient = device.newChannel(true);
        this.impatient = device.newChannel(false);
        this.exchange =
            new Exchange(new Request(buffer), new Reply(newReplyBuffer()), nodes, kernelTellsPrivileges);
    }

    /** Room for a request that has up to {@link Negotiation#DATA_MAX_BYTES} of data. */
    static UnsafeBuffer newRequestBuffer() {
        return newBuffer(REQUEST_OVERHEAD_BYTES);
    }

    /** Room for a reply that has up to {@link Negotiation#DATA_MAX_BYTES} of data. */
    static UnsafeBuffer newReplyBuffer() {
        return newBuffer(ReplyLayout.Header.SIZE);
    }

    private static UnsafeBuffer newBuffer(final int overheadBytes) {
        return new UnsafeBuffer(
            BufferUtil.allocateDirectAligned(overheadBytes + Negotiation.DATA_MAX_BYTES, ALIGNMENT));
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
        source = impatient;
        int length = spin();
        while (length == Channel.NOTHING) {
            source = patient;
            length = patient.receive(buffer);
        }
        return length;
    }

    private int spin() {
        if (!isSpinning.compareAndSet(false, true)) {
            return Channel.NOTHING;
        }
        try {
            final long deadlineNs = System.nanoTime() + SPIN_NS;
            int length = Channel.NOTHING;
            while (length == Channel.NOTHING && System.nanoTime() - deadlineNs < 0) {
                length = impatient.receive(buffer);
            }
            return length;
        } finally {
            isSpinning.set(false);
        }
    }

    @Override
    public void serve() {
        dispatcher.serve(exchange, source);
    }

    @Override
    public void close() {
        patient.close();
        impatient.close();
    }
}
