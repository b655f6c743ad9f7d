package org.dsmfs.mount.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.dsmfs.engine.store.Superblock;

/** Directories that hold a space. */
final class Stores {
    private Stores() {
    }

    /** @return whether the directory holds a store, of whatever version and health */
    static boolean exists(final Path directory) {
        return Files.exists(directory.resolve(Superblock.FILE));
    }
}
