package org.dsmfs.posix.support;

import static org.dsmfs.posix.sys.Descriptor.O_DIRECTORY;
import static org.dsmfs.posix.sys.Descriptor.O_NOFOLLOW;
import static org.dsmfs.posix.sys.Descriptor.O_RDONLY;

import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.DirectoryReader;
import org.dsmfs.posix.sys.FileStatus;
import org.dsmfs.posix.sys.Posix;

/** Removes a tree whatever its names' bytes and however long its paths. */
public final class TreeRemoval {
    private TreeRemoval() {
    }

    public static void remove(final String path) {
        try (Descriptor directory = Descriptor.open(path, O_RDONLY | O_DIRECTORY)) {
            removeContent(directory);
        }
        Posix.rmdir(path);
    }

    private static void removeContent(final Descriptor directory) {
        try (DirectoryReader reader = new DirectoryReader(directory.duplicate(),
            DirectoryReader.USUAL_BATCH_BYTES)) {
            for (final DirectoryReader.Entry entry : reader.rest()) {
                if (!entry.name().equals(".") && !entry.name().equals("..")) {
                    removeEntry(directory, entry.name());
                }
            }
        }
    }

    private static void removeEntry(final Descriptor directory, final String name) {
        if (directory.statAt(name).type() != FileStatus.S_IFDIR) {
            directory.unlinkAt(name, 0);
            return;
        }
        try (Descriptor child = directory.openAt(name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0)) {
            removeContent(child);
        }
        directory.unlinkAt(name, Posix.AT_REMOVEDIR);
    }
}
