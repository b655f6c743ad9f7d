package org.dsmfs.mount.serving;

import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that serve requests. A few of them listen on the device at any time; one that takes the last listener's
 * place away by taking a request first sees to a replacement, so that a request may take as long as it likes.
 * Thread-safe.
 */
public final class RequestThreads {
    private static final Logger LOG = LoggerFactory.getLogger(RequestThreads.class);
    /** Three took the least processor time per request, less than one or two, on two processors. */
    private static final int LISTENERS_MAX = 3;
    private static final long SPARE_LIFE_NS = TimeUnit.SECONDS.toNanos(10);
    private static final long STACK_BYTES = 512 << 10;

    private final Supplier<? extends Server> servers;
    private final int threadsMax;
    private final AtomicInteger listeners = new AtomicInteger();
    private final AtomicInteger threads = new AtomicInteger();
    private final AtomicInteger threadNumber = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    private final ConcurrentLinkedDeque<RequestThread> spares = new ConcurrentLinkedDeque<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean stopped;
    /** Whether to stop without waiting for the listeners, which only the end of the device can wake. */
    private volatile boolean cutOff;

    /**
     * @param servers    makes what each thread has of its own
     * @param threadsMax how many requests may be served, or wait, at a time
     */
    public RequestThreads(final Supplier<? extends Server> servers, final int threadsMax) {
        this.servers = servers;
        this.threadsMax = threadsMax;
    }

    /** One thread's way to serve requests, one at a time. */
    public interface Server {
        /**
         * Waits for the next request.
         *
         * @return false if there will be no more
         */
        boolean receive();

        /** Serves what was received. Throws nothing. */
        void serve();

        /** The thread ends. */
        void close();
    }

    /** @return what the calling thread, one of these, serves with */
    public static Server current() {
        return ((RequestThread) Thread.currentThread()).server;
    }

    /** Starts to serve. */
    public void start() {
        for (int i = 0; i < LISTENERS_MAX; i++) {
            listeners.incrementAndGet();
            threads.incrementAndGet();
            newThread().start();
        }
    }

    private RequestThread newThread() {
        return new RequestThread(servers.get(), threadNumber.incrementAndGet());
    }

    /** Returns when no request is being served any more, and none will be. */
    public void awaitEnd() throws InterruptedException {
        ended.await();
    }

    /** Ends the serving after the requests that are being served. Those that come later are not answered. */
    public void cutOff() {
        cutOff = true;
        stop();
        endIfDone();
    }

    private void stop() {
        stopped = true;
        spares.forEach(LockSupport::unpark);
    }

    /** @return whether the end has begun */
    public boolean isStopped() {
        return stopped;
    }

    /** @return whether all threads have ended; those that listen end when the device is closed */
    public boolean areGone() {
        return threads.get() == 0;
    }

    private void endIfDone() {
        if (threads.get() == 0 || cutOff && requests.get() == 0) {
            ended.countDown();
        }
    }

    private void addListener() {
        listeners.incrementAndGet();
        final RequestThread spare = spares.pollFirst();
        if (spare != null) {
            spare.called = true;
            LockSupport.unpark(spare);
        } else if (threads.incrementAndGet() > threadsMax || !startThread()) {
            threads.decrementAndGet();
            listeners.decrementAndGet();
            LOG.debug("all threads are busy or wait for locks; requests wait for them");
        }
    }

    private boolean startThread() {
        try {
            newThread().start();
            return true;
        } catch (final Throwable failure) {
            Failures.log("another thread for requests", failure);
            return false;
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

    private final class RequestThread extends Thread {
        private final Server server;
        private volatile boolean called;

        RequestThread(final Server server, final int number) {
            super(null, null, "request-" + number, STACK_BYTES);
            this.server = server;
            setDaemon(true);
        }

        @Override
        public void run() {
            boolean more = true;
            while (more) {
                called = false;
                more = serveOne() && (becomeListener() || awaitCall());
            }
            server.close();
            threads.decrementAndGet();
            endIfDone();
        }

        /** @return false if there will be no more requests */
        private boolean serveOne() {
            final boolean isReceived = server.receive();
            requests.incrementAndGet();
            try {
                if (!isReceived || stopped) {
                    RequestThreads.this.stop();
                    return false;
                }
                if (listeners.decrementAndGet() == 0) {
                    addListener();
                }
                server.serve();
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
