package org.dsmfs.mount.cli;

import java.nio.file.Path;
import org.dsmfs.mount.os.Libc;

/**
 * Where a user's stores and logs go unless told otherwise.
 *
 * @param data  directory of stores
 * @param state directory of logs
 */
record UserDirectories(Path data, Path state) {
    /** @return the system's for root, those of the XDG base directory specification's defaults for others */
    static UserDirectories current() {
        if (Libc.INSTANCE.geteuid() == 0) {
            return new UserDirectories(Path.of("/var/lib/dsm"), Path.of("/var/log/dsm"));
        }
        final Path home = Path.of(System.getProperty("user.home"));
        return new UserDirectories(home.resolve(".local/share/dsm"), home.resolve(".local/state/dsm"));
    }

    Path store(final String name) {
        return data.resolve(name);
    }

    Path log(final String name) {
        return state.resolve(name + ".log");
    }
}
