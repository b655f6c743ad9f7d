package org.dsmfs.layout;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * A POSIX filesystem by inode numbers, one method per operation, for any front end. Each method is atomic and
 * linearizable. Errors are {@link ErrnoException}s; each method names those that the caller must expect beside EIO
 * (damaged page, stopped space), ENOSPC (whatever needs a page), ESTALE (an inode that no longer exists), ENOTDIR (an
 * inode that should be a directory is not), EPERM (a change of what is immutable or append-only) and, for methods with
 * a name, EINVAL (empty, or has '/' or NUL, "." or ".." where a new name is made) and ENAMETOOLONG (over 255 bytes).
 * Access rights are checked by the kernel.
 *
 * <p>Names are bytes, 1..255. A name argument is {@code byte[]}; nothing is assumed of its encoding. Attributes of the
 * result go to an {@code out} argument. Thread-safe.
 */
public interface FileSystem extends AutoCloseable {
    /** Inode number of the root directory. */
    long ROOT = 1;
    /** Longest name, bytes. */
    int NAME_MAX = 255;
    /** Longest extended attribute value, bytes. */
    int XATTR_SIZE_MAX = 65536;

    /** {@link #rename}: fail with EEXIST if the target exists (linux/fs.h). */
    int RENAME_NOREPLACE = 1;
    /** {@link #rename}: exchange the two names atomically (linux/fs.h). */
    int RENAME_EXCHANGE = 2;

    /** {@link #setXattr}: fail with EEXIST if it exists (linux/xattr.h). */
    int XATTR_CREATE = 1;
    /** {@link #setXattr}: fail with ENODATA if it does not exist (linux/xattr.h). */
    int XATTR_REPLACE = 2;

    /** {@link #allocate}: do not change the size (linux/falloc.h). */
    int FALLOC_KEEP_SIZE = 0x01;
    /** {@link #allocate}: make a hole; with {@link #FALLOC_KEEP_SIZE}. */
    int FALLOC_PUNCH_HOLE = 0x02;
    /** {@link #allocate}: remove the range, moving what follows down; page-aligned. */
    int FALLOC_COLLAPSE_RANGE = 0x08;
    /** {@link #allocate}: make the range read as zeros. */
    int FALLOC_ZERO_RANGE = 0x10;
    /** {@link #allocate}: insert a hole, moving what follows up; page-aligned. */
    int FALLOC_INSERT_RANGE = 0x20;

    // --- names ---------------------------------------------------------------------------------------------------

    /**
     * Looks a name up, "." and ".." included.
     *
     * @throws ErrnoException ENOENT
     */
    void lookup(long parent, byte[] name, Attributes out);

    /**
     * {@link #lookup} for somebody who opens what was found only after that: for a second at least the inode can be
     * opened here, also if another node takes its last name meanwhile. A removal on this node frees it all the same.
     *
     * @throws ErrnoException ENOENT
     */
    void lookupToOpen(long parent, byte[] name, Attributes out);

    /** @throws ErrnoException ESTALE */
    void getAttributes(long ino, Attributes out);

    /**
     * chmod, chown, truncate and utimensat in one. ctime becomes now if anything is set; a size change clears
     * setuid/setgid as write does and sets mtime (also to the same size, POSIX ftruncate); a change of owner or group
     * of a regular file clears setuid and (if group-executable) setgid; a mode change rewrites the access ACL's mask.
     *
     * @throws ErrnoException EISDIR or EINVAL for the size of something else than a regular file, EFBIG
     */
    void setAttributes(Caller caller, long ino, AttributeChange change, Attributes out);

    /**
     * mknod: a regular file, FIFO, socket or device. Mode is type and permissions; umask, default ACL of the parent
     * and setgid inheritance are applied here, for {@link #create}, {@link #mkdir} and {@link #symlink} likewise.
     *
     * @throws ErrnoException EEXIST, ENOENT (parent was removed), EINVAL (type)
     */
    void mknod(Caller caller, long parent, byte[] name, int mode, int rdev, Attributes out);

    /**
     * Makes a regular file and opens it, as {@link #open} does.
     *
     * @param exclusive whether an existing name is EEXIST; otherwise an existing regular file is opened
     * @return whether the file was made
     * @throws ErrnoException EEXIST, ENOENT, EISDIR, ELOOP (a symbolic link)
     */
    boolean create(Caller caller, long parent, byte[] name, int mode, boolean exclusive, Attributes out);

    /** O_TMPFILE: makes an open regular file without a name; {@link #link} can give it one. */
    void createTemporary(Caller caller, long parent, int mode, Attributes out);

