package org.dsmfs.mount.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.dsmfs.engine.SpaceConfig;
import org.dsmfs.engine.node.LocalSpace;
import org.dsmfs.engine.node.SharedSpace;
import org.dsmfs.layout.FileSystemCheck;
import org.dsmfs.mount.MountException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command line of dsm fsck. */
@Command(name = "fsck", mixinStandardHelpOptions = true, versionProvider = Version.class,
    description = "Checks the filesystem in a store that is not mounted: every page against its checksum, every name, "
        + "link count and page against each other. Repairs nothing, but "
        + "after a crash first replays the journal, as a mount would.",
    footer = {"", "Exit code: 0 no errors, 4 errors found, 8 the check itself failed, 16 wrong usage."})
final class CheckCommand implements Callable<Integer> {
    /** fsck(8): errors are left uncorrected. */
    static final int ERRORS_LEFT = 4;

    private static final long MEMORY_BYTES = 256L << 20;

    @Parameters(index = "0", paramLabel = "STORE", description = "Directory of the store.")
    private Path store;

    @Option(names = {"-q", "--quiet"}, description = "Print nothing if there are no errors.")
    private boolean quiet;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        final PrintWriter out = spec.commandLine().getOut();
        final Path path = store.toAbsolutePath().normalize();
        if (!Stores.exists(path)) {
            throw new MountException("there is no dsm store in " + path);
        }
        final boolean isShared = SharedSpace.isShared(path);
        final List<String> findings;
        try (LocalSpace space = LocalSpace.open(new SpaceConfig(path, MEMORY_BYTES, 0, 0))) {
            findings = new ArrayList<>(space.findDamagedPages());
            if (!isShared) {
                findings.addAll(FileSystemCheck.check(space));
            }
        }
        findings.forEach(out::println);
        if (!findings.isEmpty()) {
            out.println(path + ": " + findings.size() + " errors");
        } else if (!quiet) {
            out.println(path + (isShared ? ": all pages are whole; names and links were not checked, since other nodes have "
                + "a part of them" : ": clean"));
        }
        out.flush();
        return findings.isEmpty() ? 0 : ERRORS_LEFT;
    }
}
