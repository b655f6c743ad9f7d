package org.dsmfs.mount.kernel;

import java.util.concurrent.atomic.AtomicLong;
import org.dsmfs.layout.AttributeChange;
import org.dsmfs.layout.Caller;
import org.dsmfs.layout.Errno;
import org.dsmfs.layout.ErrnoException;
import org.dsmfs.layout.FileSystem;
import org.dsmfs.mount.serving.AtimeRule;
import org.dsmfs.mount.serving.OpenRule;

/** Operations on regular files. An open file needs nothing here but a number. */
final class FileOperations {
    private static final int PERMISSIONS = 07777;
    /** open(2) flags. */
    private static final int O_EXCL = 0200;
    private static final int O_TRUNC = 01000;
    private static final int O_APPEND = 02000;
    private static final int O_DSYNC = 010000;
    /** lseek(2). */
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;

    private final FileSystem fileSystem;
    private final AtimeRule atimeRule;
    private final CachePolicy cachePolicy;
    private final Revocations revocations;
    private final WriteBacks writeBacks;
    private final LockOperations locks;
    private final AtomicLong lastHandle = new AtomicLong();

    FileOperations(final FileSystem fileSystem, final AtimeRule atimeRule, final CachePolicy cachePolicy,
                   final Revocations revocations, final WriteBacks writeBacks, final LockOperations locks) {
        this.fileSystem = fileSystem;
        this.atimeRule = atimeRule;
        this.cachePolicy = cachePolicy;
        this.revocations = revocations;
        this.writeBacks = writeBacks;
        this.locks = locks;
    }

    void create(final Exchange exchange) {
        final Request request = exchange.request;
        final int flags = request.int32(RequestLayout.Create.FLAGS);
        final Caller caller = exchange.caller(request.int32(RequestLayout.Create.UMASK));
        final int mode = request.int32(RequestLayout.Create.MODE) & PERMISSIONS;
        final byte[] name = request.name(RequestLayout.Create.NAME);
        final boolean isMade = fileSystem.create(caller, request.node(), name, mode, (flags & O_EXCL) != 0,
            exchange.attributes);
        if (!isMade) {
            final long ino = exchange.attributes.ino;
            try {
                OpenRule.require(exchange.attributes, flags);
                if ((flags & O_TRUNC) != 0) {
                    truncate(exchange, ino, request.int32(RequestLayout.Create.OPEN_FLAGS));
                }
            } catch (final RuntimeException failure) {
                fileSystem.release(ino);
                throw failure;
            }
        }
        exchange.enter(exchange.attributes.ino);
        replyOpen(exchange, flags);
    }

    void createTemporary(final Exchange exchange) {
        final Request request = exchange.request;
        fileSystem.createTemporary(exchange.caller(request.int32(RequestLayout.Create.UMASK)), request.node(),
            request.int32(RequestLayout.Create.MODE) & PERMISSIONS, exchange.attributes);
        exchange.enter(exchange.attributes.ino);
        replyOpen(exchange, request.int32(RequestLayout.Create.FLAGS));
    }

    private void replyOpen(final Exchange exchange, final int flags) {
        exchange.replyNewEntryAndOpen(lastHandle.incrementAndGet(), cachePolicy.openFlags(exchange.attributes, flags));
    }

    void open(final Exchange exchange) {
        final Request request = exchange.request;
        final int openFlags = request.int32(RequestLayout.Open.OPEN_FLAGS);
        final int flags = request.int32(RequestLayout.Open.FLAGS);
        if ((flags & O_TRUNC) != 0) {
            truncate(exchange, request.node(), openFlags);
        }
        fileSystem.open(request.node(), exchange.attributes);
        try {
            OpenRule.require(exchange.attributes, flags);
        } catch (final ErrnoException refused) {
            fileSystem.release(request.node());
            throw refused;
        }
        exchange.reply.open(lastHandle.incrementAndGet(), cachePolicy.openFlags(exchange.attributes, flags));
    }

    private void truncate(final Exchange exchange, final long ino, final int openFlags) {
        writeBacks.await(ino);
        final AttributeChange change = new AttributeChange();
        change.setSize = true;
        fileSystem.setAttributes(
            exchange.callerForSetId((openFlags & RequestLayout.Open.OPEN_KILL_SUIDGID) != 0), ino, change,
            exchange.attributes);
    }

