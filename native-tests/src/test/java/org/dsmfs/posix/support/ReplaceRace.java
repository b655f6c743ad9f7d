package org.dsmfs.posix.support;

import static org.dsmfs.posix.sys.Descriptor.O_RDONLY;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.Posix;
import org.dsmfs.posix.sys.PosixException;

/** Opens a name again and again while it is replaced again and again. */
final class ReplaceRace {
    private static final Duration DURATION = Duration.ofSeconds(4);

    private ReplaceRace() {
    }

    /** @return whether no open failed */
    static boolean isWonByOpen(final String directory) {
        final String target = directory + "/target";
        Descriptor.create(target).close();
        final AtomicBoolean stop = new AtomicBoolean();
        final FutureTask<Void> replacing = new FutureTask<>(() -> {
            while (!stop.get()) {
                Descriptor.create(directory + "/new").close();
                Posix.rename(directory + "/new", target);
            }
            return null;
        });
        new Thread(replacing, "replacing").start();
        final boolean won = opensAlways(target);
        stop.set(true);
        try {
            replacing.get();
        } catch (final InterruptedException | ExecutionException e) {
            throw new IllegalStateException("the name could not be replaced", e);
        }
        return won;
    }

    private static boolean opensAlways(final String target) {
        final long endNs = System.nanoTime() + DURATION.toNanos();
        while (System.nanoTime() < endNs) {
            try {
                Descriptor.open(target, O_RDONLY).close();
            } catch (final PosixException e) {
                return false;
            }
        }
        return true;
    }
}
