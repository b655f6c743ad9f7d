package org.dsmfs.mount.os;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The process's standard error, where native libraries leave their explanations. */
public final class StandardError {
    private static final int DESCRIPTOR = 2;

    private StandardError() {
    }

    /**
     * What a piece of work returned, and what it wrote meanwhile.
     *
     * @param result  of the work
     * @param written on standard error
     */
    public record Captured<T>(T result, String written) {
        /** @return all that was written, on one line */
        public String oneLine() {
            return written.lines().map(String::strip).filter(line -> !line.isEmpty())
                .collect(Collectors.joining("; "));
        }
    }

    /** Runs the work while standard error goes elsewhere; not to be run by two threads at a time. */
    public static <T> Captured<T> capture(final Supplier<T> work) {
        try {
            final Path file = Files.createTempFile("dsm-mount", ".err");
            try {
                final T result = redirected(file, work);
                return new Captured<>(result, Files.readString(file, Charset.defaultCharset()));
            } finally {
                Files.delete(file);
            }
        } catch (final IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static <T> T redirected(final Path file, final Supplier<T> work) {
        final int saved = Libc.INSTANCE.dup(DESCRIPTOR);
        redirect(file);
        try {
            return work.get();
        } finally {
            Libc.INSTANCE.dup2(saved, DESCRIPTOR);
            Libc.INSTANCE.close(saved);
        }
    }

    private static void redirect(final Path file) {
        final int target = Libc.INSTANCE.open(file.toString(), Libc.O_WRONLY | Libc.O_APPEND);
        Libc.INSTANCE.dup2(target, DESCRIPTOR);
        Libc.INSTANCE.close(target);
    }
}
