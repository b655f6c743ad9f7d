package org.dsmfs.mount.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.dsmfs.engine.EngineException;
import org.dsmfs.mount.MountException;
import picocli.CommandLine;

/**
 * Settings of a space in a file: lines of the form KEY = VALUE, the keys being long options of dsm-mount without the
 * dashes; empty lines, and lines that begin with #, are comments.
 */
final class ConfigFile {
    private final Path path;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    private record Entry(int line, String value) {
    }

    /** @throws MountException naming the file, and the line that is no setting */
    ConfigFile(final Path path) {
        this.path = path;
        final List<String> lines;
        try {
            lines = Files.readAllLines(path, StandardCharsets.UTF_8);
        } catch (final IOException failure) {
            throw new MountException("cannot read " + path + ": " + FileErrors.reason(failure), failure);
        }
        for (int i = 0; i < lines.size(); i++) {
            final String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                add(i + 1, line);
            }
        }
    }

    private void add(final int number, final String line) {
        final int equals = line.indexOf('=');
        if (equals < 1) {
            throw new MountException(path + ", line " + number + ": '" + line + "' is not KEY = VALUE");
        }
        final String key = line.substring(0, equals).strip();
        if (entries.put(key, new Entry(number, line.substring(equals + 1).strip())) != null) {
            throw new MountException(path + ", line " + number + ": " + key + " is there twice");
        }
    }

    /**
     * Checks each setting by itself.
     *
     * @param isKey whether there is a setting of that name
     * @param check throws the exception of picocli's, the engine's or this package's that a wrong option leads to
     * @throws MountException naming file, line and key
     */
    void check(final Predicate<String> isKey, final Consumer<String> check) {
        entries.forEach((key, entry) -> {
            final String place = path + ", line " + entry.line + ": ";
            if (!isKey.test(key)) {
                throw new MountException(place + "unknown key '" + key + "'; dsm-mount(8) lists the known ones");
            }
            try {
                check.accept(option(key, entry));
            } catch (final CommandLine.ParameterException | EngineException | MountException wrong) {
                throw new MountException(place + key + ": " + wrong.getMessage(), wrong);
            }
        });
    }

    /** @return the settings as options, without those whose key is to be left out */
    List<String> options(final Predicate<String> leftOut) {
        final List<String> options = new ArrayList<>();
        entries.forEach((key, entry) -> {
            if (!leftOut.test(key)) {
                options.add(option(key, entry));
            }
        });
        return options;
    }

    private static String option(final String key, final Entry entry) {
        return "--" + key + "=" + entry.value;
    }
}
