package org.dsmfs.layout;

/**
 * Abandons a run that would make a file grow over data pages of its former content: they must be freed first, in
 * transactions of their own. Not an error: the operation then runs again.
 */
final class TrimPendingException extends RuntimeException {
    private final long ino;

    TrimPendingException(final long ino) {
        super("data pages of inode " + ino + " are to be freed first", null, false, false);
        this.ino = ino;
    }

    long ino() {
        return ino;
    }
}
