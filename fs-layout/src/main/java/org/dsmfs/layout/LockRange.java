package org.dsmfs.layout;

/** A POSIX or OFD byte-range lock, or the one that stands in its way. Mutable, reusable. */
public final class LockRange {
    /** Shared (F_RDLCK). */
    public static final int READ = 0;
    /** Exclusive (F_WRLCK). */
    public static final int WRITE = 1;
    /** None (F_UNLCK). */
    public static final int UNLOCKED = 2;

    /** READ, WRITE or UNLOCKED. */
    public int type;
    /** First byte, 0..2^63-1. */
    public long start;
    /** Last byte, inclusive; 2^63-1 for "to the end of the file, wherever that will be". */
    public long end;
    /** Process that holds the lock, as F_GETLK reports it; 0 if it is on another node. */
    public int pid;
}
