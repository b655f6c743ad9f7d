package org.dsmfs.mount.os;

import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;

/** The C library's functions that Java has no counterpart for; Linux, 64 bits. Pointers are plain addresses. */
public interface Libc {
    /** The loaded library. */
    Libc INSTANCE = LibraryLoader.create(Libc.class).load("c");

    /** {@link #umount2}: end the connection to the server first, in use or not (linux/mount.h). */
    int MNT_FORCE = 1;
    /** {@link #umount2}: detach now, clean up when no longer busy (linux/mount.h). */
    int MNT_DETACH = 2;
    /** {@link #umount2}: do not follow a symbolic link (linux/mount.h). */
    int UMOUNT_NOFOLLOW = 8;
    /** {@link #fcntl}: set the file status flags. */
    int F_SETFL = 4;
    /** {@link #fcntl}: get the file status flags. */
    int F_GETFL = 3;
    /** open(2): operations return EAGAIN instead of waiting. */
    int O_NONBLOCK = 04000;
    /** {@link #poll}: there is something to read. */
    short POLLIN = 1;
    /** {@link #open}: only reading. */
    int O_RDONLY = 0;
    /** {@link #open}: reading and writing. */
    int O_RDWR = 02;
    /** {@link #open}: exec closes the descriptor. */
    int O_CLOEXEC = 02000000;
    /** {@link #open}: only writing. */
    int O_WRONLY = 01;
    /** {@link #open}: writing at the end. */
    int O_APPEND = 02000;

    /** geteuid(2). */
    int geteuid();

    /** getegid(2). */
    int getegid();

    /** setsid(2). */
    int setsid();

    /** open(2) of a file that exists. */
    int open(String path, int flags);

    /** dup(2). */
    int dup(int descriptor);

    /** dup2(2). */
    int dup2(int oldDescriptor, int newDescriptor);

    /** close(2). */
    int close(int descriptor);

    /** read(2) into the memory at an address. */
    long read(int descriptor, long buffer, long length);

    /** write(2) from the memory at an address. */
    long write(int descriptor, long buffer, long length);

    /** ioctl(2) with a pointer. */
    int ioctl(int descriptor, long request, long argument);

    /** mount(2). */
    int mount(String source, String target, String type, long flags, String data);

    /** socketpair(2): two ints at an address. */
    int socketpair(int domain, int type, int protocol, long descriptors);

    /** recvmsg(2) into a {@code struct msghdr}. */
    long recvmsg(int socket, long message, int flags);

    /** posix_spawnp(3), which returns an errno. */
    int posix_spawnp(long pid, String file, long actions, long attributes, long arguments, long environment);

    /** posix_spawn_file_actions_init(3). */
    int posix_spawn_file_actions_init(long actions);

    /** posix_spawn_file_actions_adddup2(3). */
    int posix_spawn_file_actions_adddup2(long actions, int descriptor, int newDescriptor);

    /** posix_spawn_file_actions_addclosefrom_np(3), glibc 2.34. */
    int posix_spawn_file_actions_addclosefrom_np(long actions, int from);

    /** posix_spawn_file_actions_destroy(3). */
    int posix_spawn_file_actions_destroy(long actions);

    /** waitpid(2). */
    int waitpid(int pid, long status, int options);

    /** strerror(3). */
    String strerror(int errno);

    /** fcntl(2) with an integer argument. */
    int fcntl(int descriptor, int command, int argument);

    /** poll(2) on an array of {@code struct pollfd}. */
    int poll(long descriptors, long count, int timeoutMs);

    /** sched_yield(2). */
    int sched_yield();

    /** umount2(2). */
    int umount2(String target, int flags);

    /** write(2). */
    long write(int descriptor, byte[] buffer, long count);

    /** writev(2). */
    long writev(int descriptor, long vectors, int count);

    /** syncfs(2). */
    int syncfs(int descriptor);

    /** getxattr(2). */
    long getxattr(String path, String name, byte[] value, long size);

    /** @return errno of this thread's last call */
    static int errno() {
        return Runtime.getSystemRuntime().getLastError();
    }

    /** @return what {@link #errno} means */
    static String lastError() {
        return INSTANCE.strerror(errno());
    }
}
