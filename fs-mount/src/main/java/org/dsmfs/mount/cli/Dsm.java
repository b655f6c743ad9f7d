package org.dsmfs.mount.cli;

import ch.qos.logback.classic.Level;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program dsm. */
@Command(name = "dsm", mixinStandardHelpOptions = true, versionProvider = Version.class, synopsisSubcommandLabel =
    "COMMAND", subcommands = {StatusCommand.class, CheckCommand.class, KeygenCommand.class,
    LeaveCommand.class},
    description = "Looks at spaces and mounts, makes cluster keys, and takes nodes out of a space. dsm-mount mounts a "
        + "space.")
public final class Dsm {
    /** fsck(8): operational error. */
    private static final int FSCK_OPERATIONAL_ERROR = 8;
    /** fsck(8): usage error. */
    private static final int FSCK_USAGE_ERROR = 16;

    private Dsm() {
    }

    /** @param arguments see dsm(8) */
    public static void main(final String[] arguments) {
        Logging.toStandardError(Level.ERROR);
        System.exit(program().execute(arguments));
    }

    static CommandLine program() {
        final CommandLine program = Program.of(new Dsm());
        program.getSubcommands().get("fsck").getCommandSpec().exitCodeOnInvalidInput(FSCK_USAGE_ERROR);
        program.getSubcommands().get("fsck").getCommandSpec().exitCodeOnExecutionException(FSCK_OPERATIONAL_ERROR);
        return program;
    }
}
