package org.dsmfs.posix.sys;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;

/**
 * What statx(2) tells.
 *
 * @param blocks 512-byte units
 * @param born   {@code Instant.MIN} where the filesystem keeps no birth time
 */
public record FileStatus(
        int mode, long links, int uid, int gid, long device, int majorNumber, int minorNumber, long inode, long size,
        long blocks, int blockSize, Instant accessed, Instant modified, Instant changed, Instant born) {
    static final int STATX_LENGTH = 256;
    private static final int STATX_BTIME = 0x800;

    public static final int S_IFMT = 0170000;
    public static final int S_IFSOCK = 0140000;
    public static final int S_IFLNK = 0120000;
    public static final int S_IFREG = 0100000;
    public static final int S_IFBLK = 0060000;
    public static final int S_IFDIR = 0040000;
    public static final int S_IFCHR = 0020000;
    public static final int S_IFIFO = 0010000;

    static FileStatus decode(final byte[] statx) {
        final ByteBuffer in = ByteBuffer.wrap(statx).order(ByteOrder.nativeOrder());
        final boolean hasBirthTime = (in.getInt(0) & STATX_BTIME) != 0;
        return new FileStatus(
            in.getShort(28) & 0xFFFF, in.getInt(16) & 0xFFFFFFFFL, in.getInt(20), in.getInt(24),
            (long) in.getInt(136) << 32 | in.getInt(140), in.getInt(128), in.getInt(132), in.getLong(32),
            in.getLong(40), in.getLong(48), in.getInt(4),
            instant(in, 64), instant(in, 112), instant(in, 96), hasBirthTime ? instant(in, 80) : Instant.MIN);
    }

    private static Instant instant(final ByteBuffer in, final int index) {
        return Instant.ofEpochSecond(in.getLong(index), in.getInt(index + 8));
    }

    /** The same without the device number, which is a mount's own. */
    public FileStatus onAnyMount() {
        return new FileStatus(mode, links, uid, gid, 0, majorNumber, minorNumber, inode, size, blocks, blockSize,
            accessed, modified, changed, born);
    }

    public int permissions() {
        return mode & 07777;
    }

    public int type() {
        return mode & S_IFMT;
    }
}
