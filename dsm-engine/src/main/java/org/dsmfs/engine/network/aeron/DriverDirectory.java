package org.dsmfs.engine.network.aeron;

import org.agrona.IoUtil;
import org.dsmfs.engine.EngineException;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A directory of one driver's own. It is locked while its process lives, so that what killed processes left in memory
 * is recognised and removed by the next that starts.
 */
final class DriverDirectory implements AutoCloseable {
    private static final String PREFIX = "dsm-network-";
    private static final String LOCK_FILE = "lock";
    /** Those of this process: to open and close their lock files again would unlock them. */
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel lock;

    private DriverDirectory(final Path path, final FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /** @throws EngineException if none can be made there */
    static DriverDirectory make(final Path parent) {
        try {
            removeAbandoned(parent);
            final Path path = parent.resolve(PREFIX + UUID.randomUUID());
            OWN.add(path);
            Files.createDirectory(path);
            // Locked before it has the name by which others look for it.
            final Path unnamed = path.resolve("locking");
            final FileChannel lock =
                FileChannel.open(unnamed, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            lock.lock();
            Files.move(unnamed, path.resolve(LOCK_FILE));
            return new DriverDirectory(path, lock);
        } catch (final IOException e) {
            throw new EngineException("network buffers can't be made in " + parent + ": " + e, e);
        }
    }

    private static void removeAbandoned(final Path parent) throws IOException {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (final Path path : found) {
                if (!OWN.contains(path) && isAbandoned(path.resolve(LOCK_FILE))) {
                    IoUtil.delete(path.toFile(), true);
                }
            }
        }
    }

    private static boolean isAbandoned(final Path lockFile) throws IOException {
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE)) {
            return channel.tryLock() != null;
        } catch (final NoSuchFileException | AccessDeniedException e) {
            // Just being made or removed; or another user's, who will remove it.
            return false;
        }
    }

    /** @return where the driver's files belong */
    Path driverFiles() {
        return path.resolve("driver");
    }

    @Override
    public void close() {
        IoUtil.delete(path.toFile(), true);
        OWN.remove(path);
        try {
            lock.close();
        } catch (final IOException e) {
            throw new EngineException("network buffers in " + path + " can't be unlocked: " + e, e);
        }
    }
}
