package org.dsmfs.engine.store.linux;

import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;

import java.nio.ByteBuffer;

/**
 * Functions of the C library (64-bit Linux, glibc); each is described by its manual page. Memory is passed as a native
 * address, so that a call neither copies nor allocates. Public only because the binding is generated in another class
 * loader.
 */
public interface LibC {
    /** The bound library. */
    LibC INSTANCE = LibraryLoader.create(LibC.class).load("libc.so.6");

    int O_RDONLY = 0;
    int O_RDWR = 02;
    int O_CREAT = 0100;
    int O_CLOEXEC = 02000000;

    int SEEK_END = 2;

    int SYNC_FILE_RANGE_WRITE = 2;
    int FALLOC_FL_KEEP_SIZE = 1;
    int FALLOC_FL_PUNCH_HOLE = 2;

    int LOCK_SH = 1;
    int LOCK_EX = 2;
    int LOCK_NB = 4;

    /** Size of struct statvfs and the offsets of what is read from it, bytes. */
    int STATVFS_BYTES = 112;
    int STATVFS_FRSIZE_OFFSET = 8;
    int STATVFS_BAVAIL_OFFSET = 32;

    int open(String path, int flags, int mode);

    int openat(int directory, String path, int flags, int mode);

    int faccessat(int directory, String path, int mode, int flags);

    int renameat(int oldDirectory, String oldPath, int newDirectory, String newPath);

    int unlinkat(int directory, String path, int flags);

    int mkdir(String path, int mode);

    int close(int fd);

    long pread(int fd, long address, long length, long position);

    long pwrite(int fd, long address, long length, long position);

    long pwritev(int fd, long parts, int count, long position);

    /** @return errno, or 0 */
    int posix_fallocate(int fd, long position, long length);

    int fallocate(int fd, int mode, long position, long length);

    int ftruncate(int fd, long size);

    long lseek(int fd, long position, int whence);

    int fdatasync(int fd);

    int fsync(int fd);

    int sync_file_range(int fd, long position, long length, int flags);

    int flock(int fd, int operation);

    int fstatvfs(int fd, ByteBuffer statvfs);

    String strerror(int errno);

    /** @return errno of this thread's last call */
    static int errno() {
        return Runtime.getSystemRuntime().getLastError();
    }
}
