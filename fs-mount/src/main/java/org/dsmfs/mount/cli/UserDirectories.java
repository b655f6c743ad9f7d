package org.dsmfs.mount.cli;

import java.nio.file.Path;
import org.dsmfs.mount.os.Libc;

/**
 * Where a user's stores, logs and configuration files are unless told otherwise.
 *
 * @param data   directory of stores
 * @param state  directory of logs
 * @param config directory of configuration files
 */
record UserDirectories(Path data, Path state, Path config) {
    /** @return the system's for root, those of the XDG base directory specification's defaults for others */
    static UserDirectories current() {
        if (Libc.INSTANCE.geteuid() == 0) {
            return new UserDirectories(Path.of("/var/lib/dsm"), Path.of("/var/log/dsm"), Path.of("/etc/dsm"));
        }
        final Path home = Path.of(System.getProperty("user.home"));
        return new UserDirectories(home.resolve(".local/share/dsm"), home.resolve(".local/state/dsm"),
            home.resolve(".config/dsm"));
    }

    Path store(final String name) {
        return data.resolve(name);
    }

    Path log(final String name) {
        return state.resolve(name + ".log");
    }

    Path config(final String name) {
        return config.resolve(name + ".conf");
    }
}
