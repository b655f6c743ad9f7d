package org.dsmfs.mount.jnrfuse;

import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that serve requests. A few of them listen on the device at any time; one that takes the last listener's
 * place away by taking a request first sees to a replacement, so that a request may take as long as it likes.
 * Thread-safe.
 */
final class RequestThreads {
    /** Most threads: as many requests may wait, for locks above all. */
    static final int THREADS_MAX = 2048;

    private static final Logger LOG = LoggerFactory.getLogger(RequestThreads.class);
    /** Three took the least processor time per request, less than one or two, on two processors. */
    private static final int LISTENERS_MAX = 3;
    private static final long SPARE_LIFE_NS = TimeUnit.SECONDS.toNanos(10);
    private static final long STACK_BYTES = 512 << 10;

    private final Channel channel;
    private final NamelessNodes nameless;
    private final AtomicInteger listeners = new AtomicInteger();
    private final AtomicInteger threads = new AtomicInteger();
    private final AtomicInteger threadNumber = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    private final ConcurrentLinkedDeque<Server> spares = new ConcurrentLinkedDeque<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean stopped;
    /** Whether to stop without waiting for the listeners, which only the end of the device can wake. */
    private volatile boolean cutOff;

    /** @param nameless sees each request first */
    RequestThreads(final Channel channel, final NamelessNodes nameless) {
        this.channel = channel;
        this.nameless = nameless;
    }

    /** @return the request that the calling thread, one of these, is serving or will serve; the same object always */
    static IncomingRequest current() {
        return ((Server) Thread.currentThread()).incoming;
    }

    /** Starts to serve. */
    void start() {
        for (int i = 0; i < LISTENERS_MAX; i++) {
            addListener();
        }
    }

    /** Returns when no request is being served any more, and none will be. */
    void awaitEnd() throws InterruptedException {
        ended.await();
    }

    /** Ends the serving after the requests that are being served. Those that come later are not answered. */
    void cutOff() {
        cutOff = true;
        stop();
        endIfDone();
    }

    private void stop() {
        stopped = true;
        spares.forEach(LockSupport::unpark);
    }

    /** @return whether the end has begun */
    boolean isStopped() {
        return stopped;
    }

    /** @return whether all threads have ended; those that listen end when the device is closed */
    boolean areGone() {
        return threads.get() == 0;
    }

    private void endIfDone() {
        if (threads.get() == 0 || cutOff && requests.get() == 0) {
            ended.countDown();
        }
    }

    private void addListener() {
        listeners.incrementAndGet();
        final Server spare = spares.pollFirst();
        if (spare != null) {
            spare.called = true;
            LockSupport.unpark(spare);
        } else if (threads.incrementAndGet() <= THREADS_MAX) {
            new Server(threadNumber.incrementAndGet()).start();
        } else {
            threads.decrementAndGet();
            listeners.decrementAndGet();
            LOG.warn("all {} threads are busy or wait for locks; requests wait for them", THREADS_MAX);
        }
    }

    private boolean becomeListener() {
        int count = listeners.get();
        while (count < LISTENERS_MAX) {
            if (listeners.compareAndSet(count, count + 1)) {
                return true;
            }
            count = listeners.get();
        }
        return false;
    }

    private final class Server extends Thread {
        private final Channel.Buffer buffer = channel.newBuffer();
        private final IncomingRequest incoming = buffer.request();
        private volatile boolean called;

        Server(final int number) {
            super(null, null, "request-" + number, STACK_BYTES);
            setDaemon(true);
        }

        @Override
        public void run() {
            boolean more = true;
            while (more) {
                called = false;
                more = serveOne() && (becomeListener() || awaitCall());
            }
            threads.decrementAndGet();
            endIfDone();
        }

        /** @return false if there will be no more requests */
        private boolean serveOne() {
            final int length = channel.receive(buffer);
            requests.incrementAndGet();
            try {
                if (length == 0 || stopped) {
                    RequestThreads.this.stop();
                    return false;
                }
                if (listeners.decrementAndGet() == 0) {
                    addListener();
                }
                nameless.prepare(incoming);
                channel.process(buffer, length);
                return true;
            } finally {
                requests.decrementAndGet();
                endIfDone();
            }
        }

        /** @return false if nobody called for long, or the work is over */
        private boolean awaitCall() {
            spares.addFirst(this);
            if (listeners.get() == 0 && becomeListener()) {
                // Between our look for a place and joining the spares the last listener may have found no spare.
                return spares.remove(this) || giveBack();
            }
            final long deadlineNs = System.nanoTime() + SPARE_LIFE_NS;
            while (!called && !stopped) {
                final long leftNs = deadlineNs - System.nanoTime();
                if (leftNs <= 0 && spares.remove(this)) {
                    return false;
                }
                LockSupport.parkNanos(this, Math.max(leftNs, 1));
            }
            return called;
        }

        /** Called already as well: one place is ours, the other one is not. */
        private boolean giveBack() {
            listeners.decrementAndGet();
            return true;
        }
    }
}
