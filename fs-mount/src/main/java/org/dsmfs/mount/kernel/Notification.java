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
        invalidate(channel, node, -1);
    }

    /**
     * FUSE_NOTIFY_INVAL_INODE of everything: attributes, ACLs and content. Waits for reads in flight.
     *
     * @return false if the kernel does not have the inode
     */
    static boolean inodeChanged(final Channel channel, final long node) {
        return invalidate(channel, node, 0);
    }

    /** @param offset of the content from which on it is dropped; negative for none */
    private static boolean invalidate(final Channel channel, final long node, final long offset) {
        final int length = BODY + ReplyLayout.InvalidateInode.SIZE;
        final UnsafeBuffer buffer = NativeMemory.allocate(length);
        buffer.putLong(BODY + ReplyLayout.InvalidateInode.INO, node);
        buffer.putLong(BODY + ReplyLayout.InvalidateInode.OFFSET, offset);
        return send(channel, buffer, length, ReplyLayout.InvalidateInode.CODE);
    }

    /** FUSE_NOTIFY_INC_EPOCH: no name that the kernel knows is valid any more. Waits for nothing. */
    static void newEpoch(final Channel channel) {
        send(channel, NativeMemory.allocate(BODY), BODY, ReplyLayout.NEW_EPOCH_CODE);
    }

    private static boolean send(final Channel channel, final UnsafeBuffer buffer, final int length, final int code) {
        buffer.putInt(ReplyLayout.Header.LENGTH, length);
        buffer.putInt(ReplyLayout.Header.ERROR, code);
        return channel.send(buffer, length);
    }
}
