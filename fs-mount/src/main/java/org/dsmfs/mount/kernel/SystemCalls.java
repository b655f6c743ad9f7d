package org.dsmfs.mount.kernel;

import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;

/** The system calls that a FUSE server needs; Linux, 64 bits. Buffers are plain addresses. */
public interface SystemCalls {
    /** The C library. */
    SystemCalls LIBC = LibraryLoader.create(SystemCalls.class).load("c");

    /** {@link #open}: reading and writing (fcntl.h). */
    int O_RDWR = 02;
    /** {@link #open}: reads fail with EAGAIN instead of waiting (fcntl.h). */
    int O_NONBLOCK = 04000;
    /** {@link #open}: the descriptor ends with exec (fcntl.h). */
    int O_CLOEXEC = 02000000;

    /** open(2). */
    int open(String path, int flags);

    /** close(2). */
    int close(int descriptor);

    /** read(2). */
    long read(int descriptor, long buffer, long length);

    /** write(2). */
    long write(int descriptor, long buffer, long length);

    /** ioctl(2) with a pointer. */
    int ioctl(int descriptor, long request, long argument);

    /** mount(2). */
    int mount(String source, String target, String type, long flags, String data);

    /** umount2(2). */
    int umount2(String target, int flags);

    /** socketpair(2). */
    int socketpair(int domain, int type, int protocol, long descriptors);

    /** recvmsg(2). */
    long recvmsg(int socket, long message, int flags);

    /** posix_spawnp(3): returns an errno. */
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

    /** @return errno of this thread's last call */
    static int errno() {
        return Runtime.getSystemRuntime().getLastError();
    }
}
