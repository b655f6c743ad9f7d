package org.dsmfs.mount.jnrfuse;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.dsmfs.layout.Errno;

/** The open file descriptions, by the number that libfuse passes along as {@code fi->fh}. Thread-safe. */
final class Handles {
    private final ConcurrentHashMap<Long, Handle> handles = new ConcurrentHashMap<>();
    private final AtomicLong lastNumber = new AtomicLong();

    /** @return the number of a new handle */
    long add(final long ino) {
        final long number = lastNumber.incrementAndGet();
        handles.put(number, new Handle(ino));
        return number;
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
