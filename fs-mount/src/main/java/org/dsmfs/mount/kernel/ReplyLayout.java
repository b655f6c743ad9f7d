package org.dsmfs.mount.kernel;

/**
 * Where a reply holds its fields: the structures {@code fuse_*_out} of linux/fuse.h, protocol 7.31 and later. Offsets
 * are in bytes from the start of the structure.
 */
final class ReplyLayout {
    private ReplyLayout() {
    }

    /** struct fuse_out_header. */
    static final class Header {
        static final int LENGTH = 0;
        static final int ERROR = 4;
        static final int UNIQUE = 8;
        static final int SIZE = 16;
    }

    /** struct fuse_init_out. */
    static final class Init {
        static final int MAJOR = 0;
        static final int MINOR = 4;
        static final int MAX_READAHEAD = 8;
        static final int FLAGS = 12;
        static final int MAX_BACKGROUND = 16;
        static final int CONGESTION_THRESHOLD = 18;
        static final int MAX_WRITE = 20;
        static final int TIME_GRANULARITY = 24;
        static final int MAX_PAGES = 28;
        static final int FLAGS2 = 32;
        static final int SIZE = 64;
    }

    /** struct fuse_attr. */
    static final class Attr {
        static final int INO = 0;
        static final int FILE_SIZE = 8;
        static final int BLOCKS = 16;
        static final int ATIME = 24;
        static final int MTIME = 32;
        static final int CTIME = 40;
        static final int ATIME_NANOS = 48;
        static final int MTIME_NANOS = 52;
        static final int CTIME_NANOS = 56;
        static final int MODE = 60;
        static final int NLINK = 64;
        static final int UID = 68;
        static final int GID = 72;
        static final int RDEV = 76;
        static final int BLOCK_SIZE = 80;
        static final int FLAGS = 84;
        static final int SIZE = 88;
    }

    /** struct fuse_attr_out. */
    static final class AttrOut {
        static final int VALID_SECONDS = 0;
        static final int VALID_NANOS = 8;
        static final int ATTR = 16;
        static final int SIZE = ATTR + Attr.SIZE;
    }

    /** struct fuse_entry_out. */
    static final class Entry {
        static final int NODE = 0;
        static final int ENTRY_VALID_SECONDS = 16;
        static final int ATTR_VALID_SECONDS = 24;
        static final int ATTR = 40;
        static final int SIZE = ATTR + Attr.SIZE;
    }

    /** struct fuse_statx_out: validity, then struct fuse_statx. */
    static final class Statx {
        static final int VALID_SECONDS = 0;
        static final int MASK = 32;
        static final int BLOCK_SIZE = 36;
        static final int NLINK = 48;
        static final int UID = 52;
        static final int GID = 56;
        static final int MODE = 60;
        static final int INO = 64;
        static final int FILE_SIZE = 72;
        static final int BLOCKS = 80;
        static final int ATIME = 96;
        static final int BTIME = 112;
        static final int CTIME = 128;
        static final int MTIME = 144;
        static final int RDEV_MAJOR = 160;
        static final int RDEV_MINOR = 164;
        static final int SIZE = 288;

        /** Of struct fuse_sx_time. */
        static final int TIME_NANOS = 8;
        /** STATX_BASIC_STATS and STATX_BTIME (linux/stat.h). */
        static final int MASK_ALL = 0xfff;
    }

    /** struct fuse_open_out. */
    static final class Open {
        static final int HANDLE = 0;
        static final int FLAGS = 8;
        static final int SIZE = 16;

        static final int DIRECT_IO = 1;
        static final int KEEP_CACHE = 1 << 1;
        static final int CACHE_DIR = 1 << 3;
        static final int PARALLEL_DIRECT_WRITES = 1 << 6;
    }

    /** struct fuse_kstatfs. */
    static final class Statfs {
        static final int BLOCKS = 0;
        static final int BLOCKS_FREE = 8;
        static final int BLOCKS_AVAILABLE = 16;
        static final int FILES = 24;
        static final int FILES_FREE = 32;
        static final int BLOCK_SIZE = 40;
        static final int NAME_MAX = 44;
        static final int FRAGMENT_SIZE = 48;
        static final int SIZE = 80;
    }

    /** struct fuse_lk_out. */
    static final class Lock {
        static final int START = 0;
        static final int END = 8;
        static final int TYPE = 16;
        static final int PID = 20;
        static final int SIZE = 24;
    }

    /** struct fuse_ioctl_out. */
    static final class Ioctl {
        static final int SIZE = 16;
    }

    /** struct fuse_dirent. */
    static final class Dirent {
        static final int INO = 0;
        static final int COOKIE = 8;
        static final int NAME_LENGTH = 16;
        static final int TYPE = 20;
        static final int NAME = 24;
    }

    /** FUSE_NOTIFY_INC_EPOCH, which is a header only. */
    static final int NEW_EPOCH_CODE = 8;

    /** struct fuse_notify_inval_inode_out. */
    static final class InvalidateInode {
        static final int CODE = 2;

        static final int INO = 0;
        static final int OFFSET = 8;
        static final int LENGTH = 16;
        static final int SIZE = 24;
    }
}
