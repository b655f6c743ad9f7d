package org.dsmfs.mount.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever a thread meets, requests are served, or the serving ends. */
@Timeout(30)
class RequestThreadsTest {
    private static final Runnable END = () -> { };
    private static final int THREADS_MAX = 4;

    private final BlockingQueue<Runnable> requests = new LinkedBlockingQueue<>();
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicInteger clients = new AtomicInteger();
    private volatile boolean takeLong;

    private final class QueueServer implements RequestThreads.Server {
        private Runnable request;

        @Override
        public boolean receive() {
            try {
                request = requests.take();
            } catch (final InterruptedException stopping) {
                throw new IllegalStateException(stopping);
            }
            return request != END;
        }

        @Override
        public boolean takesLong() {
            return takeLong;
        }

        @Override
        public int client() {
            return clients.incrementAndGet();
        }

        @Override
        public void serve() {
            request.run();
        }

        @Override
        public void close() {
            ended.incrementAndGet();
        }
    }

    private static void fail() {
        throw new AssertionError("made up by the test");
    }

    private void assertServed() throws InterruptedException {
        final CountDownLatch served = new CountDownLatch(1);
        requests.add(served::countDown);
        served.await();
    }

    @Test
    void goesOnAfterARequestThatKillsItsThread() throws Exception {
        final RequestThreads threads = new RequestThreads(QueueServer::new, THREADS_MAX);
        threads.start();
        for (int i = 0; i < 2 * THREADS_MAX; i++) {
            requests.add(RequestThreadsTest::fail);
            assertServed();
            takeLong = !takeLong;
        }
        requests.add(END);
        threads.awaitEnd();
    }

    @Test
    void endsIfRequestsCannotBeReceived() throws Exception {
        final RequestThreads threads = new RequestThreads(() -> new RequestThreads.Server() {
            @Override
            public boolean receive() {
                throw new AssertionError("made up by the test");
            }

            @Override
            public boolean takesLong() {
                return false;
            }

            @Override
            public int client() {
                return 1;
            }

            @Override
            public void serve() {
                throw new AssertionError("nothing was received");
            }

            @Override
            public void close() {
                ended.incrementAndGet();
            }
        }, THREADS_MAX);
        threads.start();
        threads.awaitEnd();
        assertEquals(1, ended.get());
    }
}
