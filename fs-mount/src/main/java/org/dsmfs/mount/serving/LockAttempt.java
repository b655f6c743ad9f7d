package org.dsmfs.mount.serving;

import java.util.concurrent.TimeUnit;
import org.dsmfs.layout.FileSystem;
import org.dsmfs.layout.LockRange;

/** A request for a lock that may be tried again and again. */
@FunctionalInterface
public interface LockAttempt {
    /**
     * A request that has waited so long looks for a deadlock. Most waits are shorter, and pay nothing for that.
     */
    long LONG_WAIT_NS = TimeUnit.MILLISECONDS.toNanos(100);

    /**
     * @param isLongWait whether it has waited for {@link #LONG_WAIT_NS}
     * @return whether the lock was granted
     * @throws org.dsmfs.layout.ErrnoException if it never will be
     */
    boolean run(boolean isLongWait);

    /** A request that was tried after a long wait is not tried any more. */
    default void giveUp() {
    }

    /**
     * For a POSIX or OFD lock: the protocol does not tell which, so that a deadlock of OFD locks is found too.
     *
     * @param owner the kernel's identity of the holder
     */
    static LockAttempt ofRange(
        final FileSystem fileSystem, final long ino, final long owner, final LockRange range) {
        return new LockAttempt() {
            @Override
            public boolean run(final boolean isLongWait) {
                return isLongWait ? fileSystem.awaitLock(ino, owner, range) : fileSystem.setLock(ino, owner, range);
            }

            @Override
            public void giveUp() {
                fileSystem.stopAwaitingLock(ino, owner, range);
            }
        };
    }
}
