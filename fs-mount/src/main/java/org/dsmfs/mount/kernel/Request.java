package org.dsmfs.mount.kernel;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.layout.Errno;
import org.dsmfs.layout.FileSystem;

/**
 * A request of the kernel, as it came from the device. A flyweight: one per worker, over one buffer. All offsets are in
 * bytes from the end of the header ({@link RequestLayout}); what lies beyond the end of the request is EINVAL.
 */
final class Request {
    private static final int BODY = RequestLayout.Header.SIZE;

    private final UnsafeBuffer buffer;
    private final NameBuffer names = new NameBuffer();
    private final NameBuffer newNames = new NameBuffer();
    private int lengthBytes;

    Request(final UnsafeBuffer buffer) {
        this.buffer = buffer;
    }

    /** Arrays to hold names in, one of each length, so that a name needs no new one. */
    private static final class NameBuffer {
        private final byte[][] byLength = new byte[FileSystem.NAME_MAX + 1][];

        byte[] ofLength(final int length) {
            if (byLength[length] == null) {
                byLength[length] = new byte[length];
            }
            return byLength[length];
        }
    }

    /**
     * A request was received.
     *
     * @return whether it is as long as it says, and long enough to be answered
     */
    boolean received(final int length) {
        lengthBytes = length;
        return length >= BODY && buffer.getInt(RequestLayout.Header.LENGTH) == length;
    }

    int opcode() {
        return buffer.getInt(RequestLayout.Header.OPCODE);
    }

    long unique() {
        return buffer.getLong(RequestLayout.Header.UNIQUE);
    }

    long node() {
        return buffer.getLong(RequestLayout.Header.NODE);
    }

    int uid() {
        return buffer.getInt(RequestLayout.Header.UID);
    }

    int gid() {
        return buffer.getInt(RequestLayout.Header.GID);
    }

    int pid() {
        return buffer.getInt(RequestLayout.Header.PID);
    }

    int int32(final int offset) {
        require(offset, Integer.BYTES);
        return buffer.getInt(BODY + offset);
    }

    long int64(final int offset) {
        require(offset, Long.BYTES);
        return buffer.getLong(BODY + offset);
    }

    /** @return bytes behind the header */
    int bodyLength() {
        return lengthBytes - BODY;
    }

    /** @return a name that is valid until the next request; ENAMETOOLONG, EINVAL */
    byte[] name(final int offset) {
        return name(offset, names);
    }

    /** @return as {@link #name}, for a second name in one request */
    byte[] newName(final int offset) {
        return name(offset, newNames);
    }

    private byte[] name(final int offset, final NameBuffer target) {
        final int length = textLength(offset);
        if (length > FileSystem.NAME_MAX) {
            throw Errno.ENAMETOOLONG.exception();
        }
        final byte[] name = target.ofLength(length);
        buffer.getBytes(BODY + offset, name);
        return name;
    }

    /** @return a copy of the bytes */
    byte[] bytes(final int offset, final int length) {
        require(offset, length);
        final byte[] bytes = new byte[length];
        buffer.getBytes(BODY + offset, bytes);
        return bytes;
    }

    /** @return bytes up to the NUL; EINVAL if there is none */
    int textLength(final int offset) {
        require(offset, 1);
        for (int i = BODY + offset; i < lengthBytes; i++) {
            if (buffer.getByte(i) == 0) {
                return i - BODY - offset;
            }
        }
        throw Errno.EINVAL.exception();
    }

    /** Throws EINVAL if the request does not have these bytes. */
    void require(final int offset, final int length) {
        if (length < 0 || offset > bodyLength() - length) {
            throw Errno.EINVAL.exception();
        }
    }

    /** @return what {@link #bufferIndex} counts in */
    DirectBuffer buffer() {
        return buffer;
    }

    /** @return where in the buffer the offset is */
    int bufferIndex(final int offset) {
        return BODY + offset;
    }
}
