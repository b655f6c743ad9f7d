package org.dsmfs.mount.jnrfuse;

import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.layout.Errno;
import org.dsmfs.mount.os.Libc;
import org.dsmfs.mount.os.NativeMemory;
import org.dsmfs.mount.serving.Failures;

/**
 * A channel of libfuse for requests whose replies need a change. libfuse gives the kernel the same leave to cache for
 * all; but it has an inode per path, so what changes under one name of a file would not be seen under another. Here the
 * leave is withdrawn for files that have, or have open, more or fewer names than one. And only the reply to create
 * tells which node the new file is. An inode that lost its name between the kernel's look-up and the request (a rename
 * replaced it) has no path for libfuse any more; told that the inode is stale, the kernel looks the name up again. And
 * the reply to the first request lets the kernel send up to 1 MiB at once, which libfuse 2 does not know of.
 * Thread-safe.
 */
final class ReplyChannel {
    /** Most that the kernel may read or write with one request, bytes; the most that it does at all. */
    static final int DATA_MAX_BYTES = 1 << 20;
    /** What libfuse takes off the length of a buffer for all that comes before the data. */
    static final int HEAD_BYTES = 4096;

    /** struct fuse_chan_ops: receive, send, destroy. */
    private static final int OPS_LENGTH = 3 * Long.BYTES;
    private static final int OPS_SEND = Long.BYTES;

    /** struct iovec. */
    private static final int IOVEC_LENGTH = 2 * Long.BYTES;
    private static final int IOVEC_SIZE = Long.BYTES;

    /** struct fuse_out_header. */
    private static final int HEADER_LENGTH = 16;
    private static final int HEADER_TOTAL = 0;
    private static final int HEADER_ERROR = 4;

    /** struct fuse_init_out, of which libfuse 2 knows the first part. */
    private static final int INIT_OUT_LENGTH = 64;
    private static final int INIT_OUT_FLAGS = 12;
    private static final int INIT_OUT_MAX_PAGES = 28;
    private static final int FUSE_MAX_PAGES = 1 << 22;
    /** The unit of max_pages on most machines; where pages are larger, the kernel takes its own most. */
    private static final int KERNEL_PAGE_BYTES = 4096;

    /** struct fuse_attr_out. */
    private static final int ATTR_OUT_VALID = 0;
    private static final int ATTR_OUT_VALID_NANOS = 8;
    private static final int ATTR_OUT_ATTR = 16;

    /** struct fuse_entry_out, first in struct fuse_create_out. */
    private static final int ENTRY_OUT_NODE = 0;
    private static final int ENTRY_OUT_VALID = 24;
    private static final int ENTRY_OUT_VALID_NANOS = 36;
    private static final int ENTRY_OUT_ATTR = 40;

    /** struct fuse_attr. */
    private static final int ATTR_INO = 0;
    private static final int ATTR_MODE = 60;
    private static final int ATTR_LINKS = 64;
    private static final int ATTR_LENGTH = 88;

    /** fh of struct fuse_open_out, behind struct fuse_entry_out in a reply to create. */
    private static final int CREATE_OUT_HANDLE = ENTRY_OUT_ATTR + ATTR_LENGTH;

    private static final int S_IFMT = 0170000;
    private static final int S_IFDIR = 0040000;

    private final int device;
    private final NamelessNodes nameless;
    private final Handles handles;
    private final ThreadLocal<Reply> replies = ThreadLocal.withInitial(Reply::new);
    /** Must stay reachable, or jnr-ffi frees the closure. */
    private final Shapes.LLL send = this::send;
    private final Pointer operations = Memory.allocateDirect(Runtime.getSystemRuntime(), OPS_LENGTH, true);
    private final UnsafeBuffer initOut = NativeMemory.allocate(INIT_OUT_LENGTH);
    private final long address;

    /** Windows on a reply. */
    private static final class Reply {
        private final UnsafeBuffer vectors = new UnsafeBuffer(0, 0);
        private final UnsafeBuffer header = new UnsafeBuffer(0, 0);
        private final UnsafeBuffer body = new UnsafeBuffer(0, 0);
        private final IncomingRequest request = Channel.Server.current().request();
    }

