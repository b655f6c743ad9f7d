package org.dsmfs.posix.sys;

import static org.dsmfs.posix.sys.Native.LIBC;
import static org.dsmfs.posix.sys.Native.cString;
import static org.dsmfs.posix.sys.Native.check;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * System calls by path, on the {@link Mount} whose turn it is. Each one is the call of that name in section 2 of the
 * manual and throws {@link PosixException} where that returns -1. A path's chars are its bytes (ISO 8859-1).
 */
public final class Posix {
    public static final int AT_FDCWD = -100;
    public static final int AT_SYMLINK_NOFOLLOW = 0x100;
    public static final int AT_REMOVEDIR = 0x200;
    public static final int AT_SYMLINK_FOLLOW = 0x400;
    public static final int AT_EACCESS = 0x200;
    public static final int AT_EMPTY_PATH = 0x1000;

    public static final int F_OK = 0;
    public static final int X_OK = 1;
    public static final int W_OK = 2;
    public static final int R_OK = 4;

    public static final int RENAME_NOREPLACE = 1;
    public static final int RENAME_EXCHANGE = 2;

    /** {@link #chown}: leave this id as it is. */
    public static final int UNCHANGED = -1;

    /** An address that no process has mapped. */
    public static final long BAD_ADDRESS = 1;

    private static final int STATX_BASIC_AND_BIRTH = 0xFFF;
    private static final int PATH_MAX = 4096;

    private Posix() {
    }

    public static FileStatus stat(final String path) {
        return statx(AT_FDCWD, path, 0);
    }

