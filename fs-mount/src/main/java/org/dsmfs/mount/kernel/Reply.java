package org.dsmfs.mount.kernel;

import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.layout.Attributes;
import org.dsmfs.layout.Errno;
import org.dsmfs.layout.FileSystemStatus;
import org.dsmfs.layout.LockRange;

/**
 * The answer to one request: header and body in one buffer, so that it takes one write. A flyweight: one per worker.
 */
final class Reply {
    /** As good as for ever: until the kernel hears otherwise. */
    static final long FOREVER_SECONDS = Integer.MAX_VALUE;
    /** Ask again the next time. */
    static final long NOT_AT_ALL_SECONDS = 0;

    private static final int BODY = ReplyLayout.Header.SIZE;
    /** dev_t in 32 bits, as the kernel packs it: minor 0..7, major 8..19, the rest of minor 20..31. */
    private static final int MINOR_LOW_MASK = 0xff;
    private static final int MAJOR_SHIFT = 8;
    private static final int MAJOR_MASK = 0xfff;
    private static final int MINOR_HIGH_SHIFT = 12;

    private final UnsafeBuffer buffer;
    private int bodyLength;

    Reply(final UnsafeBuffer buffer) {
        this.buffer = buffer;
    }

    /** Begins a body of that length, all zeros. */
    private int begin(final int length) {
        buffer.setMemory(BODY, length, (byte) 0);
        bodyLength = length;
        return BODY;
    }

    /** Nothing but success. */
    void empty() {
        bodyLength = 0;
    }

    /** struct fuse_entry_out: an inode that was found or made, with its name. */
    void entry(final Attributes attributes, final long nameValidSeconds, final long attributesValidSeconds) {
        begin(ReplyLayout.Entry.SIZE);
        putEntry(buffer, BODY, attributes, nameValidSeconds, attributesValidSeconds);
    }

    /** struct fuse_entry_out: there is no such name. */
    void noEntry(final long validSeconds) {
        begin(ReplyLayout.Entry.SIZE);
        buffer.putLong(BODY + ReplyLayout.Entry.ENTRY_VALID_SECONDS, validSeconds);
    }

    /** struct fuse_entry_out, then struct fuse_open_out. */
    void entryAndOpen(final Attributes attributes, final long nameValidSeconds, final long attributesValidSeconds,
                      final long handle, final int openFlags) {
        begin(ReplyLayout.Entry.SIZE + ReplyLayout.Open.SIZE);
        putEntry(buffer, BODY, attributes, nameValidSeconds, attributesValidSeconds);
        putOpen(BODY + ReplyLayout.Entry.SIZE, handle, openFlags);
    }

    /** struct fuse_open_out. */
    void open(final long handle, final int openFlags) {
        begin(ReplyLayout.Open.SIZE);
        putOpen(BODY, handle, openFlags);
    }

    private void putOpen(final int index, final long handle, final int openFlags) {
        buffer.putLong(index + ReplyLayout.Open.HANDLE, handle);
        buffer.putInt(index + ReplyLayout.Open.FLAGS, openFlags);
    }

    /** struct fuse_attr_out. */
    void attributes(final Attributes attributes, final long validSeconds) {
        begin(ReplyLayout.AttrOut.SIZE);
        buffer.putLong(BODY + ReplyLayout.AttrOut.VALID_SECONDS, validSeconds);
        putAttr(buffer, BODY + ReplyLayout.AttrOut.ATTR, attributes);
    }

