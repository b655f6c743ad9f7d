package org.dsmfs.layout;

/** Type bits of a mode, and the other mode bits with rules of their own; values of sys/stat.h. */
final class FileType {
    static final int MASK = 0170000;
    static final int SOCKET = 0140000;
    static final int SYMLINK = 0120000;
    static final int REGULAR = 0100000;
    static final int BLOCK_DEVICE = 0060000;
    static final int DIRECTORY = 0040000;
    static final int CHARACTER_DEVICE = 0020000;
    static final int FIFO = 0010000;

    /** Everything chmod can set. */
    static final int PERMISSIONS = 07777;
    static final int SET_UID = 04000;
    static final int SET_GID = 02000;
    static final int GROUP_EXECUTE = 0010;

    private FileType() {
    }

    static int of(final int mode) {
        return mode & MASK;
    }

    static boolean isDirectory(final int mode) {
        return of(mode) == DIRECTORY;
    }

    static boolean isRegular(final int mode) {
        return of(mode) == REGULAR;
    }

    static boolean isSymlink(final int mode) {
        return of(mode) == SYMLINK;
    }

    static boolean isDevice(final int mode) {
        return of(mode) == BLOCK_DEVICE || of(mode) == CHARACTER_DEVICE;
    }

    static boolean isKnown(final int mode) {
        return switch (of(mode)) {
            case SOCKET, SYMLINK, REGULAR, BLOCK_DEVICE, DIRECTORY, CHARACTER_DEVICE, FIFO -> true;
            default -> false;
        };
    }
}
