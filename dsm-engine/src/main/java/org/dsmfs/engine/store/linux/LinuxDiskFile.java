package org.dsmfs.engine.store.linux;

import org.dsmfs.engine.store.Disk;
import org.dsmfs.engine.store.DiskException;
import org.dsmfs.engine.store.MemoryParts;

import java.nio.file.Path;

/** An open file, through system calls; none of the calls on the data path allocates. */
final class LinuxDiskFile implements Disk.DiskFile {
    private static final int CLOSED = -1;

    private final Path path;
    /** Set to {@link #CLOSED} by close, so that a late call fails with EBADF and never meets another file. */
    private volatile int fd;

    LinuxDiskFile(final Path path, final int fd) {
        this.path = path;
        this.fd = fd;
    }

    @Override
    public long size() {
        final long size = LibC.INSTANCE.lseek(fd, 0, LibC.SEEK_END);
        if (size < 0) {
            throw Errno.exception("ask for the size of", path, LibC.errno());
        }
        return size;
    }

    @Override
    public void read(final long position, final long address, final int length) {
        int done = 0;
        while (done < length) {
            final long count = LibC.INSTANCE.pread(fd, address + done, length - done, position + done);
            if (count > 0) {
                done += (int) count;
            } else if (count == 0) {
                throw new DiskException("cannot read " + path + ": it ends at " + (position + done) + ", before "
                    + (position + length), Errno.EIO);
            } else if (LibC.errno() != Errno.EINTR) {
                throw Errno.exception("read", path, LibC.errno());
            }
        }
    }

    @Override
    public void write(final long position, final long address, final int length) {
        int done = 0;
        while (done < length) {
            final long count = LibC.INSTANCE.pwrite(fd, address + done, length - done, position + done);
            if (count >= 0) {
                done += (int) count;
            } else if (LibC.errno() != Errno.EINTR) {
                throw Errno.exception("write", path, LibC.errno());
            }
        }
    }

    @Override
    public void write(final long position, final MemoryParts parts) {
        final long count = LibC.INSTANCE.pwritev(fd, parts.arrayAddress(), parts.count(), position);
        if (count < 0 && LibC.errno() != Errno.EINTR) {
            throw Errno.exception("write", path, LibC.errno());
        }
        int before = 0;
        for (int part = 0; before < parts.bytes() && count < parts.bytes(); part++) {
            final int done = (int) Math.min(parts.length(part), Math.max(0, count - before));
            write(position + before + done, parts.address(part) + done, parts.length(part) - done);
            before += parts.length(part);
        }
    }

    @Override
    public void startWriteOut(final long position, final long length) {
        if (LibC.INSTANCE.sync_file_range(fd, position, length, LibC.SYNC_FILE_RANGE_WRITE) < 0) {
            throw Errno.exception("write out", path, LibC.errno());
        }
    }

    /**
     * {@inheritDoc} On a filesystem that has no fallocate the C library touches every block instead: nobody else may
     * write to the range meanwhile. After ENOSPC a part may have been allocated, and the file have grown.
     */
    @Override
    public void allocate(final long position, final long length) {
        int errno;
        do {
            errno = LibC.INSTANCE.posix_fallocate(fd, position, length);
        } while (errno == Errno.EINTR);
        if (errno != 0) {
            throw Errno.exception("allocate " + length + " bytes at " + position + " of", path, errno);
        }
    }

    @Override
    public void deallocate(final long position, final long length) {
        int result;
        do {
            result = LibC.INSTANCE.fallocate(fd, LibC.FALLOC_FL_KEEP_SIZE | LibC.FALLOC_FL_PUNCH_HOLE, position,
                length);
        } while (result < 0 && LibC.errno() == Errno.EINTR);
        if (result < 0) {
            throw Errno.exception("deallocate " + length + " bytes at " + position + " of", path, LibC.errno());
        }
    }

    @Override
    public void truncate(final long size) {
        int result;
        do {
            result = LibC.INSTANCE.ftruncate(fd, size);
        } while (result < 0 && LibC.errno() == Errno.EINTR);
        if (result < 0) {
            throw Errno.exception("set the size to " + size + " of", path, LibC.errno());
        }
    }

    /** {@inheritDoc} After EIO the kernel may have dropped what it could not write: a second call proves nothing. */
    @Override
    public void sync() {
        int result;
        do {
            result = LibC.INSTANCE.fdatasync(fd);
        } while (result < 0 && LibC.errno() == Errno.EINTR);
        if (result < 0) {
            throw Errno.exception("sync", path, LibC.errno());
        }
    }

    @Override
    public synchronized void close() {
        final int open = fd;
        fd = CLOSED;
        if (open != CLOSED && LibC.INSTANCE.close(open) < 0 && LibC.errno() == Errno.EIO) {
            throw Errno.exception("close", path, Errno.EIO);
        }
    }
}
