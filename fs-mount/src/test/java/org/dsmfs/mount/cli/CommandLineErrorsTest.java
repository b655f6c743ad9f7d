package org.dsmfs.mount.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.NodeConfig;
import org.dsmfs.engine.Space;
import org.dsmfs.engine.SpaceConfig;
import org.dsmfs.engine.StartObserver;
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
        return run(Program.of(new MountCommand(CommandLineErrorsTest::open, directories())),
            FstabSettings.expand(arguments));
    }

    private UserDirectories directories() {
        return new UserDirectories(directory.resolve("data"), directory.resolve("state"), directory.resolve("etc"));
    }

    private static Space open(final SpaceConfig config, final NodeConfig node, final StartObserver observer) {
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
        "--copies=2           | 1 | --copies  | so 1",
        "--copies=0           | 1 | --copies  | so 1",
        "--front-end=winfsp   | 1 | --front-end | 'winfsp'",
        "--fsync=replicated   | 1 | --fsync   | --fsync=disk",
        "--fsync=never        | 1 | --fsync   | 'never'",
        "--log-level=loud     | 1 | --log-level | 'loud'",
        "--name=../x          | 1 | --name    | '../x'",
        "-oro,quatsch         | 1 | 'quatsch' | unknown mount option",
        "--listen=x:0         | 1 | --listen  | '0' is not a port",
        "--listen=192.0.2.1   | 1 | 192.0.2.1 | --key-file",
        "--join=no.such.invalid | 1 | --join  | 'no.such.invalid' is unknown",
        "--join=127.0.0.1:70000 | 1 | --join  | '70000' is not a port",
        "--consensus=127.0.0.1:1,127.0.0.1:2 | 1 | --consensus | 1, 3 or 5",
        "--consensus=127.0.0.1:1,127.0.0.1:2,127.0.0.1:3,127.0.0.1:4 | 1 | --consensus | 1, 3 or 5",
        "--consensus=127.0.0.1:1,127.0.0.1:1,127.0.0.1:3 | 1 | --consensus | different",
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

    private Path config(final String... lines) throws IOException {
        Files.createDirectories(directories().config());
        return Files.write(directories().config("data"), List.of(lines));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "quatsch = 1                                 | unknown key 'quatsch'",
        "name = other                                | unknown key 'name'",
        "memory = much                               | 'much' is not a size",
        "memory = 1M                                 | at least 32M",
        "data-page = 5K                              | power of two",
        "log-level = loud                            | 'loud'",
        "options = quatsch                           | unknown mount option 'quatsch'",
        "listen = 127.0.0.1:99999                    | '99999' is not a port",
        "consensus = 127.0.0.1:1,127.0.0.1:2         | 1, 3 or 5",
        "just words                                  | is not KEY = VALUE",
    })
    void wrongSettingIsNamedWithFileAndLine(final String setting, final String part) throws IOException {
        final Path file = config("# of the test", "", "log-file = " + directory.resolve("log"), setting);
        assertEquals(1, mount("--name=data", directory.toString()));
        assertError("dsm-mount: " + file + ", line 4: ", part);
    }

    @Test
    void settingThatIsThereTwiceIsAnError() throws IOException {
        config("memory = 64M", "memory = 65M");
        assertEquals(1, mount("--name=data", directory.toString()));
        assertError("line 2: memory is there twice");
    }

    @Test
    void nodeWithoutNeighboursJoinsNobody() {
        assertEquals(1, mount("--listen=none", "--join=127.0.0.1", directory.toString()));
        assertError("--listen=none", "leave --join");
    }

    @Test
    void keyFileIsNotOverwritten() throws IOException {
        final Path file = directory.resolve("key");
        assertEquals(0, run(Dsm.program(), "keygen", file.toString()));
        final String key = Files.readString(file);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals(1, run(Dsm.program(), "keygen", file.toString()));
        assertError("dsm keygen: ", file.toString(), "exists already");
        assertEquals(key, Files.readString(file));
    }
}
