package org.dsmfs.engine.node;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.store.Disk;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node changes a page again and again, more often than its disk can sync. */
@Timeout(60)
class BusyOwnerTest {
    private static final long SEGMENT = Segment.of(0x05, 3);
    private static final long SYNC_NS = TimeUnit.MILLISECONDS.toNanos(2);
    /** Of the time after which an operation gives up. */
    private static final long MOST_NS = TimeUnit.SECONDS.toNanos(Patience.SECONDS) / 10;
    private static final int TURNS = 20;

    private final ThreadedNodes nodes = new ThreadedNodes(2, 64 << 20, BusyOwnerTest::slow);
    private final AtomicBoolean isOver = new AtomicBoolean();
    private final Thread owner = new Thread(() -> {
        while (!isOver.get()) {
            change(0);
        }
    });

    private static Disk slow(final Disk disk) {
        return (Disk) Proxy.newProxyInstance(Disk.class.getClassLoader(), new Class<?>[] {Disk.class},
            (proxy, method, arguments) -> {
                try {
                    final Object result = method.invoke(disk, arguments);
                    return result instanceof Disk.DiskFile file ? slow(file) : result;
                } catch (final InvocationTargetException e) {
                    throw e.getCause();
                }
            });
    }

    private static Disk.DiskFile slow(final Disk.DiskFile file) {
        return (Disk.DiskFile) Proxy.newProxyInstance(Disk.class.getClassLoader(), new Class<?>[] {Disk.DiskFile.class},
            (proxy, method, arguments) -> {
                if (method.getName().equals("sync")) {
                    LockSupport.parkNanos(SYNC_NS);
                }
                try {
                    return method.invoke(file, arguments);
                } catch (final InvocationTargetException e) {
                    throw e.getCause();
                }
            });
    }

    private long change(final int node) {
        return nodes.space(node).execute(tx -> {
            final var buffer = tx.write(SEGMENT, 0);
            buffer.putLong(8, buffer.getLong(8) + 1);
            return buffer.getLong(8);
        });
    }

    @BeforeEach
    void start() {
        change(0);
        owner.start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        isOver.set(true);
        owner.join();
        nodes.close();
    }

    private void inTime(final Runnable operation) {
        final long startNs = System.nanoTime();
        operation.run();
        final long tookNs = System.nanoTime() - startNs;
        assertTrue(tookNs < MOST_NS, tookNs + " ns");
    }

    @Test
    void othersReadIt() {
        for (int i = 0; i < TURNS; i++) {
            inTime(() -> nodes.space(1).execute(tx -> tx.read(SEGMENT, 0).getLong(8)));
            LockSupport.parkNanos(SYNC_NS);
        }
    }

    @Test
    void othersChangeIt() {
        for (int i = 0; i < TURNS; i++) {
            inTime(() -> change(1));
            LockSupport.parkNanos(SYNC_NS);
        }
    }
}
