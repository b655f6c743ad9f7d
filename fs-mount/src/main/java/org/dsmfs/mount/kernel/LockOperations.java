package org.dsmfs.mount.kernel;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.dsmfs.layout.Errno;
import org.dsmfs.layout.FileSystem;
import org.dsmfs.layout.LockRange;
import org.dsmfs.mount.serving.LockAttempt;

/** POSIX, OFD and flock(2) locks. */
final class LockOperations {
    private final FileSystem fileSystem;
    private final LockWaits waits;
    /**
     * Who took POSIX or OFD locks through an open file, by its handle. The kernel announces a close with the process as
     * the owner, so of the owners that are left at the release, those of OFD locks, nobody tells.
     */
    private final ConcurrentHashMap<Long, Set<Long>> ownersByHandle = new ConcurrentHashMap<>();

    LockOperations(final FileSystem fileSystem, final LockWaits waits) {
        this.fileSystem = fileSystem;
        this.waits = waits;
    }

    void getlk(final Exchange exchange) {
        final Request request = exchange.request;
        final LockRange range = range(request);
        fileSystem.getLock(request.node(), request.int64(RequestLayout.Lock.OWNER), range);
        exchange.reply.lock(range);
    }

    void setlk(final Exchange exchange, final boolean isPatient) {
        final Request request = exchange.request;
        final long ino = request.node();
        final long owner = request.int64(RequestLayout.Lock.OWNER);
        final LockRange range = range(request);
        final LockAttempt attempt;
        if ((request.int32(RequestLayout.Lock.FLAGS) & RequestLayout.Lock.FLAG_FLOCK) != 0) {
            attempt = isLongWait -> fileSystem.setFlock(ino, owner, range.type);
        } else {
            if (range.type != LockRange.UNLOCKED) {
                ownersByHandle.computeIfAbsent(request.int64(RequestLayout.Lock.HANDLE),
                    handle -> ConcurrentHashMap.newKeySet()).add(owner);
            }
            attempt = LockAttempt.ofRange(fileSystem, ino, owner, range);
        }
        if (isPatient && range.type != LockRange.UNLOCKED) {
            exchange.withholdReply();
            waits.grant(exchange.channel(), request.unique(), ino, attempt);
        } else if (!attempt.run(false)) {
            throw Errno.EAGAIN.exception();
        }
    }

    private static LockRange range(final Request request) {
        final LockRange range = new LockRange();
        range.type = request.int32(RequestLayout.Lock.TYPE);
        range.start = request.int64(RequestLayout.Lock.START);
        range.end = request.int64(RequestLayout.Lock.END);
        range.pid = request.int32(RequestLayout.Lock.PID);
        if (range.type < LockRange.READ || range.type > LockRange.UNLOCKED || range.start < 0
            || range.end < range.start) {
            throw Errno.EINVAL.exception();
        }
        return range;
    }

    void interrupt(final Exchange exchange) {
        exchange.withholdReply();
        waits.interrupt(exchange.request.int64(RequestLayout.Interrupt.UNIQUE));
    }

    /** A process has closed a descriptor of the file. */
    void descriptorClosed(final long ino, final long handle, final long owner) {
        if (ownersByHandle.isEmpty()) {
            return;
        }
        final Set<Long> owners = ownersByHandle.get(handle);
        if (owners != null) {
            owners.remove(owner);
        }
        fileSystem.dropLocks(ino, owner);
    }

    /** The last descriptor of the open file is closed. */
    void fileClosed(final long ino, final long handle) {
        final Set<Long> owners = ownersByHandle.isEmpty() ? null : ownersByHandle.remove(handle);
        if (owners != null) {
            owners.forEach(owner -> fileSystem.dropLocks(ino, owner));
        }
    }

    /** The open file gives up its flock(2) lock. */
    void dropFlock(final long ino, final long owner) {
        fileSystem.setFlock(ino, owner, LockRange.UNLOCKED);
    }
}
