package org.dsmfs.posix.support;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.dsmfs.posix.sys.Errno;
import org.dsmfs.posix.sys.Mount;
import org.dsmfs.posix.sys.RecordLock;

/** Another process, that does as it is told: runs the resource peer.pl, which see for the commands. */
public final class Peer implements AutoCloseable {
    private final Process process;
    private final PrintStream commands;
    private final BufferedReader answers;

    private Peer(final Process process) {
        this.process = process;
        this.commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.ISO_8859_1);
        this.answers = new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.ISO_8859_1));
    }

    public static Peer start() {
        try {
            final Path script = Path.of(Peer.class.getResource("/peer.pl").toURI());
            return new Peer(new ProcessBuilder("perl", script.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start());
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot run perl; install the package perl", e);
        } catch (final URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Starts a process that has opened the file under the name "file". */
    public static Peer opening(final String path) {
        final Peer peer = start();
        peer.demand("open", "file", path);
        return peer;
    }

    /** Paths in the command are those of the {@link Mount} whose turn it is. */
    public void send(final Object... command) {
        final Mount mount = Mount.next();
        commands.println(Arrays.stream(command).map(field -> mount.path(field.toString()))
            .collect(Collectors.joining("\t")));
    }

    /** The next answer: "ok", "ok VALUES" or the error's name; "dead" if the process is no more. */
    public String answer() {
        try {
            final String line = answers.readLine();
            if (line == null) {
                return "dead";
            }
            return line.startsWith("error ")
                ? Errno.of(Integer.parseInt(line.substring("error ".length()))).name() : line;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String call(final Object... command) {
        send(command);
        return answer();
    }

    /** Like {@link #call}, for what must succeed. */
    public void demand(final Object... command) {
        final String answer = call(command);
        if (!answer.startsWith("ok")) {
            throw new AssertionError(Arrays.toString(command) + " in another process: " + answer);
        }
    }

    /** A record lock command on the file that was opened as "file". */
    public String fcntl(final RecordLock.Command command, final RecordLock lock) {
        return call("fcntl", "file", command.number(), lock.type().ordinal(), lock.start(), lock.length());
    }

    public String flock(final int operation) {
        return call("flock", "file", operation);
    }

    public long pid() {
        return process.pid();
    }

    /** Ends the process as a crash does. */
    public void kill() {
        process.destroyForcibly();
        exitCode();
    }

    /** Waits for its end; 128 and the signal's number if it died of one. */
    public int exitCode() {
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                throw new AssertionError("the other process does not end");
            }
            return process.exitValue();
        } catch (final InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        commands.close();
        kill();
    }
}
