package org.dsmfs.mount.serving;

import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that serve requests. One at a time listens on the device, and serves at once what it takes: a client's
 * requests come one after the other, and a thread that is awake and close to the client answers in half the time of one
 * that has to be woken. While several clients are active, a request that is known to take long is served by a thread
 * that has called a replacement before; one that turns out to take long is noticed by the {@link Overtaker}, who calls
 * one then. Thread-safe.
 */
public final class RequestThreads {
    private static final Logger LOG = LoggerFactory.getLogger(RequestThreads.class);
    private static final int LISTENERS_MAX = 1;
    private static final long SPARE_LIFE_NS = TimeUnit.SECONDS.toNanos(10);
    /** Between two looks of the overtaker: at most twice this long a request keeps others waiting. */
    private static final long LOOK_NS = TimeUnit.MICROSECONDS.toNanos(500);
    /** Looks without a request before the overtaker sleeps. */
    private static final int IDLE_LOOKS = 20;
    /** So long after requests of different clients came one after the other, several are taken to be active. */
    private static final long SEVERAL_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long STACK_BYTES = 512 << 10;

    private final Supplier<? extends Server> servers;
    private final int threadsMax;
    private final AtomicInteger listeners = new AtomicInteger();
    private final AtomicInteger threads = new AtomicInteger();
    private final AtomicInteger threadNumber = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    private final ConcurrentLinkedDeque<RequestThread> spares = new ConcurrentLinkedDeque<>();
    private final Overtaker overtaker = new Overtaker();
    /** The thread that listens, or serves what it took while nobody else listens. */
    private volatile RequestThread listener;
    /** Whose request was received last. These two are changed by the thread that listens only. */
    private int lastClient;
    private long clientChangeNs = System.nanoTime();
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

        /** @return whether to serve what was received waits for something, or takes longer than to wake a thread */
        boolean takesLong();

        /** @return number of the thread that the request comes from; 0 for the kernel itself */
        int client();

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
        listeners.incrementAndGet();
        threads.incrementAndGet();
        newThread().start();
        overtaker.start();
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
        LockSupport.unpark(overtaker);
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

    /** A request of this client was received. */
    private void note(final int client) {
        if (client != lastClient && client != 0) {
            lastClient = client;
            clientChangeNs = System.nanoTime();
        }
    }

    /** A client that is alone waits for its reply, so nobody has to listen meanwhile. */
    private boolean areSeveralActive() {
        return System.nanoTime() - clientChangeNs < SEVERAL_NS;
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
        /** Requests served while nobody else listened; changed by this thread only. */
        private final AtomicLong served = new AtomicLong();
        /** Whether this thread serves a request and nobody else listens. Who sets it to false takes care of that. */
        private final AtomicBoolean alone = new AtomicBoolean();

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
                more = serve() && (becomeListener() || awaitCall());
            }
            server.close();
            threads.decrementAndGet();
            endIfDone();
        }

        /** Serves requests until somebody else listens. @return false if there will be no more requests */
        private boolean serve() {
            listener = this;
            while (true) {
                final boolean isReceived = receive();
                requests.incrementAndGet();
                try {
                    if (!isReceived || stopped) {
                        RequestThreads.this.stop();
                        return false;
                    }
                    note(server.client());
                    if (server.takesLong() && areSeveralActive()) {
                        leaveListening();
                    } else {
                        served.lazySet(served.get() + 1);
                        alone.set(true);
                        overtaker.wakeUp();
                    }
                    serveReceived();
                } finally {
                    requests.decrementAndGet();
                    endIfDone();
                }
                if (!alone.compareAndSet(true, false)) {
                    return true;
                }
            }
        }

        /** @return false if there will be no more requests, or none can be received */
        private boolean receive() {
            try {
                return server.receive();
            } catch (final Throwable failure) {
                Failures.log("to receive requests, so this ends", failure);
                return false;
            }
        }

        /** A thread that dies would be missed: perhaps nobody else listens. */
        private void serveReceived() {
            try {
                server.serve();
            } catch (final Throwable failure) {
                Failures.log("a request, which has no answer", failure);
            }
        }

        /** The request that this thread serves takes long: another one has to listen. */
        private void overtake() {
            if (alone.compareAndSet(true, false)) {
                leaveListening();
            }
        }

        private void leaveListening() {
            if (listeners.decrementAndGet() == 0) {
                addListener();
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

    /**
     * Looks now and then, while there are requests, whether the one that is being served takes so long that somebody
     * else should listen.
     */
    private final class Overtaker extends Thread {
        private volatile boolean asleep;

        Overtaker() {
            super("request-overtaker");
            setDaemon(true);
        }

        /** A request is going to be served. */
        void wakeUp() {
            if (asleep) {
                asleep = false;
                LockSupport.unpark(this);
            }
        }

        @Override
        public void run() {
            RequestThread seen = null;
            long seenServed = 0;
            int idleLooks = 0;
            while (!stopped) {
                if (idleLooks < IDLE_LOOKS) {
                    LockSupport.parkNanos(this, LOOK_NS);
                } else {
                    sleep();
                    idleLooks = 0;
                }
                final RequestThread now = listener;
                final long nowServed = now == null ? 0 : now.served.get();
                final boolean unchanged = now == seen && nowServed == seenServed;
                if (unchanged && now != null && now.alone.get()) {
                    now.overtake();
                }
                idleLooks = unchanged ? idleLooks + 1 : 0;
                seen = now;
                seenServed = nowServed;
            }
        }

        private void sleep() {
            asleep = true;
            final RequestThread now = listener;
            // Who began to serve before it could see that we sleep would not wake us.
            while (asleep && !stopped && (now == null || !now.alone.get())) {
                LockSupport.park(this);
            }
            asleep = false;
        }
    }
}
