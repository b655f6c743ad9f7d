package org.dsmfs.posix.sys;

import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;

/**
 * The C library's functions as they are: results below zero with errno set. Paths are NUL-terminated bytes. The
 * overloads that take a path as a {@code long} take its address, so that a test can pass one outside of the process.
 * {@link Posix} and {@link Descriptor} are what tests use.
 */
public interface LibC {
    int open(@In byte[] path, int flags, int mode);

    int open(long path, int flags, int mode);

    int openat(int directory, @In byte[] path, int flags, int mode);

    int close(int fd);

    int dup(int fd);

    long read(int fd, @Out byte[] buffer, long length);

    long write(int fd, @In byte[] buffer, long length);

    long write(int fd, long buffer, long length);

    long pread(int fd, @Out byte[] buffer, long length, long offset);

    long pwrite(int fd, @In byte[] buffer, long length, long offset);

    long lseek(int fd, long offset, int whence);

    int fsync(int fd);

    int fdatasync(int fd);

    int syncfs(int fd);

    int truncate(@In byte[] path, long length);

    int truncate(long path, long length);

    int ftruncate(int fd, long length);

    int fallocate(int fd, int mode, long offset, long length);

    /** Returns the error number itself. */
    int posix_fallocate(int fd, long offset, long length);

    int flock(int fd, int operation);

    int fcntl(int fd, int command, long argument);

    int fcntl(int fd, int command, @In @Out byte[] argument);

    int ioctl(int fd, long command, @In @Out byte[] argument);

    int statx(int directory, @In byte[] path, int flags, int mask, @Out byte[] result);

    int statvfs(@In byte[] path, @Out byte[] result);

    int faccessat(int directory, @In byte[] path, int mode, int flags);

    int chmod(@In byte[] path, int mode);

    int chmod(long path, int mode);

    int fchmod(int fd, int mode);

    int fchownat(int directory, @In byte[] path, int uid, int gid, int flags);

    int chown(long path, int uid, int gid);

    int fchown(int fd, int uid, int gid);

    int utimensat(int directory, @In byte[] path, @In byte[] times, int flags);

    int futimens(int fd, @In byte[] times);

    int mkdir(long path, int mode);

    int mkdirat(int directory, @In byte[] path, int mode);

    int rmdir(@In byte[] path);

    int rmdir(long path);

    int mknod(@In byte[] path, int mode, long device);

    int mkfifo(@In byte[] path, int mode);

    int mkfifo(long path, int mode);

    int linkat(int oldDirectory, @In byte[] oldPath, int newDirectory, @In byte[] newPath, int flags);

    int link(long oldPath, @In byte[] newPath);

    int symlink(@In byte[] target, @In byte[] path);

    int symlink(@In byte[] target, long path);

    long readlink(@In byte[] path, @Out byte[] target, long length);

    int unlink(@In byte[] path);

    int unlink(long path);

    int unlinkat(int directory, @In byte[] path, int flags);

    int rename(@In byte[] oldPath, @In byte[] newPath);

    int rename(long oldPath, @In byte[] newPath);

    int renameat2(int oldDirectory, @In byte[] oldPath, int newDirectory, @In byte[] newPath, int flags);

    long getdents64(int fd, @Out byte[] buffer, long length);

    int lsetxattr(@In byte[] path, @In byte[] name, @In byte[] value, long length, int flags);

    long lgetxattr(@In byte[] path, @In byte[] name, @Out byte[] value, long length);

    long llistxattr(@In byte[] path, @Out byte[] list, long length);

    int lremovexattr(@In byte[] path, @In byte[] name);

    int msync(long address, long length, int flags);

    int munmap(long address, long length);

    int umask(int mask);

    int geteuid();

    /** Raw system call: unlike the C library's wrappers, credentials set this way are the calling thread's only. */
    long syscall(long number, long first, long second, long third);

    long syscall(long number, long count, @In int[] list, long unused);

    /** For calls of six arguments: jffi hands the C library's own functions a wrong sixth one (seen with mmap). */
    long syscall(long number, long first, long second, long third, long fourth, long fifth, long sixth);
}