    /** struct fuse_statx_out. */
    void statx(final Attributes attributes, final long validSeconds) {
        begin(ReplyLayout.Statx.SIZE);
        buffer.putLong(BODY + ReplyLayout.Statx.VALID_SECONDS, validSeconds);
        buffer.putInt(BODY + ReplyLayout.Statx.MASK, ReplyLayout.Statx.MASK_ALL);
        buffer.putInt(BODY + ReplyLayout.Statx.BLOCK_SIZE, attributes.blockSize);
        buffer.putInt(BODY + ReplyLayout.Statx.NLINK, attributes.nlink);
        buffer.putInt(BODY + ReplyLayout.Statx.UID, attributes.uid);
        buffer.putInt(BODY + ReplyLayout.Statx.GID, attributes.gid);
        buffer.putShort(BODY + ReplyLayout.Statx.MODE, (short) attributes.mode);
        buffer.putLong(BODY + ReplyLayout.Statx.INO, attributes.ino);
        buffer.putLong(BODY + ReplyLayout.Statx.FILE_SIZE, attributes.size);
        buffer.putLong(BODY + ReplyLayout.Statx.BLOCKS, attributes.blocks);
        putStatxTime(ReplyLayout.Statx.ATIME, attributes.atimeSeconds, attributes.atimeNanos);
        putStatxTime(ReplyLayout.Statx.BTIME, attributes.btimeSeconds, attributes.btimeNanos);
        putStatxTime(ReplyLayout.Statx.CTIME, attributes.ctimeSeconds, attributes.ctimeNanos);
        putStatxTime(ReplyLayout.Statx.MTIME, attributes.mtimeSeconds, attributes.mtimeNanos);
        final int rdev = attributes.rdev;
        buffer.putInt(BODY + ReplyLayout.Statx.RDEV_MAJOR, rdev >>> MAJOR_SHIFT & MAJOR_MASK);
        buffer.putInt(BODY + ReplyLayout.Statx.RDEV_MINOR,
            rdev & MINOR_LOW_MASK | rdev >>> MINOR_HIGH_SHIFT & ~MINOR_LOW_MASK);
    }

    private void putStatxTime(final int offset, final long seconds, final int nanos) {
        buffer.putLong(BODY + offset, seconds);
        buffer.putInt(BODY + offset + ReplyLayout.Statx.TIME_NANOS, nanos);
    }

    /** struct fuse_statfs_out. */
    void statfs(final FileSystemStatus status) {
        begin(ReplyLayout.Statfs.SIZE);
        buffer.putLong(BODY + ReplyLayout.Statfs.BLOCKS, status.blocks());
        buffer.putLong(BODY + ReplyLayout.Statfs.BLOCKS_FREE, status.blocksFree());
        buffer.putLong(BODY + ReplyLayout.Statfs.BLOCKS_AVAILABLE, status.blocksAvail());
        buffer.putLong(BODY + ReplyLayout.Statfs.FILES, status.files());
        buffer.putLong(BODY + ReplyLayout.Statfs.FILES_FREE, status.filesFree());
        buffer.putInt(BODY + ReplyLayout.Statfs.BLOCK_SIZE, (int) status.blockSize());
        buffer.putInt(BODY + ReplyLayout.Statfs.NAME_MAX, status.nameMax());
        buffer.putInt(BODY + ReplyLayout.Statfs.FRAGMENT_SIZE, (int) status.blockSize());
    }

    /** struct fuse_lk_out. */
    void lock(final LockRange range) {
        begin(ReplyLayout.Lock.SIZE);
        buffer.putLong(BODY + ReplyLayout.Lock.START, range.start);
        buffer.putLong(BODY + ReplyLayout.Lock.END, range.end);
        buffer.putInt(BODY + ReplyLayout.Lock.TYPE, range.type);
        buffer.putInt(BODY + ReplyLayout.Lock.PID, range.pid);
    }

    /** struct fuse_write_out and struct fuse_getxattr_out: a count of bytes. */
    void count(final int bytes) {
        begin(Long.BYTES);
        buffer.putInt(BODY, bytes);
    }

    /**
     * struct fuse_ioctl_out: success, then zeros to put an answer into.
     *
     * @param length of the answer, bytes
     * @return where in {@link #body} the answer starts
     */
    int ioctl(final int length) {
        return begin(ReplyLayout.Ioctl.SIZE + length) + ReplyLayout.Ioctl.SIZE;
    }

