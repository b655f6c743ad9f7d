package org.dsmfs.posix.support;

import java.util.function.Consumer;
import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.FileStatus;
import org.dsmfs.posix.sys.Posix;

/** The types of files, inode(7). */
public enum FileType {
    REGULAR(FileStatus.S_IFREG, path -> Descriptor.create(path).close()),
    DIRECTORY(FileStatus.S_IFDIR, path -> Posix.mkdir(path, 0755)),
    FIFO(FileStatus.S_IFIFO, path -> Posix.mkfifo(path, 0644)),
    CHARACTER_DEVICE(FileStatus.S_IFCHR, path -> Posix.mknod(path, FileStatus.S_IFCHR | 0644, 1, 3)),
    BLOCK_DEVICE(FileStatus.S_IFBLK, path -> Posix.mknod(path, FileStatus.S_IFBLK | 0644, 7, 0)),
    SOCKET(FileStatus.S_IFSOCK, path -> Posix.mknod(path, FileStatus.S_IFSOCK | 0644, 0, 0)),
    SYMLINK(FileStatus.S_IFLNK, path -> Posix.symlink("nowhere", path));

    private final int modeBits;
    private final Consumer<String> maker;

    FileType(final int modeBits, final Consumer<String> maker) {
        this.modeBits = modeBits;
        this.maker = maker;
    }

    void make(final String path) {
        maker.accept(path);
    }

    /** The type's bits of st_mode. */
    public int modeBits() {
        return modeBits;
    }

    /** Removes a file of this type: rmdir for directories, unlink otherwise. */
    public void remove(final String path) {
        if (this == DIRECTORY) {
            Posix.rmdir(path);
        } else {
            Posix.unlink(path);
        }
    }
}
