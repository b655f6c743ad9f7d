package org.dsmfs.posix.support;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.function.Executable;

/** A call that is expected to block, in a thread of its own. */
public final class Background {
    /** Long enough for a call that does not block to have returned. */
    private static final long PATIENCE_MS = 150;
    private static final long LIMIT_SECONDS = 10;

    private final CompletableFuture<Void> completion = new CompletableFuture<>();

    private Background() {
    }

    public static Background start(final Executable call) {
        final Background background = new Background();
        final Thread thread = new Thread(() -> {
            try {
                call.execute();
                background.completion.complete(null);
            } catch (final Throwable e) {
                background.completion.completeExceptionally(e);
            }
        }, "background");
        thread.setDaemon(true);
        thread.start();
        return background;
    }

    /** The call does not return for a while. */
    public void assertBlocked() throws Throwable {
        try {
            completion.get(PATIENCE_MS, TimeUnit.MILLISECONDS);
        } catch (final TimeoutException e) {
            return;
        } catch (final ExecutionException e) {
            throw e.getCause();
        }
        throw new AssertionError("returned, expected to block");
    }

    /** The call returns, within seconds; what it threw is rethrown. */
    public void assertReturns() throws Throwable {
        try {
            completion.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (final TimeoutException e) {
            throw new AssertionError("still blocked", e);
        } catch (final ExecutionException e) {
            throw e.getCause();
        }
    }
}
