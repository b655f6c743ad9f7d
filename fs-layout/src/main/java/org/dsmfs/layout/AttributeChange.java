package org.dsmfs.layout;

/** Which attributes {@link FileSystem#setAttributes} shall set, and to what. Mutable and reusable. */
public final class AttributeChange {
    /** Set {@link #mode}: permission bits 07777 only. */
    public boolean setMode;
    public int mode;
    /** Set {@link #uid}. */
    public boolean setUid;
    public int uid;
    /** Set {@link #gid}. */
    public boolean setGid;
    public int gid;
    /** Set {@link #size}, 0..2^63-1. */
    public boolean setSize;
    public long size;
    /** Set the access time, to now (UTIME_NOW) if {@link #atimeNow}. */
    public boolean setAtime;
    public boolean atimeNow;
    public long atimeSeconds;
    public int atimeNanos;
    /** Set the modification time, to now if {@link #mtimeNow}. */
    public boolean setMtime;
    public boolean mtimeNow;
    public long mtimeSeconds;
    public int mtimeNanos;
    /** Set {@link #isImmutable} and {@link #isAppendOnly}, as {@link Attributes} has them. */
    public boolean setProtection;
    public boolean isImmutable;
    public boolean isAppendOnly;
}
