package org.dsmfs.mount.jnrfuse;

import jnr.ffi.Memory;
import jnr.ffi.Runtime;
import jnr.ffi.Struct;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.layout.Attributes;
import org.dsmfs.layout.FileSystemStatus;
import ru.serce.jnrfuse.struct.FileStat;
import ru.serce.jnrfuse.struct.Flock;
import ru.serce.jnrfuse.struct.FuseContext;
import ru.serce.jnrfuse.struct.Statvfs;

/**
 * Where libfuse's and the C library's structures hold their fields, as offsets in bytes. Taken from jnr-fuse's
 * declarations, which know the processor; where those are wrong, from fuse.h and fuse_common.h of libfuse 2.9.
 */
final class FuseLayout {
    private static final Runtime RUNTIME = Runtime.getSystemRuntime();
    private static final FuseContext CONTEXT = new FuseContext(RUNTIME);
    private static final FileStat STAT = new FileStat(RUNTIME);
    private static final Statvfs STATVFS = new Statvfs(RUNTIME);
    private static final Flock FLOCK = Flock.of(Memory.allocateDirect(RUNTIME, 64));

    /** struct fuse_context. */
    static final int CONTEXT_LENGTH = Struct.size(CONTEXT);
    static final int CONTEXT_UID = (int) CONTEXT.uid.offset();
    static final int CONTEXT_GID = (int) CONTEXT.gid.offset();
    static final int CONTEXT_PID = (int) CONTEXT.pid.offset();
    static final int CONTEXT_UMASK = (int) CONTEXT.umask.offset();

    /** struct fuse_file_info: jnr-fuse has bytes where there are bit fields. */
    static final int FILE_INFO_LENGTH = 40;
    static final int FILE_INFO_FLAGS = 0;
    static final int FILE_INFO_BITS = 20;
    static final int FILE_INFO_HANDLE = 24;
    static final int FILE_INFO_LOCK_OWNER = 32;
    static final int BIT_KEEP_CACHE = 1 << 1;
    static final int BIT_FLOCK_RELEASE = 1 << 4;

    /** struct fuse_conn_info. */
    static final int CONNECTION_LENGTH = 128;
    static final int CONNECTION_CAPABLE = 20;
    static final int CONNECTION_WANT = 24;

    /** struct stat. */
    static final int STAT_LENGTH = Struct.size(STAT);
    private static final int STAT_INO = (int) STAT.st_ino.offset();
    private static final int STAT_MODE = (int) STAT.st_mode.offset();
    private static final int STAT_NLINK = (int) STAT.st_nlink.offset();
    private static final int STAT_UID = (int) STAT.st_uid.offset();
    private static final int STAT_GID = (int) STAT.st_gid.offset();
    private static final int STAT_RDEV = (int) STAT.st_rdev.offset();
    private static final int STAT_SIZE = (int) STAT.st_size.offset();
    private static final int STAT_BLKSIZE = (int) STAT.st_blksize.offset();
    private static final int STAT_BLOCKS = (int) STAT.st_blocks.offset();
    private static final int STAT_ATIME = (int) STAT.st_atim.tv_sec.offset();
    private static final int STAT_MTIME = (int) STAT.st_mtim.tv_sec.offset();
    private static final int STAT_CTIME = (int) STAT.st_ctim.tv_sec.offset();

    /** struct timespec: seconds, then nanoseconds, 64 bits each. */
    static final int TIMESPEC_LENGTH = 16;
    static final int TIMESPEC_NANOS = 8;

    /** struct flock. */
    static final int FLOCK_LENGTH = Struct.size(FLOCK);
    static final int FLOCK_TYPE = (int) FLOCK.l_type.offset();
    static final int FLOCK_START = (int) FLOCK.l_start.offset();
    static final int FLOCK_LEN = (int) FLOCK.l_len.offset();
    static final int FLOCK_PID = (int) FLOCK.l_pid.offset();

    /** struct statvfs. */
    static final int STATVFS_LENGTH = Struct.size(STATVFS);

    private FuseLayout() {
    }

    /** Fills a {@code struct stat} that libfuse has cleared: the upper half of a 64-bit link count stays 0. */
    static void putStat(final UnsafeBuffer stat, final Attributes attributes) {
        putInode(stat, attributes.ino, attributes.mode);
        stat.putInt(STAT_NLINK, attributes.nlink);
        stat.putInt(STAT_UID, attributes.uid);
        stat.putInt(STAT_GID, attributes.gid);
        stat.putLong(STAT_RDEV, Integer.toUnsignedLong(attributes.rdev));
        stat.putLong(STAT_SIZE, attributes.size);
        stat.putInt(STAT_BLKSIZE, attributes.blockSize);
        stat.putLong(STAT_BLOCKS, attributes.blocks);
        putTime(stat, STAT_ATIME, attributes.atimeSeconds, attributes.atimeNanos);
        putTime(stat, STAT_MTIME, attributes.mtimeSeconds, attributes.mtimeNanos);
        putTime(stat, STAT_CTIME, attributes.ctimeSeconds, attributes.ctimeNanos);
    }

    /** Fills the part of a {@code struct stat} that a directory entry has. */
    static void putInode(final UnsafeBuffer stat, final long ino, final int mode) {
        stat.putLong(STAT_INO, ino);
        stat.putInt(STAT_MODE, mode);
    }

    private static void putTime(final UnsafeBuffer stat, final int offset, final long seconds, final int nanos) {
        stat.putLong(offset, seconds);
        stat.putLong(offset + TIMESPEC_NANOS, nanos);
    }

    /** Fills a {@code struct statvfs}. */
    static void putStatvfs(final UnsafeBuffer statvfs, final FileSystemStatus status) {
        statvfs.putLong((int) STATVFS.f_bsize.offset(), status.blockSize());
        statvfs.putLong((int) STATVFS.f_frsize.offset(), status.blockSize());
        statvfs.putLong((int) STATVFS.f_blocks.offset(), status.blocks());
        statvfs.putLong((int) STATVFS.f_bfree.offset(), status.blocksFree());
        statvfs.putLong((int) STATVFS.f_bavail.offset(), status.blocksAvail());
        statvfs.putLong((int) STATVFS.f_files.offset(), status.files());
        statvfs.putLong((int) STATVFS.f_ffree.offset(), status.filesFree());
        statvfs.putLong((int) STATVFS.f_favail.offset(), status.filesFree());
        statvfs.putLong((int) STATVFS.f_namemax.offset(), status.nameMax());
    }
}
