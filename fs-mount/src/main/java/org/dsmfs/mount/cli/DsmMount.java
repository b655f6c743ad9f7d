package org.dsmfs.mount.cli;

import org.dsmfs.engine.node.SharedSpace;

/** The program dsm-mount. */
public final class DsmMount {
    private DsmMount() {
    }

    /** @param arguments see dsm-mount(8) */
    public static void main(final String[] arguments) {
        System.exit(Program.of(new MountCommand(SharedSpace::open, UserDirectories.current()))
            .execute(FstabSettings.expand(arguments)));
    }
}
