package org.dsmfs.mount.jnrfuse;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * The request of the kernel that a thread is serving, as it came from /dev/fuse (linux/fuse.h, protocol 7.19), for the
 * few things that libfuse's path-based operations do not pass along. A flyweight.
 */
final class IncomingRequest {
    private static final int OPCODE = 4;
    private static final int NODE = 16;
    private static final int CLIENT = 32;
    private static final int BODY = 40;

    private static final int LOOKUP = 1;
    private static final int FORGET = 2;
    private static final int GETATTR = 3;
    private static final int SETATTR = 4;
    private static final int READLINK = 5;
    private static final int SYMLINK = 6;
    private static final int MKNOD = 8;
    private static final int MKDIR = 9;
    private static final int UNLINK = 10;
    private static final int RENAME = 12;
    private static final int LINK = 13;
    private static final int OPEN = 14;
    private static final int SETXATTR = 21;
    private static final int GETXATTR = 22;
    private static final int LISTXATTR = 23;
    private static final int REMOVEXATTR = 24;
    private static final int READ = 15;
    private static final int WRITE = 16;
    private static final int FSYNC = 20;
    private static final int INIT = 26;
    private static final int OPENDIR = 27;
    private static final int FSYNCDIR = 30;
    private static final int SETLKW = 33;
    private static final int CREATE = 35;
    private static final int BATCH_FORGET = 42;
    private static final int FALLOCATE = 43;

    private static final int INIT_FLAGS = BODY + 12;
    private static final int GETATTR_FH = 1;
    private static final int GETATTR_HANDLE = BODY + 8;
    private static final int RENAME_NAMES = BODY + 8;
    /** Of a read or a write. */
    private static final int IO_LENGTH = BODY + 16;
    /** Bytes whose copying takes longer than to wake a thread. */
    private static final int LONG_IO_BYTES = 32 << 10;
    private static final int BATCH_FIRST = BODY + 8;
    private static final int BATCH_ENTRY_LENGTH = 16;

    private final UnsafeBuffer buffer;

    IncomingRequest(final UnsafeBuffer buffer) {
        this.buffer = buffer;
    }

    /** @return the number that the kernel and libfuse have for the inode which the request is about */
    long node() {
        return buffer.getLong(NODE);
    }

    /** @return number of the thread that called the kernel; 0 if the kernel acts on its own */
    int client() {
        return buffer.getInt(CLIENT);
    }

    boolean isInit() {
        return opcode() == INIT;
    }

    /** @return of the first request, what the kernel can do: FUSE_* flags */
    int kernelFlags() {
        return buffer.getInt(INIT_FLAGS);
    }

    boolean isUnlink() {
        return opcode() == UNLINK;
    }

    boolean isGetattr() {
        return opcode() == GETATTR;
    }

    /** @return whether the reply is attributes alone, that is, {@code struct fuse_attr_out} */
    boolean isAboutAttributes() {
        return opcode() == GETATTR || opcode() == SETATTR;
    }

    boolean isCreate() {
        return opcode() == CREATE;
    }

    /** @return whether the reply has attributes if it is no error */
    boolean isAnsweredWithAttributes() {
        return switch (opcode()) {
            case LOOKUP, GETATTR, SETATTR, SYMLINK, MKNOD, MKDIR, LINK, CREATE -> true;
            default -> false;
        };
    }

    /** @return whether the request is about an inode that the kernel has found already, and about no name in it */
    boolean isAboutFoundInode() {
        return switch (opcode()) {
            case GETATTR, SETATTR, READLINK, OPEN, SETXATTR, GETXATTR, LISTXATTR, REMOVEXATTR, OPENDIR -> true;
            default -> false;
        };
    }

    /** @return whether serving it waits for the disk or for a lock, or copies much */
    boolean takesLong() {
        return switch (opcode()) {
            case FSYNC, FSYNCDIR, SETLKW, FALLOCATE -> true;
            case READ, WRITE -> buffer.getInt(IO_LENGTH) > LONG_IO_BYTES;
            default -> false;
        };
    }

    /** @return of a link request, the kernel's number for the inode that gets another name */
    long linkedNode() {
        return buffer.getLong(BODY);
    }

    private int opcode() {
        return buffer.getInt(OPCODE);
    }

    /** @return whether this is rename(2) to that name */
    boolean isRenameTo(final byte[] name) {
        if (opcode() != RENAME) {
            return false;
        }
        int position = RENAME_NAMES;
        while (buffer.getByte(position) != 0) {
            position++;
        }
        position++;
        for (final byte expected : name) {
            if (buffer.getByte(position++) != expected) {
                return false;
            }
        }
        return buffer.getByte(position) == 0;
    }

    /** Makes a getattr one of an open file. */
    void setHandle(final long handle) {
        buffer.putInt(BODY, buffer.getInt(BODY) | GETATTR_FH);
        buffer.putLong(GETATTR_HANDLE, handle);
    }

    /** Tells which nodes the kernel forgets, if that is what the request is. */
    void forEachForgotten(final NodeConsumer consumer) {
        if (opcode() == FORGET) {
            consumer.accept(node());
        } else if (opcode() == BATCH_FORGET) {
            final int count = buffer.getInt(BODY);
            for (int i = 0; i < count; i++) {
                consumer.accept(buffer.getLong(BATCH_FIRST + i * BATCH_ENTRY_LENGTH));
            }
        }
    }

    /** Receives {@link #forEachForgotten}. */
    @FunctionalInterface
    interface NodeConsumer {
        void accept(long node);
    }
}
