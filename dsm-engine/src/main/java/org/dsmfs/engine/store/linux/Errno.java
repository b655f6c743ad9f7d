package org.dsmfs.engine.store.linux;

import org.dsmfs.engine.store.DiskException;

/** Errno values of Linux that the disk tells apart, and their wording. */
final class Errno {
    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int EIO = 5;
    static final int EACCES = 13;
    static final int EEXIST = 17;
    static final int ENOTDIR = 20;
    static final int ENOSPC = 28;
    static final int EROFS = 30;
    static final int EWOULDBLOCK = 11;

    private Errno() {
    }

    /**
     * @param operation what was tried, as in "cannot {operation} {path}"
     * @param path      what it was tried on
     * @param errno     what it failed with
     * @return an exception with a message of one line that ends with the remedy, where there is one
     */
    static DiskException exception(final String operation, final Object path, final int errno) {
        final String remedy = remedy(errno);
        return new DiskException("cannot " + operation + " " + path + ": " + LibC.INSTANCE.strerror(errno)
            + (remedy.isEmpty() ? "" : "; " + remedy), errno);
    }

    private static String remedy(final int errno) {
        switch (errno) {
            case ENOENT:
                return "create the directory that should hold it, or choose another with --store";
            case EACCES:
                return "run as a user who may write there, or choose another directory with --store";
            case ENOTDIR:
                return "choose a directory with --store";
            case ENOSPC:
                return "make room on that disk, or choose another with --store";
            case EROFS:
                return "mount that disk for writing, open the store read-only, or choose another with --store";
            default:
                return "";
        }
    }
}
