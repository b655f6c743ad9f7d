package org.dsmfs.mount.jnrfuse;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Processes that were told that an inode is stale, because a rename replaced its name before they came to open it. The
 * kernel looks the name up once more and tries again, but only once; so until that has been answered no other rename may
 * come in between. Thread-safe.
 */
final class StaleRetries {
    /** By then a process has tried again, or never will. */
    private static final long RETRY_NS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long LOOK_NS = TimeUnit.MICROSECONDS.toNanos(50);

    private final ConcurrentHashMap<Integer, Long> deadlinesByProcess = new ConcurrentHashMap<>();

    /** The process is being told that an inode is stale. */
    void stale(final int process) {
        deadlinesByProcess.put(process, System.nanoTime() + RETRY_NS);
    }

    /** The process is being given another answer about an inode that it found. */
    void answered(final int process) {
        if (!deadlinesByProcess.isEmpty()) {
            deadlinesByProcess.remove(process);
        }
    }

    /** @return whether the request has to wait */
    boolean delay(final IncomingRequest request) {
        return !deadlinesByProcess.isEmpty() && request.isRename();
    }

    /** Waits until all processes have been answered, or time is over. */
    void await() {
        while (!deadlinesByProcess.isEmpty()) {
            final long nowNs = System.nanoTime();
            deadlinesByProcess.values().removeIf(deadlineNs -> nowNs - deadlineNs >= 0);
            LockSupport.parkNanos(this, LOOK_NS);
        }
    }
}
