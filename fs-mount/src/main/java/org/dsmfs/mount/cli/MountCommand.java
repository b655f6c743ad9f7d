package org.dsmfs.mount.cli;

import ch.qos.logback.classic.Level;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.dsmfs.engine.NodeConfig;
import org.dsmfs.engine.SpaceConfig;
import org.dsmfs.mount.MountException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command line of dsm-mount. */
@Command(name = "dsm-mount", versionProvider = Version.class, mixinStandardHelpOptions = true, sortOptions = false,
    usageHelpAutoWidth = true, abbreviateSynopsis = true,
    description = "Mounts a shared space as a filesystem, and returns when the mount answers.",
    footer = {"", "SIZE is a number with K, M, G or T. Unmount with umount or fusermount -u, or end the process "
        + "with SIGTERM. What the command line does not say may be in /etc/dsm/NAME.conf, for other users than root "
        + "~/.config/dsm/NAME.conf, in lines such as memory = 2G. See dsm-mount(8), dsm(8)."})
final class MountCommand implements Callable<Integer> {
    private static final long MEMORY_DEFAULT_MAX_BYTES = 1L << 30;
    private static final int MEMORY_DEFAULT_SHARE = 4;
    private static final int NAME_MAX = 64;
    private static final Pattern NAME_FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0," + (NAME_MAX - 1) + "}");
    private static final String NAME_DEFAULT = "dsm";
    /** Options that make no sense in a configuration file. */
    private static final Set<String> COMMAND_LINE_ONLY = Set.of("name", "foreground", "help", "version");

    @Parameters(index = "0", paramLabel = "MOUNTPOINT", description = "Directory to mount on.")
    private Path mountPoint;

    @Option(names = "--name", paramLabel = "NAME",
        description = "Name of the space: picks configuration file, store and log, and shows in mount tables. "
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

    @Option(names = "--listen", paramLabel = "ADDRESS[:PORT]",
        description = "Where other nodes reach this one; it takes 10 ports from there on. none for a node that never "
            + "has neighbours, and does without network. Default: where it was last time, or 127.0.0.1 and the first "
            + "free of the ports 7400, 7410, ...")
    private String listen;

    @Option(names = "--join", paramLabel = "HOST[:PORT]", split = ",",
        description = "Join the space of these nodes; a new store only, an old one knows its space. Default port: 7400.")
    private List<String> join = new ArrayList<>();

    @Option(names = "--consensus", paramLabel = "HOST[:PORT]", split = ",",
        description = "The 1, 3 or 5 nodes that keep the list of members of a new space; the first of them makes the "
            + "space, the others join it. Default: this node.")
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

    @Option(names = {"-o", "--options"}, paramLabel = "OPTION[,OPTION]...",
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

    @Spec
    private CommandSpec spec;

    private final SpaceOpener opener;
    private final UserDirectories directories;

    MountCommand(final SpaceOpener opener, final UserDirectories directories) {
        this.opener = opener;
        this.directories = directories;
    }

    @Override
    public Integer call() {
        final MountSettings settings = settings();
        new MountProcess(settings, opener).run();
        return CommandLine.ExitCode.OK;
    }

    /**
     * @return what the command line says and, where it says nothing, the configuration file of the space
     * @throws MountException naming the first value that is wrong
     */
    MountSettings settings() {
        checkValues();
        final Path file = directories.config(spaceName());
        if (!Files.exists(file)) {
            return ownSettings();
        }
        final ConfigFile config = new ConfigFile(file);
        config.check(key -> !COMMAND_LINE_ONLY.contains(key) && spec.findOption("--" + key) != null,
            option -> parsed(List.of(option, mountPoint.toString())).checkValues());
        final CommandLine.ParseResult given = spec.commandLine().getParseResult();
        final List<String> arguments = new ArrayList<>(config.options(key -> given.hasMatchedOption("--" + key)));
        arguments.addAll(given.originalArgs());
        final MountCommand whole = parsed(arguments);
        whole.name = spaceName();
        return whole.ownSettings();
    }

    private MountCommand parsed(final List<String> arguments) {
        final MountCommand command = new MountCommand(opener, directories);
        new CommandLine(command).parseArgs(arguments.toArray(String[]::new));
        return command;
    }

    /** Checks each value by itself. */
    private void checkValues() {
        if (name != null && !NAME_FORM.matcher(name).matches()) {
            throw new MountException("--name: '" + name + "' is not a name: up to " + NAME_MAX
                + " letters, digits, '.', '_', '-', beginning with a letter or digit");
        }
        if (copies != 1) {
            throw new MountException("--copies: " + copies
                + " is not possible: each page is on one node's disk only, so 1");
        }
        checkFsync();
        MountOptions.parse(mountOptions);
        spaceConfig();
        listenAddress();
        addresses("--join", join);
        new NodeConfig(null, List.of(), addresses("--consensus", consensus), null);
        frontEnd();
        level();
    }

    private MountSettings ownSettings() {
        final String spaceName = spaceName();
        final Path logPath = foreground && logFile == null ? null
            : (logFile == null ? directories.log(spaceName) : logFile).toAbsolutePath().normalize();
        final NodeConfig node = new NodeConfig(listenAddress(), addresses("--join", join),
            addresses("--consensus", consensus), keyFile == null ? null : keyFile.toAbsolutePath().normalize());
        return new MountSettings(spaceName, mountPoint.toAbsolutePath().normalize(), spaceConfig(), node, frontEnd(),
            MountOptions.parse(mountOptions), level(), logPath, foreground);
    }

    private SpaceConfig spaceConfig() {
        final Path storePath = (store == null ? directories.store(spaceName()) : store).toAbsolutePath().normalize();
        final long pageBytes = dataPageBytes > Integer.MAX_VALUE ? Integer.MAX_VALUE : dataPageBytes;
        return new SpaceConfig(storePath, memoryBytes == null ? defaultMemoryBytes() : memoryBytes, diskBytes,
            (int) pageBytes);
    }

    private String listenAddress() {
        return listen == null || listen.equals(NodeConfig.NOWHERE) ? listen : address("--listen", listen);
    }

    private FrontEnd frontEnd() {
        return frontEnd == null ? FrontEnd.preferred() : FrontEnd.of(frontEnd);
    }

    private static List<String> addresses(final String option, final List<String> values) {
        return values.stream().map(value -> address(option, value.strip())).toList();
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

    private String spaceName() {
        return name == null ? defaultName() : name;
    }

    private String defaultName() {
        final Path last = store == null ? null : store.toAbsolutePath().normalize().getFileName();
        return last != null && NAME_FORM.matcher(last.toString()).matches() ? last.toString() : NAME_DEFAULT;
    }

    private void checkFsync() {
        if (fsync.equals("replicated")) {
            throw new MountException("--fsync: 'replicated' is not possible: no other node's memory holds a copy "
                + "of the data; use --fsync=disk");
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
