package org.dsmfs.mount.jnrfuse;

import org.dsmfs.layout.Errno;
import org.dsmfs.layout.FileSystem;
import org.dsmfs.layout.LockRange;
import org.dsmfs.mount.serving.LockAttempt;

/** POSIX, OFD and flock(2) locks. */
final class LockOperations {
    /** fcntl(2) commands. */
    private static final int F_GETLK = 5;
    private static final int F_SETLK = 6;
    private static final int F_SETLKW = 7;
    /** flock(2) operations. */
    private static final int LOCK_SH = 1;
    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;
    private static final int LOCK_UN = 8;

    private final FileSystem fileSystem;
    private final ThreadLocal<Request> requests;
    private final Handles handles;
    private final LockWaits waits;

    LockOperations(final FileSystem fileSystem, final ThreadLocal<Request> requests, final Handles handles,
                   final LockWaits waits) {
        this.fileSystem = fileSystem;
        this.requests = requests;
        this.handles = handles;
        this.waits = waits;
    }

    void register(final OperationTable table) {
        table.setLLIL(table.slots.lock, "lock", this::lock);
        table.setLLI(table.slots.flock, "flock", this::flock);
    }

    private int lock(final long path, final long fileInfo, final int command, final long flock) {
        final Request request = requests.get();
        final FileInfo info = request.fileInfo.wrap(fileInfo);
        final long owner = info.lockOwner();
        final Handle handle = handles.get(info.handle());
        final LockRange range = new LockRange();
        request.window.wrap(flock, FuseLayout.FLOCK_LENGTH);
        range.type = request.window.getShort(FuseLayout.FLOCK_TYPE);
        range.start = request.window.getLong(FuseLayout.FLOCK_START);
        range.end = end(range.start, request.window.getLong(FuseLayout.FLOCK_LEN));
        range.pid = request.window.getInt(FuseLayout.FLOCK_PID);
        switch (command) {
            case F_GETLK -> {
                fileSystem.getLock(handle.ino(), owner, range);
                answer(request, range);
            }
            case F_SETLK, F_SETLKW -> {
                if (range.type != LockRange.UNLOCKED) {
                    handle.lockOwners().add(owner);
                }
                take(LockAttempt.ofRange(fileSystem, handle.ino(), owner, range), command == F_SETLKW);
            }
            default -> throw Errno.EINVAL.exception();
        }
        return 0;
    }

    private static void answer(final Request request, final LockRange range) {
        request.window.putShort(FuseLayout.FLOCK_TYPE, (short) range.type);
        request.window.putLong(FuseLayout.FLOCK_START, range.start);
        request.window.putLong(FuseLayout.FLOCK_LEN, length(range.start, range.end));
        request.window.putInt(FuseLayout.FLOCK_PID, range.pid);
    }

    /** @return last byte; a length of 0 is "to the end of the file" */
    private static long end(final long start, final long length) {
        return length == 0 ? Long.MAX_VALUE : start + length - 1;
    }

    private static long length(final long start, final long end) {
        return end == Long.MAX_VALUE ? 0 : end - start + 1;
    }

    private int flock(final long path, final long fileInfo, final int operation) {
        final FileInfo info = requests.get().fileInfo.wrap(fileInfo);
        final long owner = info.lockOwner();
        final long ino = handles.get(info.handle()).ino();
        final int type = switch (operation & ~LOCK_NB) {
            case LOCK_SH -> LockRange.READ;
            case LOCK_EX -> LockRange.WRITE;
            case LOCK_UN -> LockRange.UNLOCKED;
            default -> throw Errno.EINVAL.exception();
        };
        take(isLongWait -> fileSystem.setFlock(ino, owner, type), (operation & LOCK_NB) == 0);
        return 0;
    }

    private void take(final LockAttempt attempt, final boolean wait) {
        if (wait) {
            waits.untilTrue(attempt);
        } else if (!attempt.run(false)) {
            throw Errno.EAGAIN.exception();
        }
    }
}