    /** @throws ErrnoException EEXIST, ENOENT, EMLINK */
    void mkdir(Caller caller, long parent, byte[] name, int mode, Attributes out);

    /** @throws ErrnoException EEXIST, ENOENT, ENAMETOOLONG (target over 4095 bytes) */
    void symlink(Caller caller, long parent, byte[] name, byte[] target, Attributes out);

    /** @throws ErrnoException EINVAL (not a symbolic link) */
    byte[] readlink(long ino);

    /** @throws ErrnoException EEXIST, ENOENT, EPERM (a directory), EMLINK */
    void link(Caller caller, long ino, long newParent, byte[] newName, Attributes out);

    /**
     * Removes a name of something other than a directory. The inode lives on while it is open.
     *
     * @throws ErrnoException ENOENT, EISDIR
     */
    void unlink(Caller caller, long parent, byte[] name);

    /** @throws ErrnoException ENOENT, ENOTEMPTY, ENOTDIR, EINVAL (".") */
    void rmdir(Caller caller, long parent, byte[] name);

    /**
     * @param flags 0, {@link #RENAME_NOREPLACE} or {@link #RENAME_EXCHANGE}
     * @throws ErrnoException ENOENT, EEXIST, ENOTEMPTY, EISDIR, ENOTDIR, EINVAL (into itself; flags), EMLINK
     */
    void rename(Caller caller, long parent, byte[] name, long newParent, byte[] newName, int flags);

    // --- open inodes ---------------------------------------------------------------------------------------------

    /** Keeps the inode (any type) alive until {@link #release}. Counted: one release for each open. */
    void open(long ino, Attributes out);

    /** Ends one {@link #open}, {@link #create} or {@link #createTemporary}; frees an inode without a name. */
    void release(long ino);

    /**
     * Reads up to length bytes; less only at the end of the file. Updates atime as the mount's policy says.
     *
     * @return bytes read
     * @throws ErrnoException EISDIR, EINVAL
     */
    int read(long ino, long offset, MutableDirectBuffer target, int targetIndex, int length);

    /**
     * Reads as {@link #read} does, but never waits for leave to change the inode: atime is left to {@link #accessed}.
     *
     * @return bytes read
     * @throws ErrnoException EISDIR, EINVAL
     */
    int peek(long ino, long offset, MutableDirectBuffer target, int targetIndex, int length);

    /**
     * Updates atime as the mount's policy says, for what was read with {@link #peek}.
     *
     * @return whether atime was changed
     */
    boolean accessed(long ino);

    /**
     * Writes all of it, at the end of the file whatever the offset if append is set. Sets mtime and ctime, and clears
     * setuid and (if group-executable) setgid unless the caller is root.
     *
     * @return bytes written: length
     * @throws ErrnoException EFBIG, EISDIR, EINVAL
     */
    int write(Caller caller, long ino, long offset, DirectBuffer source, int sourceIndex, int length, boolean append);

    /**
     * fallocate(2).
     *
     * @param mode 0 or FALLOC_* bits
     * @throws ErrnoException EINVAL, EFBIG, EOPNOTSUPP, EISDIR
     */
    void allocate(Caller caller, long ino, int mode, long offset, long length);

    /**
     * lseek(2) with SEEK_DATA or SEEK_HOLE.
     *
     * @param hole whether to look for a hole
     * @return offset
     * @throws ErrnoException ENXIO (offset at or beyond the end, or no data behind it)
     */
    long seek(long ino, long offset, boolean hole);

    /**
     * copy_file_range(2) for one atomic piece; may copy less than asked.
     *
     * @return bytes copied, 0 at the end of the source
     * @throws ErrnoException EINVAL (overlap in one file), EFBIG, EISDIR
     */
    long copyRange(Caller caller, long sourceIno, long sourceOffset, long targetIno, long targetOffset, long length);

    /** Makes everything done to the inode so far, and the names that lead to it, durable. */
    void fsync(long ino);

    /** Makes everything done so far durable. */
    void sync();

    // --- directories ---------------------------------------------------------------------------------------------

    /**
     * Lists entries, "." and ".." first, in an order that does not change while the directory does: an entry present
     * throughout is listed exactly once.
     *
     * @param cookie 0, or the cookie of the last entry taken
     */
    void readDirectory(long ino, long cookie, EntrySink sink);

    /** Takes directory entries. */
    @FunctionalInterface
    interface EntrySink {
        /**
         * @param name   not to be kept
         * @param type   S_IFMT bits
         * @param cookie where to go on after this entry, 1..2^63-1
         * @return false if the entry was not taken, and no more shall come
         */
        boolean entry(byte[] name, long ino, int type, long cookie);
    }

