package org.dsmfs.mount.jnrfuse;

import org.agrona.concurrent.UnsafeBuffer;

/** Reads and writes libfuse's {@code struct fuse_file_info}; a flyweight. */
final class FileInfo {
    /** open(2): write at the end. */
    static final int O_APPEND = 02000;
    /** open(2): fail if the file exists. */
    static final int O_EXCL = 0200;
    /** open(2): truncate to nothing. */
    static final int O_TRUNC = 01000;
    /** open(2): each write is durable when it returns; O_SYNC includes the bit. */
    static final int O_DSYNC = 010000;

    private final UnsafeBuffer buffer = new UnsafeBuffer(0, 0);

    FileInfo wrap(final long address) {
        buffer.wrap(address, FuseLayout.FILE_INFO_LENGTH);
        return this;
    }

    /** @return the description's open(2) flags */
    int flags() {
        return buffer.getInt(FuseLayout.FILE_INFO_FLAGS);
    }

    /** @return whether the description's open(2) flags have all of these */
    boolean hasFlags(final int flags) {
        return (flags() & flags) == flags;
    }

    /** @return number of the handle */
    long handle() {
        return buffer.getLong(FuseLayout.FILE_INFO_HANDLE);
    }

    void handle(final long number) {
        buffer.putLong(FuseLayout.FILE_INFO_HANDLE, number);
    }

    /** @return the kernel's identity of who locks, unlocks or closes */
    long lockOwner() {
        return buffer.getLong(FuseLayout.FILE_INFO_LOCK_OWNER);
    }

    /** @return whether the release also ends a flock(2) lock of the owner */
    boolean releasesFlock() {
        return (buffer.getInt(FuseLayout.FILE_INFO_BITS) & FuseLayout.BIT_FLOCK_RELEASE) != 0;
    }

    /** Lets the kernel go on using what it has cached of the file. */
    void keepCache() {
        buffer.putInt(FuseLayout.FILE_INFO_BITS,
            buffer.getInt(FuseLayout.FILE_INFO_BITS) | FuseLayout.BIT_KEEP_CACHE);
    }
}
