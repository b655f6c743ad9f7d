package org.dsmfs.mount.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The computer's memory; proc(5), /proc/meminfo. */
final class PhysicalMemory {
    private static final Path MEMINFO = Path.of("/proc/meminfo");

    private PhysicalMemory() {
    }

    /** @return all of it, bytes */
    static long totalBytes() {
        try {
            for (final String line : Files.readAllLines(MEMINFO)) {
                if (line.startsWith("MemTotal:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) << 10;
                }
            }
        } catch (final IOException failure) {
            throw new UncheckedIOException(failure);
        }
        throw new IllegalStateException(MEMINFO + " has no MemTotal");
    }
}