    // --- extended attributes -------------------------------------------------------------------------------------

    /**
     * Sets user.*, trusted.*, security.* and system.posix_acl_access/_default; an access ACL also sets the mode.
     *
     * @param flags 0, {@link #XATTR_CREATE} or {@link #XATTR_REPLACE}
     * @throws ErrnoException EEXIST, ENODATA, EOPNOTSUPP (another namespace), ERANGE (name over 255 bytes), E2BIG
     *     (value over 64 KiB), EPERM (user.* on what is neither file nor directory), EINVAL (malformed ACL)
     */
    void setXattr(Caller caller, long ino, byte[] name, byte[] value, int flags);

    /** @throws ErrnoException ENODATA, EOPNOTSUPP */
    byte[] getXattr(long ino, byte[] name);

    /** @return the names, each followed by a NUL, as listxattr(2) does */
    byte[] listXattr(long ino);

    /** @throws ErrnoException ENODATA, EOPNOTSUPP */
    void removeXattr(Caller caller, long ino, byte[] name);

    // --- locks ---------------------------------------------------------------------------------------------------

    /** F_GETLK: replaces the range by the first lock that stands in its way, or its type by UNLOCKED. */
    void getLock(long ino, long owner, LockRange range);

    /**
     * F_SETLK for POSIX and OFD locks. Locks live as long as the inode is open on this node.
     *
     * @param owner the kernel's identity of the holder on this node
     * @return false if another owner's lock stands in the way: a caller that blocks tries again after
     *     {@link UnlockListener}
     */
    boolean setLock(long ino, long owner, LockRange range);

    /**
     * {@link #setLock} of a caller that has waited for a while: if it is denied, the wait is entered where the other
     * nodes see it, so that one of those who wait for each other finds that. It ends when the lock is granted, by
     * either method, or with {@link #stopAwaitingLock}.
     *
     * @throws ErrnoException EDEADLK if the caller would wait for itself: its wait is ended
     */
    boolean awaitLock(long ino, long owner, LockRange range);

    /** The caller of {@link #awaitLock} does not wait any more; to be called before it is told. */
    void stopAwaitingLock(long ino, long owner, LockRange range);

    /** Drops all POSIX locks of the owner on the inode, as close(2) of any descriptor does. */
    void dropLocks(long ino, long owner);

    /**
     * flock(2).
     *
     * @param type READ, WRITE or UNLOCKED of {@link LockRange}; a conversion drops the old lock even if it then fails
     * @return as {@link #setLock}
     */
    boolean setFlock(long ino, long owner, int type);

    /**
     * Is told, on any thread and briefly, that locks of an inode may have been released or weakened, here or on another
     * node. It must not call the filesystem, or wait for somebody who does.
     */
    void onUnlock(UnlockListener listener);

    /** Receives {@link #onUnlock}. */
    @FunctionalInterface
    interface UnlockListener {
        void unlocked(long ino);
    }

    // --- what a front end's clients have cached ------------------------------------------------------------------

    /**
     * Sets who takes back what was cached of an inode's answers: its attributes, ACLs and content, and of a directory
     * also its names, missing ones included. Nobody, null, if nothing is cached beyond the call. At most one.
     */
    void onRevoke(Revoker revoker);

    /** Receives {@link #onRevoke}. */
    interface Revoker {
        /**
         * Another node wants to change the inode. Must not block or call the filesystem.
         *
         * @param revoked to be run, by any thread that holds no lock, when nothing is cached any more; until then the
         *     other node waits. Answers that are given from its return on show the change
         * @return true if nothing is cached: {@code revoked} is not needed then
         */
        boolean revoke(long ino, Runnable revoked);

        /**
         * {@link #trustNs} is shorter from now on: what was cached for longer must not be. Must not call the
         * filesystem.
         */
        void shortenTrust();
    }

    /**
     * @return for how long what is answered now may be used without asking again, as long as it is not revoked: by then
     *     this node may stand still and not hear of a change. Long.MAX_VALUE for ever; nanoseconds
     */
    long trustNs();

    // --- the whole ----------------------------------------------------------------------------------------------

    /** statfs(2), telling the truth of the space. */
    FileSystemStatus status();

    /** Does what was left for later. To be called about once a second, by one thread, which may have to wait. */
    void tidy();

    /** Frees what was open without a name; makes everything durable. Does not close the space. */
    @Override
    void close();
}
