package org.dsmfs.mount.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import java.nio.file.Path;
import org.dsmfs.layout.AtimePolicy;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MountCommandTest {
    private static MountSettings settings(final String... arguments) {
        final MountCommand command = new MountCommand((config, node) -> {
            throw new AssertionError("not to be opened");
        });
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
}
