package org.dsmfs.mount.serving;

import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.mount.os.Libc;
import org.dsmfs.mount.os.NativeMemory;

/**
 * How one thread waits for requests on a non-blocking descriptor: for a moment it only lets others run, and then goes
 * to sleep.
 */
public final class RequestWait {
    /** A client's next request mostly comes within this time, and to wake a thread takes longer. */
    private static final long SPIN_NS = TimeUnit.MICROSECONDS.toNanos(50);
    /** struct pollfd. */
    private static final int POLLFD_LENGTH = 8;
    private static final int POLLFD_EVENTS = 4;

    private final UnsafeBuffer pollSet = NativeMemory.allocate(POLLFD_LENGTH);
    private boolean isSpinning;
    private long spinUntilNs;

    /** @param descriptor of the device */
    public RequestWait(final int descriptor) {
        pollSet.putInt(0, descriptor);
        pollSet.putShort(POLLFD_EVENTS, Libc.POLLIN);
    }

    /** A request is to be waited for. */
    public void begin() {
        isSpinning = false;
    }

    /** There was no request: waits some time before the next look. */
    public void pause() {
        final long nowNs = System.nanoTime();
        if (!isSpinning) {
            isSpinning = true;
            spinUntilNs = nowNs + SPIN_NS;
        }
        if (nowNs - spinUntilNs < 0) {
            Libc.INSTANCE.sched_yield();
        } else {
            Libc.INSTANCE.poll(pollSet.addressOffset(), 1, -1);
        }
    }
}
