package org.dsmfs.mount.kernel;

import org.agrona.BitUtil;
import org.agrona.MutableDirectBuffer;
import org.dsmfs.layout.Errno;
import org.dsmfs.layout.ErrnoException;
import org.dsmfs.layout.FileSystem;

/** Puts directory entries into a reply: each a struct fuse_dirent, for READDIRPLUS behind a struct fuse_entry_out. */
final class Entries implements FileSystem.EntrySink {
    private static final int ALIGNMENT = 8;
    /** S_IFMT bits to the type of a directory entry, DT_*. */
    private static final int TYPE_SHIFT = 12;

    private final FileSystem fileSystem;
    private final Exchange exchange;
    private final boolean withAttributes;
    private final int capacity;
    private int length;

    /** @param capacity bytes that the kernel takes */
    Entries(final FileSystem fileSystem, final Exchange exchange, final boolean withAttributes, final int capacity) {
        this.fileSystem = fileSystem;
        this.exchange = exchange;
        this.withAttributes = withAttributes;
        this.capacity = Math.min(capacity, exchange.reply.bodyCapacity());
    }

    int lengthBytes() {
        return length;
    }

    @Override
    public boolean entry(final byte[] name, final long ino, final int type, final long cookie) {
        final int attributesLength = withAttributes ? ReplyLayout.Entry.SIZE : 0;
        final int entryLength =
            BitUtil.align(attributesLength + ReplyLayout.Dirent.NAME + name.length, ALIGNMENT);
        if (entryLength > capacity - length) {
            return false;
        }
        final MutableDirectBuffer target = exchange.reply.body();
        final int start = exchange.reply.bodyIndex() + length;
        target.setMemory(start, entryLength, (byte) 0);
        if (withAttributes && !isDots(name)) {
            putAttributes(target, start, ino);
        }
        final int dirent = start + attributesLength;
        target.putLong(dirent + ReplyLayout.Dirent.INO, ino);
        target.putLong(dirent + ReplyLayout.Dirent.COOKIE, cookie);
        target.putInt(dirent + ReplyLayout.Dirent.NAME_LENGTH, name.length);
        target.putInt(dirent + ReplyLayout.Dirent.TYPE, type >>> TYPE_SHIFT);
        target.putBytes(dirent + ReplyLayout.Dirent.NAME, name);
        length += entryLength;
        return true;
    }

    /** What was removed since the directory was read stays without attributes, which the kernel then asks for. */
    private void putAttributes(final MutableDirectBuffer target, final int start, final long ino) {
        try {
            fileSystem.getAttributes(ino, exchange.attributes);
        } catch (final ErrnoException e) {
            if (e.errno() == Errno.ESTALE) {
                return;
            }
            throw e;
        }
        exchange.enter(ino);
        Reply.putEntry(target, start, exchange.attributes, exchange.validity.ofName(exchange.request.node(), ino),
            exchange.validity.ofAttributes());
    }

    private static boolean isDots(final byte[] name) {
        return name[0] == '.' && (name.length == 1 || name.length == 2 && name[1] == '.');
    }
}
