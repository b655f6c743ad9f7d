package org.dsmfs.posix.sys;

import static org.dsmfs.posix.sys.Native.LIBC;
import static org.dsmfs.posix.sys.Native.check;
import static org.dsmfs.posix.sys.Native.cString;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** An open file descriptor and the system calls on it; each throws {@link PosixException} where it returns -1. */
public final class Descriptor implements AutoCloseable {
    public static final int O_RDONLY = 0;
    public static final int O_WRONLY = 01;
    public static final int O_RDWR = 02;
    public static final int O_CREAT = 0100;
    public static final int O_EXCL = 0200;
    public static final int O_TRUNC = 01000;
    public static final int O_APPEND = 02000;
    public static final int O_NONBLOCK = 04000;
    public static final int O_DSYNC = 010000;
    public static final int O_DIRECTORY = 0200000;
    public static final int O_NOFOLLOW = 0400000;
    public static final int O_CLOEXEC = 02000000;
    public static final int O_SYNC = 04010000;
    public static final int O_PATH = 010000000;
    public static final int O_TMPFILE = 020000000 | O_DIRECTORY;

    public static final int SEEK_SET = 0;
    public static final int SEEK_CUR = 1;
    public static final int SEEK_END = 2;
    public static final int SEEK_DATA = 3;
    public static final int SEEK_HOLE = 4;

    public static final int FALLOC_KEEP_SIZE = 0x01;
    public static final int FALLOC_PUNCH_HOLE = 0x02;
    public static final int FALLOC_COLLAPSE_RANGE = 0x08;
    public static final int FALLOC_ZERO_RANGE = 0x10;
    public static final int FALLOC_INSERT_RANGE = 0x20;

    public static final int LOCK_SH = 1;
    public static final int LOCK_EX = 2;
    public static final int LOCK_NB = 4;
    public static final int LOCK_UN = 8;

    /** Inode flags of ioctl_iflags(2). */
    public static final int FS_IMMUTABLE_FL = 0x10;
    public static final int FS_APPEND_FL = 0x20;

    private static final long FS_IOC_GETFLAGS = 0x80086601L;
    private static final long FS_IOC_SETFLAGS = 0x40086602L;
    private static final long SYS_COPY_FILE_RANGE = 326;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;

    private final int fd;

    private Descriptor(final int fd) {
        this.fd = fd;
    }

    public static Descriptor open(final String path, final int flags) {
        return open(path, flags, 0);
    }

    public static Descriptor open(final String path, final int flags, final int mode) {
        return new Descriptor(check(LIBC.open(Mount.next().pathname(path), flags | O_CLOEXEC, mode), "open"));
    }

