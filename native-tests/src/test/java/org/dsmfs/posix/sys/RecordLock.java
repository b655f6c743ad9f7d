package org.dsmfs.posix.sys;

import java.nio.ByteBuffer;

/**
 * A lock on a range of bytes, struct flock of fcntl(2).
 *
 * @param start  from the file's start
 * @param length 0: to the end of the file, however far it grows
 * @param pid    of the holder, in answers; 0 in requests
 */
public record RecordLock(Type type, long start, long length, int pid) {
    /** Kind of lock; the ordinals are the kernel's numbers. */
    public enum Type { READ, WRITE, UNLOCK }

    /** fcntl's lock commands: the process's locks and the open file description's. */
    public enum Command {
        F_GETLK(5), F_SETLK(6), F_SETLKW(7), F_OFD_GETLK(36), F_OFD_SETLK(37), F_OFD_SETLKW(38);

        private final int number;

        Command(final int number) {
            this.number = number;
        }

        public int number() {
            return number;
        }
    }

    private static final int STRUCT_FLOCK_LENGTH = 32;

    public static RecordLock read(final long start, final long length) {
        return new RecordLock(Type.READ, start, length, 0);
    }

    public static RecordLock write(final long start, final long length) {
        return new RecordLock(Type.WRITE, start, length, 0);
    }

    public static RecordLock unlock(final long start, final long length) {
        return new RecordLock(Type.UNLOCK, start, length, 0);
    }

    byte[] encode() {
        final byte[] structure = new byte[STRUCT_FLOCK_LENGTH];
        Posix.structure(structure).putShort(0, (short) type.ordinal()).putShort(2, (short) Descriptor.SEEK_SET)
            .putLong(8, start).putLong(16, length).putInt(24, pid);
        return structure;
    }

    static RecordLock decode(final byte[] structure) {
        final ByteBuffer in = Posix.structure(structure);
        return new RecordLock(Type.values()[in.getShort(0)], in.getLong(8), in.getLong(16), in.getInt(24));
    }
}
