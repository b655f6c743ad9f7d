package org.dsmfs.engine.membership.cluster;

import org.dsmfs.engine.EngineException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Where a node found the consensus last, in a file: a line that names the format, then an address per line. */
final class KnownConsensus {
    private static final String FIRST_LINE = "dsm consensus 1";

    private final Path file;

    KnownConsensus(final Path directory) {
        this.file = directory.resolve("consensus");
    }

    /** @return addresses of the consensus members, none if they were never known or the file is damaged */
    List<String> read() {
        try {
            final List<String> lines = Files.exists(file)
                ? Files.readAllLines(file, StandardCharsets.US_ASCII) : List.of();
            return lines.isEmpty() || !lines.get(0).equals(FIRST_LINE) ? List.of() : lines.subList(1, lines.size());
        } catch (final IOException e) {
            throw new EngineException("file " + file + " can't be read: " + e.getMessage(), e);
        }
    }

    /** Remembers the addresses, durably, if they are not the same as before. */
    void write(final List<String> addresses) {
        if (addresses.equals(read())) {
            return;
        }
        final Path next = file.resolveSibling("consensus.new");
        final String text = FIRST_LINE + "\n" + String.join("\n", addresses) + "\n";
        try {
            try (FileChannel channel = FileChannel.open(next, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
                channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
                channel.force(true);
            }
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (final IOException e) {
            throw new EngineException("file " + file + " can't be written: " + e.getMessage(), e);
        }
    }
}
