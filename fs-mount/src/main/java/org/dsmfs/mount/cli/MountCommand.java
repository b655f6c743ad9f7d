package org.dsmfs.mount.cli;

import ch.qos.logback.classic.Level;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.dsmfs.engine.NodeConfig;
import org.dsmfs.engine.SpaceConfig;
import org.dsmfs.mount.MountException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command line of dsm-mount. */
@Command(name = "dsm-mount", versionProvider = Version.class, mixinStandardHelpOptions = true, sortOptions = false,
    usageHelpAutoWidth = true, abbreviateSynopsis = true,
    description = "Mounts a shared space as a filesystem, and returns when the mount answers.",
    footer = {"", "SIZE is a number with K, M, G or T. Unmount with umount or fusermount -u, or end the process "
        + "with SIGTERM. See dsm-mount(8), dsm(8)."})
final class MountCommand implements Callable<Integer> {
    private static final long MEMORY_DEFAULT_MAX_BYTES = 1L << 30;
    private static final int MEMORY_DEFAULT_SHARE = 4;
    private static final int NAME_MAX = 64;
    private static final Pattern NAME_FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0," + (NAME_MAX - 1) + "}");
    private static final String NAME_DEFAULT = "dsm";

    @Parameters(index = "0", paramLabel = "MOUNTPOINT", description = "Directory to mount on.")
    private Path mountPoint;

    @Option(names = "--name", paramLabel = "NAME",
        description = "Name of the space: picks the store and the log, and shows in mount tables. "
            + "Default: the last part of --store, otherwise dsm.")
    private String name;

    @Option(names = "--store", paramLabel = "DIR",
        description = "Directory that holds the space on this node's disk; made if missing. Default: "
            + "/var/lib/dsm/NAME, for other users than root ~/.local/share/dsm/NAME.")
    private Path store;

    @Option(names = "--memory", paramLabel = "SIZE", converter = ByteSize.class,
        description = "RAM for cached pages, at least 32M. Default: a quarter of the RAM, at most 1G.")
    private Long memoryBytes;

    @Option(names = "--disk", paramLabel = "SIZE", converter = ByteSize.class, defaultValue = "0",
        description = "Most that the store may take on disk, at least 256M; 0 for as much as the disk has. "
            + "Default: ${DEFAULT-VALUE}.")
    private long diskBytes;

    @Option(names = "--data-page", paramLabel = "SIZE", converter = ByteSize.class, defaultValue = "0",
        description = "Page size of file data, 4K to 128K, fixed when the space is created. Default: 32K.")
    private long dataPageBytes;

    @Option(names = "--copies", paramLabel = "N", defaultValue = "1",
        description = "Nodes that hold each page. Default: ${DEFAULT-VALUE}.")
    private int copies;

    @Option(names = "--listen", paramLabel = "ADDRESS:PORT",
        description = "Where other nodes reach this one; it takes 10 ports from there on. Default: where it was last "
            + "time, or 127.0.0.1 and the first free of the ports 7400, 7410, ...")
    private String listen;

    @Option(names = "--join", paramLabel = "HOST[:PORT]", split = ",",
        description = "Join the space of these nodes; a new store only, an old one knows its space. Default port: 7400.")
    private List<String> join = new ArrayList<>();

    @Option(names = "--consensus", paramLabel = "HOST[:PORT]", split = ",",
        description = "The 1, 3 or 5 nodes, this one among them, that keep the list of members of a new space. "
            + "Default: this node.")
    private List<String> consensus = new ArrayList<>();

    @Option(names = "--key-file", paramLabel = "FILE",
        description = "The key that all nodes of the space hold, 32 bytes in hexadecimal or Base64; needed to listen on "
            + "other addresses than loopback. dsm keygen makes one.")
    private Path keyFile;

    @Option(names = "--front-end", paramLabel = "NAME",
        description = "How to talk to the kernel: kernel (the protocol of /dev/fuse, from Linux 5.4 on) or jnr-fuse "
            + "(libfuse 2). Default: kernel if it is possible.")
    private String frontEnd;

    @Option(names = "--fsync", paramLabel = "WHEN", defaultValue = "disk",
        description = "What fsync waits for: disk. Default: ${DEFAULT-VALUE}.")
    private String fsync;

    @Option(names = "-o", paramLabel = "OPTION[,OPTION]...",
        description = "Mount options: ro, rw, relatime, noatime, strictatime, suid, nosuid, dev, nodev, exec, "
            + "noexec, allow_other, allow_root, nonempty, default_permissions (always on), fsname=NAME. Each long "
            + "option of this list may be given here too, as in -o memory=2G.")
    private List<String> mountOptions = new ArrayList<>();

    @Option(names = "--log-level", paramLabel = "LEVEL", defaultValue = "info",
        description = "error, warn, info, debug or trace. Default: ${DEFAULT-VALUE}.")
    private String logLevel;

    @Option(names = "--log-file", paramLabel = "FILE",
        description = "Where to log. Default: /var/log/dsm/NAME.log, for other users than root "
            + "~/.local/state/dsm/NAME.log; with --foreground standard error.")
    private Path logFile;

    @Option(names = {"-f", "--foreground"}, description = "Stay in the foreground.")
    private boolean foreground;

    private final SpaceOpener opener;

    MountCommand(final SpaceOpener opener) {
        this.opener = opener;
    }

    @Override
    public Integer call() {
        final MountSettings settings = settings();
        new MountProcess(settings, opener).run();
        return CommandLine.ExitCode.OK;
    }

    /** @throws MountException naming the first value that is wrong */
    MountSettings settings() {
        if (name != null && !NAME_FORM.matcher(name).matches()) {
            throw new MountException("--name: '" + name + "' is not a name: up to " + NAME_MAX
                + " letters, digits, '.', '_', '-', beginning with a letter or digit");
        }
        if (copies != 1) {
            throw new MountException("--copies: " + copies
                + " is not possible: there is one node, and it can hold one copy only");
        }
        checkFsync();
        final MountOptions options = MountOptions.parse(mountOptions);
        final UserDirectories directories = UserDirectories.current();
        final String spaceName = name == null ? defaultName() : name;
        final Path storePath = (store == null ? directories.store(spaceName) : store).toAbsolutePath().normalize();
        final Path logPath = foreground && logFile == null ? null
            : (logFile == null ? directories.log(spaceName) : logFile).toAbsolutePath().normalize();
        final long pageBytes = dataPageBytes > Integer.MAX_VALUE ? Integer.MAX_VALUE : dataPageBytes;
        final SpaceConfig space = new SpaceConfig(storePath, memoryBytes == null ? defaultMemoryBytes() : memoryBytes,
            diskBytes, (int) pageBytes);
        final NodeConfig node = new NodeConfig(listen == null ? null : address("--listen", listen),
            addresses("--join", join), addresses("--consensus", consensus), keyFile);
        return new MountSettings(spaceName, mountPoint.toAbsolutePath().normalize(), space, node,
            frontEnd == null ? FrontEnd.preferred() : FrontEnd.of(frontEnd), options, level(), logPath, foreground);
    }

    private static List<String> addresses(final String option, final List<String> values) {
        return values.stream().map(value -> address(option, value)).toList();
    }

    /** @return HOST:PORT, the host as a literal, since nodes must agree on who is who */
    private static String address(final String option, final String value) {
        final int colon = value.lastIndexOf(':');
        final boolean hasPort = colon > value.lastIndexOf(']');
        final String host = hasPort ? value.substring(0, colon) : value;
        final String port = hasPort ? value.substring(colon + 1) : Integer.toString(NodeConfig.DEFAULT_PORT);
        if (!port.matches("\\d{1,5}") || Integer.parseInt(port) < 1
            || Integer.parseInt(port) > NodeConfig.MAX_PORT) {
            throw new MountException(option + ": '" + port + "' is not a port from 1 to " + NodeConfig.MAX_PORT);
        }
        try {
            final InetAddress resolved = InetAddress.getByName(host);
            final String literal = resolved.getHostAddress();
            return (resolved instanceof Inet6Address ? "[" + literal + "]" : literal) + ":" + port;
        } catch (final UnknownHostException e) {
            throw new MountException(option + ": host '" + host + "' is unknown: check its name, or give its address");
        }
    }

    private String defaultName() {
        final Path last = store == null ? null : store.toAbsolutePath().normalize().getFileName();
        return last != null && NAME_FORM.matcher(last.toString()).matches() ? last.toString() : NAME_DEFAULT;
    }

    private void checkFsync() {
        if (fsync.equals("replicated")) {
            throw new MountException("--fsync: 'replicated' is not possible: there is one node, and no other whose "
                + "memory could hold the data; use --fsync=disk");
        }
        if (!fsync.equals("disk")) {
            throw new MountException("--fsync: unknown value '" + fsync + "'; known: disk");
        }
    }

    private Level level() {
        final Level level = Level.toLevel(logLevel, null);
        if (level == null || level == Level.ALL || level == Level.OFF) {
            throw new MountException("--log-level: unknown level '" + logLevel
                + "'; known: error, warn, info, debug, trace");
        }
        return level;
    }

    private static long defaultMemoryBytes() {
        final long share = PhysicalMemory.totalBytes() / MEMORY_DEFAULT_SHARE;
        return Math.max(SpaceConfig.MIN_MEMORY_BYTES, Math.min(MEMORY_DEFAULT_MAX_BYTES, share));
    }
}
