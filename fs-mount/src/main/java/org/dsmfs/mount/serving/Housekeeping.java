package org.dsmfs.mount.serving;

import java.util.concurrent.TimeUnit;
import org.dsmfs.layout.FileSystem;

/** Has the filesystem do what it left for later, from construction until it is closed, on a thread of its own. */
public final class Housekeeping implements AutoCloseable {
    private static final long PERIOD_MS = 1000;
    /** What is done takes that long only if other nodes do not answer. */
    private static final long LONGEST_END_MS = TimeUnit.SECONDS.toMillis(30);

    private final FileSystem fileSystem;
    private final Thread thread = new Thread(this::run, "housekeeping");

    public Housekeeping(final FileSystem fileSystem) {
        this.fileSystem = fileSystem;
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(PERIOD_MS);
                try {
                    fileSystem.tidy();
                } catch (final RuntimeException failure) {
                    Failures.log("housekeeping", failure);
                }
            }
        } catch (final InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for what is being done. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(LONGEST_END_MS);
        } catch (final InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }
}
