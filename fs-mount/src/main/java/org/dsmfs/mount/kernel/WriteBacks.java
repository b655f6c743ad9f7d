package org.dsmfs.mount.kernel;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.layout.Caller;
import org.dsmfs.layout.Errno;
import org.dsmfs.layout.ErrnoException;
import org.dsmfs.layout.FileSystem;
import org.dsmfs.mount.serving.Failures;

/**
 * What was stored into shared mappings and is on its way from the kernel to the filesystem. The kernel writes such pages
 * back before it drops them, also when it is told to because another node wants to change the file; but to write, this
 * node may have to wait for the other one, which waits for the pages to be dropped. So while a file is being revoked,
 * the kernel gets its reply first, and the write is done when the other node lets it. Until then reads show it, and
 * fsync and close wait for it. Thread-safe.
 */
final class WriteBacks implements AutoCloseable {
    /** Most that is kept for later. What comes beyond that the kernel waits for, and the other node for that. */
    private static final long KEPT_MAX_BYTES = 64 << 20;

    private final FileSystem fileSystem;
    private final Revocations revocations;
    /** Those that are not done, by inode, in the order in which they came. */
    private final Map<Long, ArrayDeque<WriteBack>> pending = new HashMap<>();
    /** Of those whose reply had been given. */
    private final Map<Long, ErrnoException> failures = new HashMap<>();
    private final BlockingQueue<WriteBack> kept = new LinkedBlockingQueue<>();
    private final Thread thread = new Thread(this::run, "write-back");
    private long keptBytes;

    /** One request; its data may be looked at while it is pending. */
    private static final class WriteBack {
        private final Caller caller;
        private final long ino;
        private final long offset;
        private final DirectBuffer source;
        private final int index;
        private final int length;

        WriteBack(final Caller caller, final long ino, final long offset, final DirectBuffer source, final int index,
                  final int length) {
            this.caller = caller;
            this.ino = ino;
            this.offset = offset;
            this.source = source;
            this.index = index;
            this.length = length;
        }

        /** Puts what it has of the range over what is there. */
        void copyTo(final long start, final MutableDirectBuffer target, final int targetIndex, final int targetLength) {
            final long from = Math.max(start, offset);
            final long end = Math.min(start + targetLength, offset + length);
            if (from < end) {
                target.putBytes(targetIndex + (int) (from - start), source, index + (int) (from - offset),
                    (int) (end - from));
            }
        }
    }

    WriteBacks(final FileSystem fileSystem, final Revocations revocations) {
        this.fileSystem = fileSystem;
        this.revocations = revocations;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /**
     * Writes, now or later.
     *
     * @param reply is run at most once, by any thread; if it is not run, the caller replies
     */
    void write(final Caller caller, final long ino, final long offset, final DirectBuffer source, final int index,
               final int length, final Runnable reply) {
        final WriteBack now = new WriteBack(caller, ino, offset, source, index, length);
        if (isKept(now)) {
            return;
        }
        try (HeldReplies.Held held = revocations.holdReply(ino, reply)) {
            try {
                apply(now);
            } catch (final RuntimeException failure) {
                if (held.withdraw()) {
                    throw failure;
                }
                failed(now, failure);
            }
        } finally {
            done(now);
        }
    }

    /** @return whether it is done later; otherwise it is pending, and the caller's to do */
    private synchronized boolean isKept(final WriteBack now) {
        final ArrayDeque<WriteBack> ofInode = pending.computeIfAbsent(now.ino, key -> new ArrayDeque<>());
        final boolean isLater = (!ofInode.isEmpty() || revocations.isUnderWay(now.ino))
            && keptBytes + now.length <= KEPT_MAX_BYTES;
        if (!isLater) {
            ofInode.add(now);
            return false;
        }
        final byte[] data = new byte[now.length];
        now.source.getBytes(now.index, data);
        final WriteBack later =
            new WriteBack(now.caller, now.ino, now.offset, new UnsafeBuffer(data), 0, data.length);
        keptBytes += data.length;
        ofInode.add(later);
        kept.add(later);
        return true;
    }

    private void apply(final WriteBack write) {
        fileSystem.write(write.caller, write.ino, write.offset, write.source, write.index, write.length, false);
    }

    private synchronized void done(final WriteBack write) {
        final ArrayDeque<WriteBack> ofInode = pending.get(write.ino);
        ofInode.remove(write);
        if (ofInode.isEmpty()) {
            pending.remove(write.ino);
        }
        notifyAll();
    }

    private void failed(final WriteBack write, final RuntimeException failure) {
        Failures.log("write-back of " + write.length + " bytes at " + write.offset + " of inode " + write.ino, failure);
        synchronized (this) {
            failures.put(write.ino, failure instanceof ErrnoException known ? known : Errno.EIO.exception());
        }
    }

    private void run() {
        try {
            while (true) {
                final WriteBack next = kept.take();
                awaitTurn(next);
                try {
                    apply(next);
                } catch (final RuntimeException failure) {
                    failed(next, failure);
                } finally {
                    synchronized (this) {
                        keptBytes -= next.length;
                    }
                    done(next);
                }
            }
        } catch (final InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void awaitTurn(final WriteBack write) throws InterruptedException {
        while (pending.get(write.ino).peekFirst() != write) {
            wait();
        }
    }

    /** {@link FileSystem#peek}, with what is pending. */
    int peek(final long ino, final long offset, final MutableDirectBuffer target, final int index, final int length) {
        while (true) {
            final List<WriteBack> before = pendingOf(ino);
            final int read = fileSystem.peek(ino, offset, target, index, length);
            if (before.isEmpty() || isOverlaid(before, ino, offset, target, index, read)) {
                return read;
            }
        }
    }

    private synchronized List<WriteBack> pendingOf(final long ino) {
        return pending.isEmpty() ? List.of() : List.copyOf(pending.getOrDefault(ino, new ArrayDeque<>()));
    }

    /** @return false if one of them was done meanwhile: what was read may be from before it, or from long after it */
    private synchronized boolean isOverlaid(final List<WriteBack> before, final long ino, final long offset,
                                            final MutableDirectBuffer target, final int index, final int length) {
        final List<WriteBack> now = pendingOf(ino);
        if (!now.containsAll(before)) {
            return false;
        }
        now.forEach(write -> write.copyTo(offset, target, index, length));
        return true;
    }

    /** Waits for all that is pending of the inode: it was stored before what the caller is about to do. */
    synchronized void await(final long ino) {
        try {
            while (pending.containsKey(ino)) {
                wait();
            }
        } catch (final InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw Errno.EINTR.exception();
        }
    }

    /**
     * {@link #await}.
     *
     * @throws ErrnoException what one has failed with whose reply said otherwise
     */
    synchronized void finish(final long ino) {
        await(ino);
        final ErrnoException failure = failures.isEmpty() ? null : failures.remove(ino);
        if (failure != null) {
            throw failure;
        }
    }

    /** Waits for all that is pending: the kernel has replies for it. */
    @Override
    public void close() {
        synchronized (this) {
            try {
                while (!pending.isEmpty()) {
                    wait();
                }
            } catch (final InterruptedException stopping) {
                Thread.currentThread().interrupt();
            }
        }
        thread.interrupt();
    }
}
