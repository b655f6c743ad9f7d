package org.dsmfs.posix.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.dsmfs.posix.sys.Mount;
import org.dsmfs.posix.sys.Posix;

/**
 * The directory under test and what its filesystem lacks.
 *
 * <p>The directory is the environment variable or system property POSIX_DIR. The suite then demands every
 * {@link Capability} but those of POSIX_LACKS (names separated by commas), and demands that those are lacking.
 * Without POSIX_DIR the suite uses the default temporary directory and skips what a probe finds lacking there.
 * POSIX_ALTERNATE names directories (separated by colons) that show the same as POSIX_DIR, being other mounts of the
 * same filesystem; each system call by path is then made on another one than the call before.
 */
public final class FilesystemUnderTest {
    private static final String DIRECTORY_SETTING = "POSIX_DIR";
    private static final String LACKS_SETTING = "POSIX_LACKS";
    private static final String ALTERNATE_SETTING = "POSIX_ALTERNATE";
    private static final AtomicInteger COUNTER = new AtomicInteger();

    private static final boolean DECLARED = !setting(DIRECTORY_SETTING).isEmpty();
    private static final String ROOT = makeRoot();
    private static final Set<Capability> LACKING = DECLARED ? declaredLacking() : probedLacking();

    private FilesystemUnderTest() {
    }

    /** What the filesystem lacks: as declared if the directory was given, as probed otherwise. */
    public static Set<Capability> lacking() {
        return LACKING;
    }

    static boolean lacks(final Capability capability) {
        return LACKING.contains(capability);
    }

    /**
     * Whether this process has root's rights, which the tests need.
     *
     * @throws IllegalStateException if it has not and a directory was given, lest nothing be tested unnoticed
     */
    static boolean mayBeTested() {
        if (DECLARED && !Posix.isRoot()) {
            throw new IllegalStateException("must run as root to test " + setting(DIRECTORY_SETTING));
        }
        return Posix.isRoot();
    }

    /** Makes a directory that does not exist yet, mode 0755, owned by the user who runs the tests. */
    static String makeDirectory() {
        final String directory = ROOT + "/" + COUNTER.incrementAndGet();
        Posix.mkdir(directory, 0755);
        Posix.chmod(directory, 0755);
        return directory;
    }

    /** The value of an environment variable or system property, or "". */
    public static String setting(final String name) {
        final String value = System.getenv(name);
        return value != null ? value : System.getProperty(name, "");
    }

    private static String makeRoot() {
        final Path parent = Path.of(DECLARED ? setting(DIRECTORY_SETTING) : System.getProperty("java.io.tmpdir"));
        try {
            final Path root = Files.createTempDirectory(parent, "posix-").toRealPath();
            Posix.chmod(root.toString(), 0755);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> TreeRemoval.remove(root.toString())));
            if (DECLARED) {
                alternateFrom(parent.toRealPath());
            }
            System.out.println("POSIX suite in " + root + (DECLARED ? "" : "; to test a mount set POSIX_DIR=MOUNTPOINT"
                + " and POSIX_LACKS=" + names(EnumSet.of(Capability.O_TMPFILE, Capability.RENAME_EXCHANGE))
                + ",... to what it cannot do"));
            return root.toString();
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot make a directory in " + parent, e);
        }
    }

    private static void alternateFrom(final Path directory) throws IOException {
        final List<String> directories = new ArrayList<>();
        directories.add(directory.toString());
        for (final String other : setting(ALTERNATE_SETTING).split(":")) {
            if (!other.isEmpty()) {
                directories.add(Path.of(other).toRealPath().toString());
            }
        }
        Mount.alternate(directories);
    }

    private static Set<Capability> declaredLacking() {
        final Set<Capability> lacking = Arrays.stream(setting(LACKS_SETTING).split(","))
            .map(String::strip).filter(name -> !name.isEmpty())
            .map(name -> Capability.valueOf(name.toUpperCase(Locale.ROOT)))
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(Capability.class)));
        System.out.println("declared to be lacking: " + names(lacking));
        return lacking;
    }

    private static Set<Capability> probedLacking() {
        final Set<Capability> lacking = Arrays.stream(Capability.values()).filter(c -> !isPresent(c))
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(Capability.class)));
        System.out.println("found to be lacking: " + names(lacking));
        return lacking;
    }

    /** Tries the capability out. */
    public static boolean isPresent(final Capability capability) {
        final String directory = makeDirectory();
        try {
            return capability.isPresent(directory);
        } finally {
            TreeRemoval.remove(directory);
        }
    }

    private static String names(final Set<Capability> capabilities) {
        return capabilities.stream().map(Capability::name).collect(Collectors.joining(","));
    }
}
