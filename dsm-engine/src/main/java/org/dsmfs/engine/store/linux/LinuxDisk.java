package org.dsmfs.engine.store.linux;

import org.dsmfs.engine.store.Disk;
import org.dsmfs.engine.store.DiskException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * A directory of the machine's own filesystem, through system calls. Names are relative to the directory as it was
 * opened, even if it is renamed later. Thread-safe, but for {@link #close}.
 */
public final class LinuxDisk implements Disk, AutoCloseable {
    private static final int DIRECTORY_MODE = 0700;
    private static final int FILE_MODE = 0600;
    private static final int NONE = -1;

    private final Path path;
    private final boolean readOnly;
    private int directory;
    private int lockFile = NONE;

    private LinuxDisk(final Path path, final boolean readOnly, final int directory) {
        this.path = path;
        this.readOnly = readOnly;
        this.directory = directory;
    }

    /**
     * Opens a directory, and makes it (mode 0700) if it does not exist.
     *
     * @throws DiskException ENOENT if its parent does not exist, ENOTDIR if it is no directory, EACCES, EROFS, ...
     */
    public static LinuxDisk open(final Path path) {
        if (LibC.INSTANCE.mkdir(path.toString(), DIRECTORY_MODE) < 0) {
            final int errno = LibC.errno();
            if (errno != Errno.EEXIST) {
                throw Errno.exception("create directory", path, errno);
            }
        }
        return openExisting(path, false);
    }

    /**
     * Opens a directory whose files are only read: files that do not exist are not created, and what would change
     * one fails with EBADF.
     *
     * @throws DiskException ENOENT, ENOTDIR, EACCES, ...
     */
    public static LinuxDisk openReadOnly(final Path path) {
        return openExisting(path, true);
    }

    private static LinuxDisk openExisting(final Path path, final boolean readOnly) {
        // The trailing slash makes anything else than a directory fail with ENOTDIR.
        final int fd = LibC.INSTANCE.open(path + "/", LibC.O_RDONLY | LibC.O_CLOEXEC, 0);
        if (fd < 0) {
            throw Errno.exception("open directory", path, LibC.errno());
        }
        return new LinuxDisk(path, readOnly, fd);
    }

    @Override
    public DiskFile open(final String name) {
        return new LinuxDiskFile(path.resolve(name), openFile(name));
    }

    private int openFile(final String name) {
        final int flags = readOnly ? LibC.O_RDONLY : LibC.O_RDWR | LibC.O_CREAT;
        final int fd = LibC.INSTANCE.openat(directory, name, flags | LibC.O_CLOEXEC, FILE_MODE);
        if (fd < 0) {
            throw Errno.exception("open", path.resolve(name), LibC.errno());
        }
        return fd;
    }

    @Override
    public boolean exists(final String name) {
        if (LibC.INSTANCE.faccessat(directory, name, 0, 0) == 0) {
            return true;
        }
        final int errno = LibC.errno();
        if (errno == Errno.ENOENT) {
            return false;
        }
        throw Errno.exception("look up", path.resolve(name), errno);
    }

    @Override
    public long freeBytes() {
        final ByteBuffer statvfs = ByteBuffer.allocateDirect(LibC.STATVFS_BYTES).order(ByteOrder.nativeOrder());
        if (LibC.INSTANCE.fstatvfs(directory, statvfs) < 0) {
            throw Errno.exception("ask for the free space of", path, LibC.errno());
        }
        return statvfs.getLong(LibC.STATVFS_BAVAIL_OFFSET) * statvfs.getLong(LibC.STATVFS_FRSIZE_OFFSET);
    }

    @Override
    public void syncDirectory() {
        int result;
        do {
            result = LibC.INSTANCE.fsync(directory);
        } while (result < 0 && LibC.errno() == Errno.EINTR);
        if (result < 0) {
            throw Errno.exception("sync directory", path, LibC.errno());
        }
    }

    /** Renames a file, replacing what has the new name; not durable before {@link #syncDirectory}. */
    public void rename(final String oldName, final String newName) {
        if (LibC.INSTANCE.renameat(directory, oldName, directory, newName) < 0) {
            throw Errno.exception("rename to " + newName + " the file", path.resolve(oldName), LibC.errno());
        }
    }

    /**
     * Deletes a file; not durable before {@link #syncDirectory}.
     *
     * @return whether it was there
     */
    public boolean delete(final String name) {
        if (LibC.INSTANCE.unlinkat(directory, name, 0) == 0) {
            return true;
        }
        final int errno = LibC.errno();
        if (errno == Errno.ENOENT) {
            return false;
        }
        throw Errno.exception("delete", path.resolve(name), errno);
    }

    /**
     * Takes the lock that keeps other processes, and other disks of this one, from using this directory: an exclusive
     * one, or one shared among readers if this disk is read-only. It is held until {@link #close} or the end of the
     * process, however that ends.
     *
     * @param name the file to lock; created unless this disk is read-only
     * @return false if someone else holds it
     * @throws DiskException if the file cannot be opened, or the filesystem has no locks
     */
    public boolean lock(final String name) {
        final int fd = openFile(name);
        if (LibC.INSTANCE.flock(fd, (readOnly ? LibC.LOCK_SH : LibC.LOCK_EX) | LibC.LOCK_NB) == 0) {
            lockFile = fd;
            return true;
        }
        final int errno = LibC.errno();
        LibC.INSTANCE.close(fd);
        if (errno == Errno.EWOULDBLOCK) {
            return false;
        }
        throw Errno.exception("lock", path.resolve(name), errno);
    }

    /** Lets go of the directory and of its lock; open files stay open. */
    @Override
    public void close() {
        directory = close(directory);
        lockFile = close(lockFile);
    }

    private static int close(final int fd) {
        if (fd != NONE) {
            LibC.INSTANCE.close(fd);
        }
        return NONE;
    }
}