    /** @param channel the channel of /dev/fuse */
    ReplyChannel(final LibFuse libFuse, final long channel, final NamelessNodes nameless,
                 final Handles handles) {
        this.handles = handles;
        this.device = libFuse.fuse_chan_fd(channel);
        this.nameless = nameless;
        operations.putPointer(OPS_SEND,
            Runtime.getSystemRuntime().getClosureManager().getClosurePointer(Shapes.LLL.class, send));
        address = libFuse.fuse_chan_new(operations.address(), device, DATA_MAX_BYTES + HEAD_BYTES, 0);
    }

    /** @return address of the channel, to be named where a request is processed */
    long address() {
        return address;
    }

    /** @return whether the reply to the request must go through this channel */
    boolean inspects(final IncomingRequest request) {
        return request.isAnsweredWithAttributes() || request.isAboutFoundInode() || request.isInit();
    }

    private int send(final long channel, final long vectors, final long count) {
        try {
            inspect(replies.get(), vectors, count);
        } catch (final Throwable failure) {
            // The reply itself is whole, and must be sent whatever happens.
            Failures.log("reply", failure);
        }
        return Libc.INSTANCE.writev(device, vectors, (int) count) < 0 ? -Libc.errno() : 0;
    }

    private void inspect(final Reply reply, final long vectors, final long count) {
        reply.vectors.wrap(vectors, (int) count * IOVEC_LENGTH);
        reply.header.wrap(reply.vectors.getLong(0), HEADER_LENGTH);
        final int error = reply.header.getInt(HEADER_ERROR);
        if (error == -Errno.ENOENT.number() && reply.request.isAboutFoundInode()) {
            reply.header.putInt(HEADER_ERROR, -Errno.ESTALE.number());
        }
        if (error != 0 || count < 2) {
            return;
        }
        reply.body.wrap(reply.vectors.getLong(IOVEC_LENGTH), (int) reply.vectors.getLong(IOVEC_LENGTH + IOVEC_SIZE));
        if (reply.request.isInit()) {
            allowLargeRequests(reply);
        } else if (reply.request.isAnsweredWithAttributes()) {
            inspectAttributes(reply);
        }
    }

    /** The field that says so lies behind what libfuse sends. */
    private void allowLargeRequests(final Reply reply) {
        final int length = reply.body.capacity();
        if ((reply.request.kernelFlags() & FUSE_MAX_PAGES) == 0 || length > INIT_OUT_LENGTH) {
            return;
        }
        initOut.putBytes(0, reply.body, 0, length);
        initOut.putInt(INIT_OUT_FLAGS, initOut.getInt(INIT_OUT_FLAGS) | FUSE_MAX_PAGES);
        initOut.putShort(INIT_OUT_MAX_PAGES, (short) (DATA_MAX_BYTES / KERNEL_PAGE_BYTES));
        reply.vectors.putLong(IOVEC_LENGTH, initOut.addressOffset());
        reply.vectors.putLong(IOVEC_LENGTH + IOVEC_SIZE, INIT_OUT_LENGTH);
        reply.header.putInt(HEADER_TOTAL, HEADER_LENGTH + INIT_OUT_LENGTH);
    }

    private void inspectAttributes(final Reply reply) {
        if (reply.request.isAboutAttributes()) {
            withdrawLeave(reply, ATTR_OUT_ATTR, ATTR_OUT_VALID, ATTR_OUT_VALID_NANOS);
        } else {
            withdrawLeave(reply, ENTRY_OUT_ATTR, ENTRY_OUT_VALID, ENTRY_OUT_VALID_NANOS);
        }
        if (reply.request.isCreate()) {
            handles.setNode(reply.body.getLong(CREATE_OUT_HANDLE), reply.body.getLong(ENTRY_OUT_NODE));
        }
    }

    private void withdrawLeave(final Reply reply, final int attributes, final int valid, final int validNanos) {
        final UnsafeBuffer body = reply.body;
        if (body.capacity() < attributes + ATTR_LENGTH) {
            return;
        }
        final boolean directory = (body.getInt(attributes + ATTR_MODE) & S_IFMT) == S_IFDIR;
        if (!directory && body.getInt(attributes + ATTR_LINKS) != 1
            || nameless.containsInode(body.getLong(attributes + ATTR_INO))) {
            body.putLong(valid, 0);
            body.putInt(validNanos, 0);
        }
    }
}
