package org.dsmfs.mount.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.dsmfs.layout.FileSystem;
import org.dsmfs.mount.MountException;
import org.dsmfs.mount.os.Libc;
import org.dsmfs.mount.os.MountTable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command line of dsm status. */
@Command(name = "status", mixinStandardHelpOptions = true, versionProvider = Version.class,
    description = "Shows space, pages by kind, cache hits, journal and versions of a mount, the members that share the "
        + "space, who is responsible for what, copies of pages, and messages to other nodes.")
final class StatusCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "MOUNTPOINT", description = "Directory that is mounted.")
    private Path mountPoint;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        final Path path = mountPoint.toAbsolutePath().normalize();
        final String name = json ? StatusReport.JSON_XATTR : StatusReport.TEXT_XATTR;
        final byte[] value = new byte[FileSystem.XATTR_SIZE_MAX];
        final long length = Libc.INSTANCE.getxattr(path.toString(), name, value, value.length);
        if (length < 0) {
            throw new MountException(reason(path));
        }
        final PrintWriter out = spec.commandLine().getOut();
        out.println(new String(Arrays.copyOf(value, (int) length), StandardCharsets.UTF_8).stripTrailing());
        out.flush();
        return CommandLine.ExitCode.OK;
    }

    private static String reason(final Path path) {
        final MountTable.Entry mounted = MountTable.find(path);
        if (mounted == null || !mounted.type().equals(MountPoint.TYPE)) {
            return path + " is not a dsm mount point; findmnt -t " + MountPoint.TYPE + " lists them";
        }
        return "the mount on " + path + " does not answer: its process has ended; mount again, or umount " + path;
    }
}