    public static FileStatus lstat(final String path) {
        return statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW);
    }

    static FileStatus statx(final int directory, final String path, final int flags) {
        final byte[] result = new byte[FileStatus.STATX_LENGTH];
        check(LIBC.statx(directory, Mount.next().pathname(path), flags, STATX_BASIC_AND_BIRTH, result), "statx");
        return FileStatus.decode(result);
    }

    public static boolean exists(final String path) {
        try {
            lstat(path);
            return true;
        } catch (final PosixException e) {
            if (e.errno() == Errno.ENOENT) {
                return false;
            }
            throw e;
        }
    }

    public static FilesystemStatus statvfs(final String path) {
        final byte[] result = new byte[FilesystemStatus.STATVFS_LENGTH];
        check(LIBC.statvfs(Mount.next().pathname(path), result), "statvfs");
        return FilesystemStatus.decode(result);
    }

    /** Checks access with the effective ids. */
    public static void eaccess(final String path, final int mode) {
        check(LIBC.faccessat(AT_FDCWD, Mount.next().pathname(path), mode, AT_EACCESS), "faccessat");
    }

    public static void chmod(final String path, final int mode) {
        check(LIBC.chmod(Mount.next().pathname(path), mode), "chmod");
    }

    public static void chown(final String path, final int uid, final int gid) {
        check(LIBC.fchownat(AT_FDCWD, Mount.next().pathname(path), uid, gid, 0), "chown");
    }

    public static void lchown(final String path, final int uid, final int gid) {
        check(LIBC.fchownat(AT_FDCWD, Mount.next().pathname(path), uid, gid, AT_SYMLINK_NOFOLLOW), "lchown");
    }

    public static void truncate(final String path, final long length) {
        check(LIBC.truncate(Mount.next().pathname(path), length), "truncate");
    }

    public static void utimensat(final String path, final TimeChange accessed, final TimeChange modified,
                                 final int flags) {
        final byte[] times = TimeChange.timespecs(accessed, modified);
        check(LIBC.utimensat(AT_FDCWD, Mount.next().pathname(path), times, flags), "utimensat");
    }

    public static void setTimes(final String path, final Instant accessed, final Instant modified) {
        utimensat(path, TimeChange.to(accessed), TimeChange.to(modified), 0);
    }

    public static void mkdir(final String path, final int mode) {
        check(LIBC.mkdirat(AT_FDCWD, Mount.next().pathname(path), mode), "mkdir");
    }

    public static void rmdir(final String path) {
        check(LIBC.rmdir(Mount.next().pathname(path)), "rmdir");
    }

    public static void mkfifo(final String path, final int mode) {
        check(LIBC.mkfifo(Mount.next().pathname(path), mode), "mkfifo");
    }

    /** mode holds type and permissions. */
    public static void mknod(final String path, final int mode, final int majorNumber, final int minorNumber) {
        final long device = (minorNumber & 0xFF) | (majorNumber & 0xFFF) << 8 | (minorNumber & ~0xFFL) << 12;
        check(LIBC.mknod(Mount.next().pathname(path), mode, device), "mknod");
    }

    public static void link(final String oldPath, final String newPath) {
        linkat(oldPath, newPath, 0);
    }

    public static void linkat(final String oldPath, final String newPath, final int flags) {
        final Mount mount = Mount.next();
        check(LIBC.linkat(AT_FDCWD, mount.pathname(oldPath), AT_FDCWD, mount.pathname(newPath), flags), "link");
    }

    public static void symlink(final String target, final String path) {
        check(LIBC.symlink(cString(target), Mount.next().pathname(path)), "symlink");
    }

    public static String readlink(final String path) {
        final byte[] target = new byte[PATH_MAX];
        final int length = (int) check(LIBC.readlink(Mount.next().pathname(path), target, target.length), "readlink");
        return new String(target, 0, length, StandardCharsets.ISO_8859_1);
    }

    public static void unlink(final String path) {
        check(LIBC.unlink(Mount.next().pathname(path)), "unlink");
    }

    public static void rename(final String oldPath, final String newPath) {
        final Mount mount = Mount.next();
        check(LIBC.rename(mount.pathname(oldPath), mount.pathname(newPath)), "rename");
    }

    public static void renameat2(final String oldPath, final String newPath, final int flags) {
        final Mount mount = Mount.next();
        check(LIBC.renameat2(AT_FDCWD, mount.pathname(oldPath), AT_FDCWD, mount.pathname(newPath), flags), "renameat2");
    }

    // --- extended attributes, never through a symbolic link ------------------------------------------------------

    public static void setxattr(final String path, final String name, final byte[] value, final int flags) {
        check(LIBC.lsetxattr(Mount.next().pathname(path), cString(name), value, value.length, flags), "lsetxattr");
    }

    public static byte[] getxattr(final String path, final String name) {
        final byte[] value = new byte[0x10000];
        return Arrays.copyOf(value, (int) getxattr(path, name, value, value.length));
    }

    /** Returns the value's length; {@code capacity} 0 asks for nothing but that. */
    public static long getxattr(final String path, final String name, final byte[] value, final int capacity) {
        return check(LIBC.lgetxattr(Mount.next().pathname(path), cString(name), value, capacity), "lgetxattr");
    }

    public static List<String> listxattr(final String path) {
        final byte[] list = new byte[0x10000];
        final int length = (int) listxattr(path, list, list.length);
        if (length == 0) {
            return List.of();
        }
        return List.of(new String(list, 0, length, StandardCharsets.ISO_8859_1).split("\0"));
    }

    /** Returns the list's length in bytes; {@code capacity} 0 asks for nothing but that. */
    public static long listxattr(final String path, final byte[] list, final int capacity) {
        return check(LIBC.llistxattr(Mount.next().pathname(path), list, capacity), "llistxattr");
    }

    public static void removexattr(final String path, final String name) {
        check(LIBC.lremovexattr(Mount.next().pathname(path), cString(name)), "lremovexattr");
    }

    // --- the process ---------------------------------------------------------------------------------------------

    /** Sets the process's file mode creation mask and returns the one before. */
    public static int umask(final int mask) {
        return LIBC.umask(mask);
    }

    public static boolean isRoot() {
        return LIBC.geteuid() == 0;
    }

    // --- calls with a path outside of the process's memory -------------------------------------------------------

    /** The calls of {@code path} operations with {@link #BAD_ADDRESS} in its place; each should throw EFAULT. */
    public static List<Runnable> callsWithBadAddress(final String otherPath) {
        final byte[] other = cString(otherPath);
        return List.of(
            () -> check(LIBC.open(BAD_ADDRESS, 0, 0), "open"),
            () -> check(LIBC.chmod(BAD_ADDRESS, 0644), "chmod"),
            () -> check(LIBC.chown(BAD_ADDRESS, 0, 0), "chown"),
            () -> check(LIBC.truncate(BAD_ADDRESS, 0), "truncate"),
            () -> check(LIBC.mkdir(BAD_ADDRESS, 0755), "mkdir"),
            () -> check(LIBC.rmdir(BAD_ADDRESS), "rmdir"),
            () -> check(LIBC.mkfifo(BAD_ADDRESS, 0644), "mkfifo"),
            () -> check(LIBC.link(BAD_ADDRESS, other), "link"),
            () -> check(LIBC.symlink(other, BAD_ADDRESS), "symlink"),
            () -> check(LIBC.unlink(BAD_ADDRESS), "unlink"),
            () -> check(LIBC.rename(BAD_ADDRESS, other), "rename"));
    }

    /** The bytes of a structure being built or read. */
    static ByteBuffer structure(final byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    }
}
