package org.dsmfs.mount.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dsmfs.engine.Neighbours;
import org.dsmfs.engine.Space;
import org.dsmfs.engine.StartObserver;
import org.dsmfs.layout.AtimePolicy;
import org.dsmfs.layout.Caller;
import org.dsmfs.layout.DsmFileSystem;
import org.dsmfs.layout.FileSystem;
import org.dsmfs.layout.WallClock;
import org.dsmfs.mount.Mount;
import org.dsmfs.mount.MountException;
import org.dsmfs.mount.os.Libc;
import org.dsmfs.mount.serving.Housekeeping;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the space, mounts, serves until the mount ends, and closes everything. */
final class MountProcess {
    private static final Logger LOG = LoggerFactory.getLogger(MountProcess.class);
    private static final List<String> FUSE_OPTIONS = List.of("subtype=dsm", "default_permissions");
    /** What root's mounts of other filesystems have; libfuse would deny it. */
    private static final List<String> FUSE_OPTIONS_OF_ROOT = List.of("allow_other", "suid", "dev");

    private final MountSettings settings;
    private final SpaceOpener opener;

    MountProcess(final MountSettings settings, final SpaceOpener opener) {
        this.settings = settings;
        this.opener = opener;
    }

    /**
     * Returns when the mount has ended and everything is closed.
     *
     * @throws MountException if there will be no mount
     */
    void run() {
        if (settings.logFile() == null) {
            Logging.toStandardError(settings.logLevel());
        } else {
            Logging.toFile(settings.logFile(), settings.logLevel());
        }
        final MountPoint mountPoint = MountPoint.prepare(settings.mountPoint());
        settings.frontEnd().require();
        final boolean isNew = !Stores.exists(settings.space().store());
        prepareStore(isNew);
        try (Termination termination = new Termination();
             Space space = opener.open(settings.space(), settings.node(), observer(termination));
             FileSystem fileSystem = DsmFileSystem.open(space, WallClock.SYSTEM, atime(), founder())) {
            serve(termination, mountPoint, space, fileSystem);
        }
        LOG.info("everything is on disk; done");
    }

    /** Whoever waits for the mount is told what it waits for, and may end it. */
    private StartObserver observer(final Termination termination) {
        return new StartObserver() {
            @Override
            public void waitingFor(final String whom) {
                if (settings.logFile() != null) {
                    System.err.println("dsm-mount: waiting for " + whom);
                }
            }

            @Override
            public boolean isCancelled() {
                return termination.isRequested();
            }
        };
    }

    @SuppressWarnings("try") // The guard and the housekeeping need only be there.
    private void serve(final Termination termination, final MountPoint mountPoint, final Space space,
                       final FileSystem fileSystem) {
        final StatusReport report = new StatusReport(settings, space, fileSystem);
        try (Mount mount = settings.frontEnd().mount(fileSystem, mountPoint.path(), fuseOptions(), atime(),
            !space.neighbours().isAlone(), report.attributes());
             Housekeeping housekeeping = new Housekeeping(fileSystem);
             DeadMountGuard guard = new DeadMountGuard(mountPoint.path())) {
            termination.endBy(() -> unmount(mountPoint, mount));
            awaitAnswer(mountPoint);
            announce(mountPoint, space.neighbours());
            mount.awaitEnd();
            LOG.info("unmounted from {}", mountPoint.path());
        } catch (final InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new MountException("interrupted", stopping);
        }
    }

    private AtimePolicy atime() {
        return settings.options().readOnly() ? AtimePolicy.NOATIME : settings.options().atime();
    }

    private List<String> fuseOptions() {
        final List<String> options = new ArrayList<>(FUSE_OPTIONS);
        if (settings.options().fuseOptions().stream().noneMatch(option -> option.startsWith("fsname="))) {
            options.add("fsname=dsm#" + settings.name());
        }
        if (Libc.INSTANCE.geteuid() == 0) {
            options.addAll(FUSE_OPTIONS_OF_ROOT);
        }
        options.addAll(settings.options().fuseOptions());
        return options;
    }

    /** The root directory of a new space belongs to who makes the space. */
    private static Caller founder() {
        return new Caller(Libc.INSTANCE.geteuid(), Libc.INSTANCE.getegid(), 0, 0);
    }

    private void prepareStore(final boolean isNew) {
        final Path store = settings.space().store();
        if (settings.options().readOnly() && isNew) {
            throw new MountException("there is no dsm store in " + store + ", and a read-only mount makes none");
        }
        try {
            Files.createDirectories(store.getParent());
        } catch (final IOException failure) {
            throw new MountException("cannot make the directory " + store.getParent() + " for the store ("
                + FileErrors.reason(failure) + "): choose another place with --store", failure);
        }
    }

    /** The first request goes all the way. */
    private static void awaitAnswer(final MountPoint mountPoint) {
        try {
            Files.getFileStore(mountPoint.path()).getTotalSpace();
        } catch (final IOException failure) {
            throw new MountException("the mount on " + mountPoint.path() + " does not answer: "
                + FileErrors.reason(failure), failure);
        }
    }

    private void announce(final MountPoint mountPoint, final Neighbours neighbours) {
        LOG.info("mounted {} on {}, store {}", settings.name(), mountPoint.path(), settings.space().store());
        if (!settings.foreground()) {
            final String listening = neighbours.status().map(status -> ", listening on "
                + status.view().member(neighbours.node()).address()).orElse("");
            System.out.println(settings.name() + " is mounted on " + mountPoint.path() + "; store "
                + settings.space().store() + ", log " + settings.logFile() + listening);
            Detachment.detach(settings.logFile());
        }
    }

    /** What is in use is cut off, but what was written reaches the space before. */
    private static void unmount(final MountPoint mountPoint, final Mount mount) {
        LOG.info("asked to end: unmounting {}", mountPoint.path());
        writeBack(mountPoint.path());
        if (!mountPoint.unmount(false)) {
            LOG.warn("{} is in use; its users are cut off", mountPoint.path());
            mountPoint.unmount(true);
            mount.cutOff();
        }
    }

    /** Makes the kernel hand over what was stored into shared mappings. */
    private static void writeBack(final Path path) {
        final int directory = Libc.INSTANCE.open(path.toString(), Libc.O_RDONLY);
        if (directory < 0 || Libc.INSTANCE.syncfs(directory) != 0) {
            LOG.warn("cannot write back mapped files of {}: errno {}", path, Libc.errno());
        }
        if (directory >= 0) {
            Libc.INSTANCE.close(directory);
        }
    }
}
