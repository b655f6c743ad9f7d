package org.dsmfs.mount.kernel;

/**
 * Where a request holds its fields: the structures {@code fuse_*_in} of linux/fuse.h, protocol 7.31 and later. Offsets
 * are in bytes from the end of the header; names and other text follow the structure, each ended by a NUL.
 */
final class RequestLayout {
    private RequestLayout() {
    }

    /** struct fuse_in_header; offsets from its own start. */
    static final class Header {
        static final int LENGTH = 0;
        static final int OPCODE = 4;
        static final int UNIQUE = 8;
        static final int NODE = 16;
        static final int UID = 24;
        static final int GID = 28;
        static final int PID = 32;
        static final int SIZE = 40;
    }

    /** struct fuse_init_in; FLAGS2 since 7.36, if FLAGS say so. */
    static final class Init {
        static final int MAJOR = 0;
        static final int MINOR = 4;
        static final int MAX_READAHEAD = 8;
        static final int FLAGS = 12;
        static final int FLAGS2 = 16;
    }

    /** struct fuse_forget_in. */
    static final class Forget {
        static final int COUNT = 0;
    }

    /** struct fuse_batch_forget_in, then struct fuse_forget_one for each. */
    static final class BatchForget {
        static final int NODES = 0;
        static final int FIRST = 8;
        static final int ONE_NODE = 0;
        static final int ONE_COUNT = 8;
        static final int ONE_SIZE = 16;
    }

    /** struct fuse_setattr_in. */
    static final class SetAttr {
        static final int VALID = 0;
        static final int SIZE = 16;
        static final int ATIME = 32;
        static final int MTIME = 40;
        static final int ATIME_NANOS = 56;
        static final int MTIME_NANOS = 60;
        static final int MODE = 68;
        static final int UID = 76;
        static final int GID = 80;

        static final int VALID_MODE = 1;
        static final int VALID_UID = 1 << 1;
        static final int VALID_GID = 1 << 2;
        static final int VALID_SIZE = 1 << 3;
        static final int VALID_ATIME = 1 << 4;
        static final int VALID_MTIME = 1 << 5;
        static final int VALID_ATIME_NOW = 1 << 7;
        static final int VALID_MTIME_NOW = 1 << 8;
        static final int VALID_KILL_SUIDGID = 1 << 11;
    }

    /** struct fuse_mknod_in. */
    static final class Mknod {
        static final int MODE = 0;
        static final int RDEV = 4;
        static final int UMASK = 8;
        static final int NAME = 16;
    }

    /** struct fuse_mkdir_in. */
    static final class Mkdir {
        static final int MODE = 0;
        static final int UMASK = 4;
        static final int NAME = 8;
    }

    /** struct fuse_create_in; TMPFILE has it too. */
    static final class Create {
        static final int FLAGS = 0;
        static final int MODE = 4;
        static final int UMASK = 8;
        static final int OPEN_FLAGS = 12;
        static final int NAME = 16;
    }

    /** struct fuse_rename_in. */
    static final class Rename {
        static final int NEW_PARENT = 0;
        static final int NAMES = 8;
    }

    /** struct fuse_rename2_in. */
    static final class Rename2 {
        static final int NEW_PARENT = 0;
        static final int FLAGS = 8;
        static final int NAMES = 16;
    }

    /** struct fuse_link_in. */
    static final class Link {
        static final int OLD_NODE = 0;
        static final int NAME = 8;
    }

    /** struct fuse_open_in; OPENDIR has it too. */
    static final class Open {
        static final int FLAGS = 0;
        static final int OPEN_FLAGS = 4;

        static final int OPEN_KILL_SUIDGID = 1;
    }

    /** struct fuse_release_in. */
    static final class Release {
        static final int HANDLE = 0;
        static final int RELEASE_FLAGS = 12;
        static final int LOCK_OWNER = 16;

        static final int RELEASE_FLOCK_UNLOCK = 1 << 1;
    }

    /** struct fuse_flush_in. */
    static final class Flush {
        static final int HANDLE = 0;
        static final int LOCK_OWNER = 16;
    }

    /** struct fuse_read_in; READDIR and READDIRPLUS have it too. */
    static final class Read {
        static final int OFFSET = 8;
        static final int LENGTH = 16;
    }

    /** struct fuse_write_in. */
    static final class Write {
        static final int OFFSET = 8;
        static final int LENGTH = 16;
        static final int WRITE_FLAGS = 20;
        static final int FLAGS = 32;
        static final int DATA = 40;

        static final int WRITE_CACHE = 1;
        static final int WRITE_KILL_SUIDGID = 1 << 2;
    }

    /** struct fuse_setxattr_in; FLAGS_EXTENDED only as negotiated, without it the structure ends before. */
    static final class SetXattr {
        static final int LENGTH = 0;
        static final int FLAGS = 4;
        static final int FLAGS_EXTENDED = 8;
        static final int NAME = 8;
        static final int NAME_EXTENDED = 16;

        static final int ACL_KILL_SGID = 1;
    }

    /** struct fuse_getxattr_in; LISTXATTR has it too. */
    static final class GetXattr {
        static final int LENGTH = 0;
        static final int NAME = 8;
    }

    /** struct fuse_lk_in. */
    static final class Lock {
        static final int HANDLE = 0;
        static final int OWNER = 8;
        static final int START = 16;
        static final int END = 24;
        static final int TYPE = 32;
        static final int PID = 36;
        static final int FLAGS = 40;

        static final int FLAG_FLOCK = 1;
    }

    /** struct fuse_ioctl_in. */
    static final class Ioctl {
        static final int COMMAND = 12;
        static final int DATA = 32;
    }

    /** struct fuse_interrupt_in. */
    static final class Interrupt {
        static final int UNIQUE = 0;
    }

    /** struct fuse_fallocate_in. */
    static final class Fallocate {
        static final int OFFSET = 8;
        static final int LENGTH = 16;
        static final int MODE = 24;
    }

    /** struct fuse_lseek_in. */
    static final class Lseek {
        static final int OFFSET = 8;
        static final int WHENCE = 16;
    }

    /** struct fuse_copy_file_range_in. */
    static final class CopyFileRange {
        static final int SOURCE_OFFSET = 8;
        static final int TARGET_NODE = 16;
        static final int TARGET_OFFSET = 32;
        static final int LENGTH = 40;
    }
}
