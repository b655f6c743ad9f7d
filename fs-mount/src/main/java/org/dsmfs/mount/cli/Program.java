package org.dsmfs.mount.cli;

import java.io.PrintWriter;
import org.dsmfs.engine.EngineException;
import org.dsmfs.layout.LayoutException;
import org.dsmfs.mount.MountException;
import picocli.CommandLine;

/** Runs a command line, with each foreseen error as one line on standard error. */
final class Program {
    private Program() {
    }

    /** @return a parser that reports errors as the program does */
    static CommandLine of(final Object command) {
        final CommandLine program = new CommandLine(command);
        program.setParameterExceptionHandler((failure, arguments) -> {
            final CommandLine failed = failure.getCommandLine();
            final String name = failed.getCommandSpec().qualifiedName(" ");
            report(failed, name + ": " + oneLine(failure.getMessage()) + " (" + name + " --help)");
            return failed.getCommandSpec().exitCodeOnInvalidInput();
        });
        program.setExecutionExceptionHandler((failure, failed, result) -> {
            final String name = failed.getCommandSpec().qualifiedName(" ");
            if (failure instanceof MountException || failure instanceof EngineException
                || failure instanceof LayoutException) {
                report(failed, name + ": " + oneLine(failure.getMessage()));
                return failed.getCommandSpec().exitCodeOnExecutionException();
            }
            throw failure;
        });
        return program;
    }

    private static void report(final CommandLine program, final String line) {
        final PrintWriter err = program.getErr();
        err.println(line);
        err.flush();
    }

    private static String oneLine(final String message) {
        return message.replaceAll("\\s*\\R\\s*", "; ");
    }
}
