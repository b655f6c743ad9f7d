package org.dsmfs.mount.jnrfuse;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.dsmfs.layout.Errno;

/** The open file descriptions, by the number that libfuse passes along as {@code fi->fh}. Thread-safe. */
final class Handles {
    private final ConcurrentHashMap<Long, Handle> handles = new ConcurrentHashMap<>();
    private final AtomicLong lastNumber = new AtomicLong();

    /**
     * @param node the kernel's number for the inode, as opened; 0 if it is being created
     * @return the number of a new handle, positive
     */
    long add(final long ino, final long node) {
        final long number = lastNumber.incrementAndGet();
        handles.put(number, new Handle(ino, node));
        return number;
    }

    /** Sets the node of a handle of a file that was created. */
    void setNode(final long number, final long node) {
        handles.computeIfPresent(number, (same, handle) -> new Handle(handle.ino(), node, handle.lockOwners()));
    }

    /** @return a number, negative, that stands for the inode itself and need not be added or removed */
    static long ofInode(final long ino) {
        return -ino;
    }

    /** @return whether the number is one of {@link #ofInode} */
    static boolean isOfInode(final long number) {
        return number < 0;
    }

    /** @return the inode of a handle, or that of {@link #ofInode} */
    long ino(final long number) {
        return isOfInode(number) ? -number : get(number).ino();
    }

    /** Calls the consumer with the node of each handle of the inode. */
    void forEachNode(final long ino, final LongConsumer consumer) {
        for (final Handle handle : handles.values()) {
            if (handle.ino() == ino) {
                consumer.accept(handle.node());
            }
        }
    }

    /** @throws org.dsmfs.layout.ErrnoException EBADF if there is no such handle */
    Handle get(final long number) {
        return known(handles.get(number));
    }

    /** @throws org.dsmfs.layout.ErrnoException EBADF if there is no such handle */
    Handle remove(final long number) {
        return known(handles.remove(number));
    }

    private static Handle known(final Handle handle) {
        if (handle == null) {
            throw Errno.EBADF.exception();
        }
        return handle;
    }
}