    /** struct fuse_lseek_out. */
    void offset(final long offset) {
        begin(Long.BYTES);
        buffer.putLong(BODY, offset);
    }

    /**
     * Bytes as they are.
     *
     * @throws org.dsmfs.layout.ErrnoException EIO if there are more than fit into a reply
     */
    void data(final byte[] bytes) {
        if (bytes.length > bodyCapacity()) {
            throw Errno.EIO.exception();
        }
        buffer.putBytes(BODY, bytes);
        bodyLength = bytes.length;
    }

    /** @return where a body may be put directly, from {@link #bodyIndex} on, up to {@link #bodyCapacity}. */
    MutableDirectBuffer body() {
        return buffer;
    }

    int bodyIndex() {
        return BODY;
    }

    int bodyCapacity() {
        return buffer.capacity() - BODY;
    }

    /** What was put directly has this length, bytes. */
    void bodyLength(final int length) {
        bodyLength = length;
    }

    /** @return the whole reply, in {@link #finish} bytes */
    UnsafeBuffer buffer() {
        return buffer;
    }

    /**
     * Puts the header.
     *
     * @param errno positive, or 0; with an error there is no body
     * @return length of the reply, bytes
     */
    int finish(final long unique, final int errno) {
        final int length = BODY + (errno == 0 ? bodyLength : 0);
        putHeader(buffer, length, errno, unique);
        return length;
    }

    /** Puts a header into any buffer. */
    static void putHeader(final MutableDirectBuffer buffer, final int length, final int errno, final long unique) {
        buffer.putInt(ReplyLayout.Header.LENGTH, length);
        buffer.putInt(ReplyLayout.Header.ERROR, -errno);
        buffer.putLong(ReplyLayout.Header.UNIQUE, unique);
    }

    /** Fills a struct fuse_entry_out that is all zeros. Inode numbers are never used again, so generations stay 0. */
    static void putEntry(final MutableDirectBuffer target, final int index, final Attributes attributes,
                         final long nameValidSeconds, final long attributesValidSeconds) {
        target.putLong(index + ReplyLayout.Entry.NODE, attributes.ino);
        target.putLong(index + ReplyLayout.Entry.ENTRY_VALID_SECONDS, nameValidSeconds);
        target.putLong(index + ReplyLayout.Entry.ATTR_VALID_SECONDS, attributesValidSeconds);
        putAttr(target, index + ReplyLayout.Entry.ATTR, attributes);
    }

    private static void putAttr(final MutableDirectBuffer target, final int index, final Attributes attributes) {
        target.putLong(index + ReplyLayout.Attr.INO, attributes.ino);
        target.putLong(index + ReplyLayout.Attr.FILE_SIZE, attributes.size);
        target.putLong(index + ReplyLayout.Attr.BLOCKS, attributes.blocks);
        target.putLong(index + ReplyLayout.Attr.ATIME, attributes.atimeSeconds);
        target.putLong(index + ReplyLayout.Attr.MTIME, attributes.mtimeSeconds);
        target.putLong(index + ReplyLayout.Attr.CTIME, attributes.ctimeSeconds);
        target.putInt(index + ReplyLayout.Attr.ATIME_NANOS, attributes.atimeNanos);
        target.putInt(index + ReplyLayout.Attr.MTIME_NANOS, attributes.mtimeNanos);
        target.putInt(index + ReplyLayout.Attr.CTIME_NANOS, attributes.ctimeNanos);
        target.putInt(index + ReplyLayout.Attr.MODE, attributes.mode);
        target.putInt(index + ReplyLayout.Attr.NLINK, attributes.nlink);
        target.putInt(index + ReplyLayout.Attr.UID, attributes.uid);
        target.putInt(index + ReplyLayout.Attr.GID, attributes.gid);
        target.putInt(index + ReplyLayout.Attr.RDEV, attributes.rdev);
        target.putInt(index + ReplyLayout.Attr.BLOCK_SIZE, attributes.blockSize);
    }
}
