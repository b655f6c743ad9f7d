package org.dsmfs.mount.cli;

import ch.qos.logback.classic.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.dsmfs.engine.NodeConfig;
import org.dsmfs.engine.SpaceConfig;
import org.dsmfs.engine.StartObserver;
import org.dsmfs.engine.node.SharedSpace;
import org.dsmfs.mount.MountException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command line of dsm leave. */
@Command(name = "leave", mixinStandardHelpOptions = true, versionProvider = Version.class,
    description = "Takes a node, which is not mounted, out of its space for good: the other nodes take over everything that "
        + "only it has, then its store is deleted.")
final class LeaveCommand implements Callable<Integer> {
    private static final long MEMORY_BYTES = 256L << 20;

    @Parameters(index = "0", paramLabel = "STORE", description = "Directory of the node's store.")
    private Path store;

    @Option(names = "--key-file", paramLabel = "FILE", description = "The cluster key, if the space has one.")
    private Path keyFile;

    @Override
    public Integer call() {
        final Path path = store.toAbsolutePath().normalize();
        if (!Stores.exists(path)) {
            throw new MountException("there is no dsm store in " + path);
        }
        // What it says of its progress.
        Logging.toStandardError(Level.INFO);
        SharedSpace.leave(new SpaceConfig(path, MEMORY_BYTES, 0, 0), new NodeConfig(null, List.of(), List.of(), keyFile),
            StartObserver.SILENT);
        return CommandLine.ExitCode.OK;
    }
}
