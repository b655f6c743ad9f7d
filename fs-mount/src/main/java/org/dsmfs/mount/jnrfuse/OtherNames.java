package org.dsmfs.mount.jnrfuse;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;

/**
 * After a change of a file's content under one name, makes the kernel drop what it has cached under the other names
 * that the file is open by. The kernel waits for page locks when it does that, which a write under the other name may
 * hold; so a thread of its own does it, and a request waits for that thread, but not for ever. Thread-safe.
 */
final class OtherNames {
    private static final long WAIT_MAX_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Handles handles;
    private final CacheRule cacheRule;
    private final LongConsumer forgetContent;
    private final ReentrantLock mutex = new ReentrantLock();
    private final Condition changed = mutex.newCondition();
    private final Set<Long> waiting = new LinkedHashSet<>();
    /** The node that is being dealt with, 0 if none is: a change since the start of that is still to be told. */
    private long current;
    private boolean started;

    /** @param forgetContent makes the kernel drop what it has cached of a node */
    OtherNames(final Handles handles, final CacheRule cacheRule, final LongConsumer forgetContent) {
        this.handles = handles;
        this.cacheRule = cacheRule;
        this.forgetContent = forgetContent;
    }

    /**
     * The content of an inode changed.
     *
     * @param node the name it was changed under
     */
    void contentChanged(final long ino, final long node) {
        if (!cacheRule.everLinked(ino)) {
            return;
        }
        handles.forEachNode(ino, other -> {
            if (other != node) {
                forget(other);
            }
        });
    }

    private void forget(final long node) {
        mutex.lock();
        try {
            if (!started) {
                started = true;
                final Thread thread = new Thread(this::run, "other-names");
                thread.setDaemon(true);
                thread.start();
            }
            waiting.add(node);
            changed.signalAll();
            long leftNs = WAIT_MAX_NS;
            while ((waiting.contains(node) || current == node) && leftNs > 0) {
                leftNs = changed.awaitNanos(leftNs);
            }
        } catch (final InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } finally {
            mutex.unlock();
        }
    }

    private void run() {
        while (true) {
            forgetContent.accept(next());
        }
    }

    private long next() {
        mutex.lock();
        try {
            current = 0;
            changed.signalAll();
            while (waiting.isEmpty()) {
                changed.awaitUninterruptibly();
            }
            current = waiting.iterator().next();
            waiting.remove(current);
            return current;
        } finally {
            mutex.unlock();
        }
    }
}
