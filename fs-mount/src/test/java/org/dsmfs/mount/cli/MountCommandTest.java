package org.dsmfs.mount.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.dsmfs.layout.AtimePolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MountCommandTest {
    private static MountSettings settings(final String... arguments) {
        return settings(UserDirectories.current(), arguments);
    }

    private static MountSettings settings(final UserDirectories directories, final String... arguments) {
        final MountCommand command = new MountCommand((config, node, observer) -> {
            throw new AssertionError("not to be opened");
        }, directories);
        new CommandLine(command).parseArgs(FstabSettings.expand(arguments));
        return command.settings();
    }

    @Test
    void defaultsNeedOnlyAMountPoint() {
        final MountSettings settings = settings("/mnt/x");
        final UserDirectories directories = UserDirectories.current();
        assertEquals("dsm", settings.name());
        assertEquals(Path.of("/mnt/x"), settings.mountPoint());
        assertEquals(directories.store("dsm"), settings.space().store());
        assertEquals(directories.log("dsm"), settings.logFile());
        assertEquals(Level.INFO, settings.logLevel());
        assertEquals(AtimePolicy.RELATIME, settings.options().atime());
        final long memoryBytes = settings.space().memoryBytes();
        assertTrue(memoryBytes <= 1L << 30 && memoryBytes <= PhysicalMemory.totalBytes() / 4, "" + memoryBytes);
    }

    @Test
    void valuesArriveWhereTheyBelong() {
        final MountSettings settings = settings("--memory=2G", "--disk", "10G", "--data-page=64K", "--store=/s/t",
            "-o", "noatime,log-level=debug", "--log-file=/l", "/mnt/../mnt/x");
        assertEquals(2L << 30, settings.space().memoryBytes());
        assertEquals(10L << 30, settings.space().diskBytes());
        assertEquals(64 << 10, settings.space().dataPageBytes());
        assertEquals(Path.of("/s/t"), settings.space().store());
        assertEquals("t", settings.name());
        assertEquals(AtimePolicy.NOATIME, settings.options().atime());
        assertEquals(Level.DEBUG, settings.logLevel());
        assertEquals(Path.of("/l"), settings.logFile());
        assertEquals(Path.of("/mnt/x"), settings.mountPoint());
    }

    @Test
    void nameWinsOverTheStoresLastPart() {
        assertEquals("n", settings("--name=n", "--store=/s/t", "/mnt").name());
        assertEquals("dsm", settings("--store=/s/t u", "/mnt").name());
    }

    @Test
    void foregroundLogsToStandardErrorUnlessToldOtherwise() {
        assertNull(settings("-f", "/mnt").logFile());
        assertEquals(Path.of("/l"), settings("-f", "--log-file=/l", "/mnt").logFile());
    }

    @Test
    void commandLineWinsOverTheFile(@TempDir final Path directory) throws IOException {
        final UserDirectories directories = new UserDirectories(directory, directory, directory);
        Files.write(directories.config("n"), List.of("# a comment", " memory=64M", "disk = 1G ", "store = /s/t",
            "join = 127.0.0.2,127.0.0.3:7410", "options = noatime,ro", "log-level = debug"));
        final MountSettings settings = settings(directories, "--name=n", "--disk=2G", "--join=127.0.0.4", "/mnt");
        assertEquals("n", settings.name());
        assertEquals(64L << 20, settings.space().memoryBytes());
        assertEquals(2L << 30, settings.space().diskBytes());
        assertEquals(Path.of("/s/t"), settings.space().store());
        assertEquals(List.of("127.0.0.4:7400"), settings.node().join());
        assertEquals(AtimePolicy.NOATIME, settings.options().atime());
        assertTrue(settings.options().readOnly());
        assertEquals(Level.DEBUG, settings.logLevel());
        assertEquals(directory.resolve("m"), settings(directories, "--name=m", "/mnt").space().store());
    }

    @Test
    void addressesGetTheDefaultPort() {
        final MountSettings settings = settings("--listen=127.0.0.1", "--join=localhost, 127.0.0.2:8000", "/mnt");
        assertEquals("127.0.0.1:7400", settings.node().listen());
        assertEquals(List.of("127.0.0.1:7400", "127.0.0.2:8000"), settings.node().join());
        assertEquals("none", settings("--listen=none", "/mnt").node().listen());
    }
}