    void read(final Exchange exchange) {
        final Request request = exchange.request;
        final Reply reply = exchange.reply;
        final int length = request.int32(RequestLayout.Read.LENGTH);
        if (length < 0 || length > reply.bodyCapacity()) {
            throw Errno.EINVAL.exception();
        }
        if (!cachePolicy.readsBeforeAtime()) {
            reply.bodyLength(fileSystem.read(request.node(), request.int64(RequestLayout.Read.OFFSET), reply.body(),
                reply.bodyIndex(), length));
            return;
        }
        revocations.holdRead(request.node());
        reply.bodyLength(writeBacks.peek(request.node(), request.int64(RequestLayout.Read.OFFSET), reply.body(),
            reply.bodyIndex(), length));
        if (atimeRule.isKept()) {
            revocations.replyAfter(request.node(), () -> accessed(exchange.channel(), request.node()),
                exchange::sendReply);
        }
    }

    private void accessed(final Channel channel, final long ino) {
        if (fileSystem.accessed(ino)) {
            // The kernel may have asked for the attributes meanwhile, or since it got the content.
            Notification.attributesChanged(channel, ino);
        }
    }

    void write(final Exchange exchange) {
        final Request request = exchange.request;
        final int length = request.int32(RequestLayout.Write.LENGTH);
        final int writeFlags = request.int32(RequestLayout.Write.WRITE_FLAGS);
        final int flags = request.int32(RequestLayout.Write.FLAGS);
        request.require(RequestLayout.Write.DATA, length);
        final Caller caller = exchange.callerForSetId((writeFlags & RequestLayout.Write.WRITE_KILL_SUIDGID) != 0);
        final long offset = request.int64(RequestLayout.Write.OFFSET);
        final int dataIndex = request.bufferIndex(RequestLayout.Write.DATA);
        exchange.reply.count(length);
        // Pages that were changed by a mapping go where they are, however the file was opened that they come through.
        if ((writeFlags & RequestLayout.Write.WRITE_CACHE) == 0) {
            writeBacks.await(request.node());
            fileSystem.write(caller, request.node(), offset, request.buffer(), dataIndex, length,
                (flags & O_APPEND) != 0);
            if ((flags & O_DSYNC) != 0) {
                fileSystem.fsync(request.node());
            }
        } else if (cachePolicy.repliesBeforeWriteBack()) {
            writeBacks.write(caller, request.node(), offset, request.buffer(), dataIndex, length,
                exchange::sendReply);
        } else {
            fileSystem.write(caller, request.node(), offset, request.buffer(), dataIndex, length, false);
        }
    }

    /** Called at each close(2) of a descriptor, which ends all POSIX locks of the process. */
    void flush(final Exchange exchange) {
        final Request request = exchange.request;
        writeBacks.finish(request.node());
        locks.descriptorClosed(request.node(), request.int64(RequestLayout.Flush.HANDLE),
            request.int64(RequestLayout.Flush.LOCK_OWNER));
    }

    void release(final Exchange exchange) {
        final Request request = exchange.request;
        locks.fileClosed(request.node(), request.int64(RequestLayout.Release.HANDLE));
        if ((request.int32(RequestLayout.Release.RELEASE_FLAGS) & RequestLayout.Release.RELEASE_FLOCK_UNLOCK) != 0) {
            locks.dropFlock(request.node(), request.int64(RequestLayout.Release.LOCK_OWNER));
        }
        fileSystem.release(request.node());
    }

    void fsync(final Exchange exchange) {
        writeBacks.finish(exchange.request.node());
        fileSystem.fsync(exchange.request.node());
    }

    void fallocate(final Exchange exchange) {
        final Request request = exchange.request;
        fileSystem.allocate(exchange.caller(0), request.node(), request.int32(RequestLayout.Fallocate.MODE),
            request.int64(RequestLayout.Fallocate.OFFSET), request.int64(RequestLayout.Fallocate.LENGTH));
    }

    void lseek(final Exchange exchange) {
        final Request request = exchange.request;
        final int whence = request.int32(RequestLayout.Lseek.WHENCE);
        if (whence != SEEK_DATA && whence != SEEK_HOLE) {
            throw Errno.EINVAL.exception();
        }
        exchange.reply.offset(fileSystem.seek(request.node(), request.int64(RequestLayout.Lseek.OFFSET),
            whence == SEEK_HOLE));
    }

    void copyFileRange(final Exchange exchange) {
        final Request request = exchange.request;
        final long copied = fileSystem.copyRange(exchange.caller(0), request.node(),
            request.int64(RequestLayout.CopyFileRange.SOURCE_OFFSET),
            request.int64(RequestLayout.CopyFileRange.TARGET_NODE),
            request.int64(RequestLayout.CopyFileRange.TARGET_OFFSET),
            Math.min(request.int64(RequestLayout.CopyFileRange.LENGTH), Integer.MAX_VALUE));
        if (atimeRule.isKept()) {
            // The kernel knows what a copy does to its target, but not that it reads the source.
            Notification.attributesChanged(exchange.channel(), request.node());
        }
        exchange.reply.count((int) copied);
    }
}
