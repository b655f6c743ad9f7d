package org.dsmfs.mount.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.dsmfs.engine.network.secure.ClusterKey;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The command line of dsm keygen. */
@Command(name = "keygen", mixinStandardHelpOptions = true, versionProvider = Version.class,
    description = "Makes a cluster key in a new file that only its owner may read. All nodes of a space hold the same "
        + "key: copy the file to each of them, and name it with dsm-mount --key-file.")
final class KeygenCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "FILE", description = "File to make.")
    private Path file;

    @Override
    public Integer call() {
        ClusterKey.generate(file.toAbsolutePath().normalize());
        return CommandLine.ExitCode.OK;
    }
}
