package org.dsmfs.mount.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.dsmfs.mount.FuseAvailable;
import org.dsmfs.mount.os.Libc;
import org.dsmfs.mount.os.MountTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** dsm-mount as a process of its own: how it starts, ends, and comes back. */
@Timeout(120)
@ParameterizedClass
@ValueSource(strings = {"kernel", "jnr-fuse"})
class MountProcessTest {
    @Parameter
    private String frontEnd;
    private final List<Process> processes = new ArrayList<>();
    private Path directory;
    private Path mountPoint;
    private Path store;
    private Path output;

    @BeforeEach
    void makeDirectories() throws IOException {
        FuseAvailable.require();
        directory = Files.createTempDirectory("dsm-process-test");
        mountPoint = Files.createDirectory(directory.resolve("mnt"));
        store = directory.resolve("store");
        output = directory.resolve("output");
    }

    @AfterEach
    void cleanUp() throws Exception {
        for (final Process process : processes) {
            process.destroyForcibly().waitFor();
        }
        if (directory != null) {
            while (MountTable.find(mountPoint) != null) {
                assertEquals(0, Libc.INSTANCE.umount2(mountPoint.toString(), Libc.MNT_DETACH));
            }
            try (Stream<Path> paths = Files.walk(directory)) {
                paths.sorted(Comparator.reverseOrder()).forEach(path -> assertTrue(path.toFile().delete()));
            }
        }
    }

    private Process start(final Class<?> program, final String... arguments) throws IOException {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // The options that this virtual machine was given are those that the libraries need.
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(argument -> argument.startsWith("--") || argument.startsWith("-Dchronicle"))
            .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        command.addAll(List.of(arguments));
        final Process process = new ProcessBuilder(command).redirectErrorStream(true)
            .redirectOutput(output.toFile()).start();
        processes.add(process);
        return process;
    }

    private Process mount(final String... more) throws Exception {
        final List<String> arguments = new ArrayList<>(List.of("--foreground", "--store=" + store, "--memory=64M",
            "--front-end=" + frontEnd));
        arguments.addAll(List.of(more));
        arguments.add(mountPoint.toString());
        return start(DsmMount.class, arguments.toArray(String[]::new));
    }

    private void awaitMount(final Process process) throws Exception {
        while (!output().contains("mounted store on " + mountPoint)) {
            assertTrue(process.isAlive(), output());
            Thread.sleep(20);
        }
    }

    private String output() throws IOException {
        return Files.readString(output);
    }

    private void assertEndsWith(final int exitCode, final Process process) throws Exception {
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), () -> "still running");
        assertEquals(exitCode, process.exitValue(), output());
    }

    private int umount() {
        return Libc.INSTANCE.umount2(mountPoint.toString(), Libc.UMOUNT_NOFOLLOW);
    }

    @Test
    void whatWasWrittenIsThereAfterUmountAndStart() throws Exception {
        final Process first = mount();
        awaitMount(first);
        Files.writeString(Files.createDirectory(mountPoint.resolve("d")).resolve("f"), "kept");
        assertEquals(0, umount());
        assertEndsWith(0, first);
        assertFalse(Files.exists(mountPoint.resolve("d")));
        assertEndsWith(0, start(Dsm.class, "fsck", store.toString()));
        assertTrue(output().contains("clean"), output());

        final Process second = mount("-o", "ro");
        awaitMount(second);
        assertEquals("kept", Files.readString(mountPoint.resolve("d/f")));
        assertFalse(mountPoint.resolve("new").toFile().mkdir());
        assertEquals(0, umount());
        assertEndsWith(0, second);
    }

    @Test
    void sigtermEndsCleanlyAlsoWhenInUse() throws Exception {
        final Process process = mount();
        awaitMount(process);
        Files.writeString(mountPoint.resolve("f"), "kept");
        final FileChannel user = FileChannel.open(mountPoint.resolve("f"), StandardOpenOption.READ);
        process.destroy();
        assertEndsWith(0, process);
        assertTrue(output().contains("is in use"), output());
        assertThrows(IOException.class, user::close, "cut off");
        assertNull(MountTable.find(mountPoint));
    }

    @Test
    void deadMountOfAKilledProcessIsCleanedUp() throws Exception {
        final Process killed = mount();
        awaitMount(killed);
        try (FileChannel channel = FileChannel.open(mountPoint.resolve("f"), StandardOpenOption.CREATE,
            StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap("durable".getBytes()));
            channel.force(true);
        }
        killed.descendants().forEach(ProcessHandle::destroyForcibly);
        killed.destroyForcibly().waitFor();
        assertNotNull(MountTable.find(mountPoint));

        final Process next = mount();
        awaitMount(next);
        assertEquals("durable", Files.readString(mountPoint.resolve("f")));
        assertEquals(0, umount());
        assertEndsWith(0, next);
    }

    @Test
    void killedProcessLeavesNoDeadMount() throws Exception {
        final Process killed = mount();
        awaitMount(killed);
        killed.destroyForcibly().waitFor();
        while (MountTable.find(mountPoint) != null) {
            Thread.sleep(20);
        }
        assertTrue(Files.isDirectory(mountPoint));
    }

    @Test
    void connectionThatTheKernelAbortsEndsTheProcessAndTheMount() throws Exception {
        final Process process = mount();
        awaitMount(process);
        Files.writeString(mountPoint.resolve("f"), "kept");
        final InputStream user = Files.newInputStream(mountPoint.resolve("f"));
        assertEquals('k', user.read());
        assertEquals(-1, Libc.INSTANCE.umount2(mountPoint.toString(), Libc.MNT_FORCE), "in use");
        assertEndsWith(0, process);
        assertNull(MountTable.find(mountPoint));
        assertThrows(IOException.class, user::close, "cut off");
    }

    @Test
    void secondStartIsRefused() throws Exception {
        final Process process = mount();
        awaitMount(process);
        assertEndsWith(1, mount());
        assertTrue(output().contains("is already mounted"), output());
        final Path other = Files.createDirectory(directory.resolve("other"));
        assertEndsWith(1, start(DsmMount.class, "-f", "--store=" + store, other.toString()));
        assertTrue(output().contains("in use by another process"), output());
        assertEndsWith(0, start(Dsm.class, "status", "--json", mountPoint.toString()));
        assertTrue(output().contains("\"store\": \"" + store + "\""), output());
        assertEquals(0, umount());
        assertEndsWith(0, process);
    }

    @Test
    void foreignDirectoryIsNoStore() throws Exception {
        Files.createDirectory(store);
        Files.writeString(store.resolve("diary"), "dear diary");
        assertEndsWith(1, mount());
        assertTrue(output().contains("is not a dsm store and not empty"), output());
        assertEquals("dear diary", Files.readString(store.resolve("diary")));
    }
}