    /** Makes or empties the file, mode 0644, and opens it for reading and writing. */
    public static Descriptor create(final String path) {
        return open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);
    }

    public Descriptor openAt(final String name, final int flags, final int mode) {
        return new Descriptor(check(LIBC.openat(fd, cString(name), flags | O_CLOEXEC, mode), "openat"));
    }

    public Descriptor duplicate() {
        return new Descriptor(check(LIBC.dup(fd), "dup"));
    }

    /** The descriptor as a path, to link what has no name. */
    public String procPath() {
        return "/proc/self/fd/" + fd;
    }

    int number() {
        return fd;
    }

    // --- data ----------------------------------------------------------------------------------------------------

    public byte[] read(final int length) {
        final byte[] buffer = new byte[length];
        return Arrays.copyOf(buffer, (int) check(LIBC.read(fd, buffer, length), "read"));
    }

    public byte[] pread(final long offset, final int length) {
        final byte[] buffer = new byte[length];
        return Arrays.copyOf(buffer, (int) check(LIBC.pread(fd, buffer, length, offset), "pread"));
    }

    /** Writes all of it or throws. */
    public void write(final byte[] data) {
        requireAll(data, check(LIBC.write(fd, data, data.length), "write"));
    }

    /** Writes all of it or throws. */
    public void pwrite(final long offset, final byte[] data) {
        requireAll(data, check(LIBC.pwrite(fd, data, data.length, offset), "pwrite"));
    }

    private static void requireAll(final byte[] data, final long written) {
        if (written != data.length) {
            throw new AssertionError("wrote " + written + " of " + data.length + " bytes");
        }
    }

    /** Writes from an address that is not mapped; should throw EFAULT. */
    public void writeFromBadAddress() {
        check(LIBC.write(fd, Posix.BAD_ADDRESS, 1), "write");
    }

    public long seek(final long offset, final int whence) {
        return check(LIBC.lseek(fd, offset, whence), "lseek");
    }

    public void truncate(final long length) {
        check(LIBC.ftruncate(fd, length), "ftruncate");
    }

    public void allocate(final int mode, final long offset, final long length) {
        check(LIBC.fallocate(fd, mode, offset, length), "fallocate");
    }

    public void posixAllocate(final long offset, final long length) {
        final int error = LIBC.posix_fallocate(fd, offset, length);
        if (error != 0) {
            throw new PosixException("posix_fallocate", Errno.of(error));
        }
    }

    /** copy_file_range(2) between the files' own positions; returns the bytes copied. */
    public long copyRangeTo(final Descriptor target, final long length) {
        return check(LIBC.syscall(SYS_COPY_FILE_RANGE, fd, 0, target.fd, 0, length, 0), "copy_file_range");
    }

    public void sync() {
        check(LIBC.fsync(fd), "fsync");
    }

    public void syncData() {
        check(LIBC.fdatasync(fd), "fdatasync");
    }

    public void syncFilesystem() {
        check(LIBC.syncfs(fd), "syncfs");
    }

    // --- attributes ----------------------------------------------------------------------------------------------

    public FileStatus stat() {
        return Posix.statx(fd, "", Posix.AT_EMPTY_PATH);
    }

    public void chmod(final int mode) {
        check(LIBC.fchmod(fd, mode), "fchmod");
    }

    public void chown(final int uid, final int gid) {
        check(LIBC.fchown(fd, uid, gid), "fchown");
    }

    public void setTimes(final TimeChange accessed, final TimeChange modified) {
        check(LIBC.futimens(fd, TimeChange.timespecs(accessed, modified)), "futimens");
    }

    /** FS_IOC_GETFLAGS of ioctl_iflags(2). */
    public int inodeFlags() {
        final ByteBuffer flags = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        check(LIBC.ioctl(fd, FS_IOC_GETFLAGS, flags.array()), "ioctl(FS_IOC_GETFLAGS)");
        return flags.getInt(0);
    }

    /** FS_IOC_SETFLAGS of ioctl_iflags(2). */
    public void setInodeFlags(final int flags) {
        final ByteBuffer argument = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(0, flags);
        check(LIBC.ioctl(fd, FS_IOC_SETFLAGS, argument.array()), "ioctl(FS_IOC_SETFLAGS)");
    }

    public int statusFlags() {
        return check(LIBC.fcntl(fd, F_GETFL, 0L), "fcntl(F_GETFL)");
    }

    public void setStatusFlags(final int flags) {
        check(LIBC.fcntl(fd, F_SETFL, flags), "fcntl(F_SETFL)");
    }

    // --- locks ---------------------------------------------------------------------------------------------------

    public void flock(final int operation) {
        check(LIBC.flock(fd, operation), "flock");
    }

    /** fcntl(2) with one of the lock commands; what F_GETLK and F_OFD_GETLK answer is returned. */
    public RecordLock fcntl(final RecordLock.Command command, final RecordLock lock) {
        final byte[] structure = lock.encode();
        check(LIBC.fcntl(fd, command.number(), structure), "fcntl(" + command + ")");
        return RecordLock.decode(structure);
    }

    // --- names below a directory ---------------------------------------------------------------------------------

    public FileStatus statAt(final String name) {
        return Posix.statx(fd, name, Posix.AT_SYMLINK_NOFOLLOW);
    }

    public void mkdirAt(final String name, final int mode) {
        check(LIBC.mkdirat(fd, cString(name), mode), "mkdirat");
    }

    /** flags is 0 or {@link Posix#AT_REMOVEDIR}. */
    public void unlinkAt(final String name, final int flags) {
        check(LIBC.unlinkat(fd, cString(name), flags), "unlinkat");
    }

    public void renameAt(final String name, final Descriptor newDirectory, final String newName) {
        check(LIBC.renameat2(fd, cString(name), newDirectory.fd, cString(newName), 0), "renameat");
    }

    @Override
    public void close() {
        check(LIBC.close(fd), "close");
    }
}
