package org.dsmfs.layout;

/** What stat(2) and statx(2) tell of an inode. Mutable and reused, so that an answer allocates nothing. */
public final class Attributes {
    /** Inode number, stable for the inode's life, never reused. */
    public long ino;
    /** Type and permissions, S_IFMT | 07777. */
    public int mode;
    /** Hard links; of a directory 2 + its subdirectories. */
    public int nlink;
    /** Owner. */
    public int uid;
    /** Group. */
    public int gid;
    /** Device number of a device file as makedev(3) encodes it (Linux, 32 bits), else 0. */
    public int rdev;
    /** Bytes. */
    public long size;
    /** Units of 512 bytes that exist: holes do not count. */
    public long blocks;
    /** Preferred I/O size, bytes. */
    public int blockSize;
    /** Last access: seconds since the epoch, and nanoseconds 0..999,999,999. */
    public long atimeSeconds;
    /** @see #atimeSeconds */
    public int atimeNanos;
    /** Last change of the content. */
    public long mtimeSeconds;
    /** @see #mtimeSeconds */
    public int mtimeNanos;
    /** Last change of the inode. */
    public long ctimeSeconds;
    /** @see #ctimeSeconds */
    public int ctimeNanos;
    /** Birth. */
    public long btimeSeconds;
    /** @see #btimeSeconds */
    public int btimeNanos;
    /** Nothing of it may be changed (chattr +i). */
    public boolean isImmutable;
    /** It may only grow (chattr +a). */
    public boolean isAppendOnly;
}
