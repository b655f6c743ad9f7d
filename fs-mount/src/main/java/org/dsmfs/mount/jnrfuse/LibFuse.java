package org.dsmfs.mount.jnrfuse;

import jnr.ffi.LibraryLoader;
import jnr.ffi.annotations.IgnoreError;
import org.dsmfs.mount.MountException;

/**
 * libfuse 2.9's functions that jnr-fuse does not bind: mounting, and the pieces of a session loop, so that requests
 * run on threads of our own. Pointers are plain addresses.
 */
public interface LibFuse {
    /** @throws MountException naming the package to install */
    static LibFuse load() {
        try {
            return LibraryLoader.create(LibFuse.class).failImmediately().load("libfuse.so.2");
        } catch (final LinkageError | RuntimeException missing) {
            throw new MountException("libfuse 2 is not installed (libfuse.so.2): apt-get install libfuse2 fuse3",
                missing);
        }
    }

    /**
     * Mounts. Of the functions that do, only this one is found in its newest version by a plain look-up by name.
     *
     * @param argumentCount  of {@code arguments}
     * @param arguments      address of the argument vector: the program, -f, -o, options, mount point
     * @param operations     address of the {@code struct fuse_operations}
     * @param mountPointOut  address for the mount point's address
     * @param threadsOut     address for an int
     * @return the filesystem, 0 on failure, which libfuse then has explained on standard error
     */
    long fuse_setup(int argumentCount, long arguments, long operations, long operationsLength, long mountPointOut,
                    long threadsOut, long userData);

    /**
     * Unmounts if that has not happened yet, calls the destroy operation, and frees everything.
     *
     * @param mountPoint address, as fuse_setup returned it
     */
    void fuse_teardown(long fuse, long mountPoint);

    /** @return the session of the filesystem */
    long fuse_get_session(long fuse);

    /** @return the first channel of the session after this one, which may be 0 */
    long fuse_session_next_chan(long session, long channel);

    /**
     * Makes a channel.
     *
     * @param operations   address of a {@code struct fuse_chan_ops}, which is copied
     * @param descriptor   as {@link #fuse_chan_fd} is to return it
     * @param bufferLength of the buffers for requests, bytes; of the channel of the first request it bounds what the
     *                     kernel may write at once
     * @return the channel
     */
    long fuse_chan_new(long operations, int descriptor, long bufferLength, long data);

    /**
     * Makes the kernel forget what it knows of an inode.
     *
     * @param offset of the content to forget, bytes; negative for the attributes alone
     * @return 0 or a negative errno
     */
    int fuse_lowlevel_notify_inval_inode(long channel, long node, long offset, long length);

    /** @return the descriptor of /dev/fuse */
    int fuse_chan_fd(long channel);

    /**
     * Takes the next request.
     *
     * @param channelPointer address of the channel's address
     * @return its length, 0 when the session has ended, or a negative errno
     */
    @IgnoreError
    int fuse_chan_recv(long channelPointer, long buffer, long length);

    /** Serves a request and sends the reply, on this thread. */
    @IgnoreError
    void fuse_session_process(long session, long buffer, long length, long channel);

    /** @return address of this thread's {@code struct fuse_context}; constant for the thread */
    @IgnoreError
    long fuse_get_context();

    /** @return not 0 if the caller of this thread's request got a signal */
    @IgnoreError
    int fuse_interrupted();
}
