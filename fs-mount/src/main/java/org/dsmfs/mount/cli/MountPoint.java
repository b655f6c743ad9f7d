package org.dsmfs.mount.cli;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;
import org.dsmfs.mount.MountException;
import org.dsmfs.mount.os.Libc;
import org.dsmfs.mount.os.MountTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory to mount on.
 *
 * @param path absolute, its parents without symbolic links
 */
record MountPoint(Path path) {
    /** The filesystem type under which our mounts are listed. */
    static final String TYPE = "fuse.dsm";

    private static final Logger LOG = LoggerFactory.getLogger(MountPoint.class);
    private static final String DEAD = "Transport endpoint is not connected";
    private static final int UNMOUNT_SECONDS = 10;

    /**
     * Finds out whether a mount can be made here, cleaning up what a killed process of ours has left behind.
     *
     * @throws MountException if not
     */
    static MountPoint prepare(final Path given) {
        final MountPoint mountPoint = new MountPoint(withRealParent(given));
        final MountTable.Entry mounted = MountTable.find(mountPoint.path);
        if (mounted != null && mounted.type().equals(TYPE)) {
            if (!mountPoint.isDead()) {
                throw new MountException(mountPoint.path + " is already mounted (" + mounted.source()
                    + "): umount it first");
            }
            LOG.warn("cleaning up the mount on {} that a process left behind", mountPoint.path);
            mountPoint.unmount(true);
        }
        mountPoint.requireDirectory();
        return mountPoint;
    }

    /** The directory itself may be a dead mount, of which nothing can be asked. */
    private static Path withRealParent(final Path given) {
        if (given.getParent() == null) {
            return given;
        }
        if (Files.isSymbolicLink(given)) {
            try {
                return given.toRealPath();
            } catch (final IOException failure) {
                throw new MountException("mount point " + given + ": " + FileErrors.reason(failure), failure);
            }
        }
        try {
            return given.getParent().toRealPath().resolve(given.getFileName());
        } catch (final IOException failure) {
            throw missing(given, failure);
        }
    }

    private static MountException missing(final Path path, final IOException failure) {
        return new MountException("mount point " + path + " does not exist: mkdir -p " + path, failure);
    }

    /** Asks what the kernel never answers by itself. */
    private boolean isDead() {
        try {
            Files.getFileStore(path).getTotalSpace();
            return false;
        } catch (final FileSystemException failure) {
            return DEAD.equals(failure.getReason());
        } catch (final IOException failure) {
            return false;
        }
    }

    private void requireDirectory() {
        final BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(path, BasicFileAttributes.class);
        } catch (final NoSuchFileException failure) {
            throw missing(path, failure);
        } catch (final IOException failure) {
            throw new MountException("mount point " + path + ": " + FileErrors.reason(failure), failure);
        }
        if (!attributes.isDirectory()) {
            throw new MountException("mount point " + path + " is not a directory");
        }
    }

    /**
     * @param lazily whether to unmount also while it is in use
     * @return whether it is unmounted
     */
    boolean unmount(final boolean lazily) {
        if (Libc.INSTANCE.geteuid() == 0) {
            final int flags = Libc.UMOUNT_NOFOLLOW | (lazily ? Libc.MNT_DETACH : 0);
            return Libc.INSTANCE.umount2(path.toString(), flags) == 0;
        }
        return lazily ? fusermount("-u", "-q", "-z") : fusermount("-u", "-q");
    }

    private boolean fusermount(final String... options) {
        final String[] command = new String[options.length + 3];
        command[0] = "fusermount";
        System.arraycopy(options, 0, command, 1, options.length);
        command[options.length + 1] = "--";
        command[options.length + 2] = path.toString();
        try {
            final Process process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            return process.waitFor(UNMOUNT_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (final IOException failure) {
            throw new MountException("cannot unmount " + path + ": fusermount: " + failure.getMessage(), failure);
        } catch (final InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
