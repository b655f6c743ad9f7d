package org.dsmfs.mount.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.NodeConfig;
import org.dsmfs.engine.Space;
import org.dsmfs.engine.SpaceConfig;
import org.dsmfs.mount.FuseAvailable;
import org.dsmfs.mount.MountException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Each foreseen error is one line on standard error that names the thing and, where there is one, the remedy. */
class CommandLineErrorsTest {
    @TempDir
    private Path directory;
    private final StringWriter errors = new StringWriter();

    private int run(final CommandLine program, final String... arguments) {
        program.setErr(new PrintWriter(errors));
        return program.execute(arguments);
    }

    private int mount(final String... arguments) {
        return run(Program.of(new MountCommand(CommandLineErrorsTest::open)), FstabSettings.expand(arguments));
    }

    private static Space open(final SpaceConfig config, final NodeConfig node) {
        throw new EngineException("no space is opened here");
    }

    private void assertError(final String... parts) {
        final String text = errors.toString();
        assertEquals(1, text.lines().count(), text);
        for (final String part : parts) {
            assertTrue(text.contains(part), text);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "--quatsch            | 2 | --quatsch | Unknown option",
        "--memory=much        | 2 | --memory  | 'much' is not a size",
        "--memory=1M          | 1 | memory    | at least 32M",
        "--memory=9000P       | 2 | --memory  | too large",
        "--disk=1M            | 1 | disk      | at least 256M",
        "--data-page=5K       | 1 | data page | power of two",
        "--data-page=8T       | 1 | data page | power of two",
        "--copies=two         | 2 | --copies  | 'two' is not an int",
        "--copies=2           | 1 | --copies  | one node",
        "--copies=0           | 1 | --copies  | one node",
        "--front-end=winfsp   | 1 | --front-end | 'winfsp'",
        "--fsync=replicated   | 1 | --fsync   | one node",
        "--fsync=never        | 1 | --fsync   | 'never'",
        "--log-level=loud     | 1 | --log-level | 'loud'",
        "--name=../x          | 1 | --name    | '../x'",
        "-oro,quatsch         | 1 | 'quatsch' | unknown mount option",
        "-omemory=1           | 1 | memory    | at least 32M",
    })
    void wrongValueIsNamed(final String option, final int exitCode, final String part, final String otherPart) {
        assertEquals(exitCode, mount(option, directory.toString()));
        assertError("dsm-mount: ", part, otherPart);
    }

    @Test
    void mountPointIsRequired() {
        assertEquals(2, mount());
        assertError("MOUNTPOINT");
    }

    @Test
    void mountPointMustExist() {
        assertEquals(1, mountOn(directory.resolve("missing/deeper")));
        assertError("missing/deeper does not exist", "mkdir -p");
    }

    @Test
    void mountPointMustBeADirectory() throws IOException {
        assertEquals(1, mountOn(Files.createFile(directory.resolve("file"))));
        assertError("file is not a directory");
    }

    @Test
    void logFileMustBeWritable() throws IOException {
        final Path file = Files.createFile(directory.resolve("file"));
        assertEquals(1, mount("--log-file", file.resolve("log").toString(), directory.toString()));
        assertError("cannot write the log file", "--log-file");
    }

    @Test
    void storeMustHaveAPlace() throws IOException {
        FuseAvailable.require();
        final Path file = Files.createFile(directory.resolve("file"));
        assertEquals(1, mount("-f", "--store", file.resolve("parent/store").toString(), directory.toString()));
        assertError("cannot make the directory", "--store");
    }

    @Test
    void readOnlyMountMakesNoStore() {
        FuseAvailable.require();
        assertEquals(1, mount("-f", "-oro", "--store", directory.resolve("none").toString(), directory.toString()));
        assertError("there is no dsm store in", "none");
    }

    @Test
    void engineErrorsAreShownAsTheyAre() {
        FuseAvailable.require();
        assertEquals(1, mount("-f", "--store", directory.resolve("none").toString(), directory.toString()));
        assertError("dsm-mount: no space is opened here");
    }

    @Test
    void deviceMustExist() {
        final MountException failure = assertThrows(MountException.class,
            () -> FuseDevice.require(directory.resolve("fuse")));
        assertTrue(failure.getMessage().contains("modprobe fuse"), failure.getMessage());
    }

    @Test
    void statusNeedsAMount() {
        assertEquals(1, run(Dsm.program(), "status", directory.toString()));
        assertError("dsm status: ", "is not a dsm mount point");
    }

    @Test
    void fsckNeedsAStore() {
        assertEquals(8, run(Dsm.program(), "fsck", directory.toString()));
        assertError("dsm fsck: ", "there is no dsm store in");
    }

    @Test
    void fsckReportsWrongUsageAsFsckDoes() {
        assertEquals(16, run(Dsm.program(), "fsck"));
        assertError("dsm fsck: ", "STORE");
    }

    private int mountOn(final Path mountPoint) {
        return mount("-f", "--store", directory.resolve("store").toString(), mountPoint.toString());
    }
}
