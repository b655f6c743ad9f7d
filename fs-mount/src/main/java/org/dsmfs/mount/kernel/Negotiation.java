package org.dsmfs.mount.kernel;

import org.dsmfs.layout.Errno;

/**
 * What this server and the kernel agree on: of what the kernel offers in its INIT request, everything that is asked for
 * here. The protocol is 7.31 at least (Linux 5.4).
 */
final class Negotiation {
    /** Kernels that speak less are too old. */
    static final int MINOR_MIN = 31;
    /** Newest protocol that this server knows. */
    static final int MINOR_MAX = 45;

    /** INIT flags of linux/fuse.h; those from bit 32 on travel in {@code flags2}. */
    static final long ASYNC_READ = 1;
    static final long POSIX_LOCKS = 1 << 1;
    static final long ATOMIC_O_TRUNC = 1 << 3;
    static final long EXPORT_SUPPORT = 1 << 4;
    static final long BIG_WRITES = 1 << 5;
    static final long DONT_MASK = 1 << 6;
    static final long FLOCK_LOCKS = 1 << 10;
    static final long AUTO_INVAL_DATA = 1 << 12;
    static final long DO_READDIRPLUS = 1 << 13;
    static final long READDIRPLUS_AUTO = 1 << 14;
    static final long ASYNC_DIO = 1 << 15;
    static final long PARALLEL_DIROPS = 1 << 18;
    static final long POSIX_ACL = 1 << 20;
    static final long MAX_PAGES = 1 << 22;
    static final long CACHE_SYMLINKS = 1 << 23;
    static final long EXPLICIT_INVAL_DATA = 1 << 25;
    static final long HANDLE_KILLPRIV_V2 = 1 << 28;
    static final long SETXATTR_EXT = 1 << 29;
    static final long INIT_EXT = 1 << 30;
    static final long DIRECT_IO_ALLOW_MMAP = 1L << 36;

    /** First protocol with FUSE_NOTIFY_INC_EPOCH (Linux 6.16). */
    private static final int MINOR_EPOCHS = 44;

    private static final long WANTED = ASYNC_READ | POSIX_LOCKS | ATOMIC_O_TRUNC | EXPORT_SUPPORT | BIG_WRITES
        | DONT_MASK | FLOCK_LOCKS | DO_READDIRPLUS | READDIRPLUS_AUTO | ASYNC_DIO | PARALLEL_DIROPS | POSIX_ACL
        | MAX_PAGES | CACHE_SYMLINKS | EXPLICIT_INVAL_DATA | HANDLE_KILLPRIV_V2 | SETXATTR_EXT | INIT_EXT
        | DIRECT_IO_ALLOW_MMAP;

    /**
     * As {@link #WANTED}, of a filesystem that other nodes change too. The kernel makes sure of the size before a read,
     * or it might show zeros behind the end of a file that was truncated elsewhere. Targets of symbolic links are not
     * cached: a read of one updates its access time under a lock in the kernel, for which revocation waits.
     */
    private static final long WANTED_SHARED = WANTED & ~EXPLICIT_INVAL_DATA & ~CACHE_SYMLINKS | AUTO_INVAL_DATA;

    private static final int MAJOR = 7;
    private static final int PAGE_BYTES = 4096;
    private static final int PAGES_MAX = 256;
    /** Most data in one request or reply, bytes; what the kernel allows at most, too. */
    static final int DATA_MAX_BYTES = PAGES_MAX * PAGE_BYTES;
    /** Requests that nobody waits for, read-ahead above all; more of them just queue in the kernel. */
    private static final int BACKGROUND_MAX = 32;
    private static final int BACKGROUND_CONGESTED = 24;
    private static final int TIME_GRANULARITY_NANOS = 1;

    private final int major;
    private final int minor;
    private final int maxReadAheadBytes;
    private final long flags;

    /**
     * @param init     an INIT request
     * @param isShared whether other nodes may change the filesystem
     */
    Negotiation(final Request init, final boolean isShared) {
        if (init.opcode() != Opcode.INIT) {
            throw Errno.EINVAL.exception();
        }
        major = init.int32(RequestLayout.Init.MAJOR);
        minor = init.int32(RequestLayout.Init.MINOR);
        maxReadAheadBytes = init.int32(RequestLayout.Init.MAX_READAHEAD);
        final long low = Integer.toUnsignedLong(init.int32(RequestLayout.Init.FLAGS));
        final boolean isExtended = (low & INIT_EXT) != 0;
        final long high = isExtended ? Integer.toUnsignedLong(init.int32(RequestLayout.Init.FLAGS2)) : 0;
        flags = (high << Integer.SIZE | low) & (isShared ? WANTED_SHARED : WANTED);
    }

    /** @return whether this server can talk with the kernel */
    boolean isPossible() {
        return major > MAJOR || major == MAJOR && minor >= MINOR_MIN;
    }

    /** @return whether the kernel speaks a later major version, and will come again with ours when it hears of it */
    boolean isToBeRepeated() {
        return major > MAJOR;
    }

    /** @return whether both sides know the feature, one of the flags above */
    boolean has(final long feature) {
        return (flags & feature) != 0;
    }

    /** @return whether the kernel can forget all names at once (FUSE_NOTIFY_INC_EPOCH) */
    boolean hasEpochs() {
        return minor >= MINOR_EPOCHS;
    }

    /** @return protocol that is spoken, such as 7.31 */
    String version() {
        return MAJOR + "." + Math.min(minor, MINOR_MAX);
    }

    /** @return version that the kernel speaks, such as 7.31 */
    String kernelVersion() {
        return major + "." + minor;
    }

    /** Answers the request with what is agreed on. */
    void answer(final Reply reply) {
        reply.bodyLength(ReplyLayout.Init.SIZE);
        final int body = reply.bodyIndex();
        reply.body().setMemory(body, ReplyLayout.Init.SIZE, (byte) 0);
        reply.body().putInt(body + ReplyLayout.Init.MAJOR, MAJOR);
        reply.body().putInt(body + ReplyLayout.Init.MINOR, Math.min(minor, MINOR_MAX));
        reply.body().putInt(body + ReplyLayout.Init.MAX_READAHEAD, maxReadAheadBytes);
        reply.body().putInt(body + ReplyLayout.Init.FLAGS, (int) flags);
        reply.body().putShort(body + ReplyLayout.Init.MAX_BACKGROUND, (short) BACKGROUND_MAX);
        reply.body().putShort(body + ReplyLayout.Init.CONGESTION_THRESHOLD, (short) BACKGROUND_CONGESTED);
        reply.body().putInt(body + ReplyLayout.Init.MAX_WRITE, DATA_MAX_BYTES);
        reply.body().putInt(body + ReplyLayout.Init.TIME_GRANULARITY, TIME_GRANULARITY_NANOS);
        reply.body().putShort(body + ReplyLayout.Init.MAX_PAGES, (short) PAGES_MAX);
        reply.body().putInt(body + ReplyLayout.Init.FLAGS2, (int) (flags >>> Integer.SIZE));
    }
}
