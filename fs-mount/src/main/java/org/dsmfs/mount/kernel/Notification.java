package org.dsmfs.mount.kernel;

import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.mount.os.NativeMemory;

/** What the kernel is told without having asked. */
final class Notification {
    private static final int BODY = ReplyLayout.Header.SIZE;

    private Notification() {
    }

    /**
     * FUSE_NOTIFY_INVAL_INODE of the attributes alone, which waits for no lock of the page cache and so may be sent by
     * any thread.
     */
    static void attributesChanged(final Channel channel, final long node) {
        final int length = BODY + ReplyLayout.InvalidateInode.SIZE;
        final UnsafeBuffer buffer = NativeMemory.allocate(length);
        buffer.putInt(ReplyLayout.Header.LENGTH, length);
        buffer.putInt(ReplyLayout.Header.ERROR, ReplyLayout.InvalidateInode.CODE);
        buffer.putLong(BODY + ReplyLayout.InvalidateInode.INO, node);
        buffer.putLong(BODY + ReplyLayout.InvalidateInode.OFFSET, -1);
        channel.send(buffer, length);
    }
}
