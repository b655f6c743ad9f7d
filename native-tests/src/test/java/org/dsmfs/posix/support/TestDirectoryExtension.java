package org.dsmfs.posix.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.dsmfs.posix.sys.Mount;
import org.dsmfs.posix.sys.Posix;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** Gives each test its {@link TestDirectory} and removes it afterwards. */
final class TestDirectoryExtension
        implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE =
        ExtensionContext.Namespace.create(TestDirectoryExtension.class);
    private static boolean classesAreLoaded;

    /** Closed, and so removed, by JUnit at the end of the test. */
    private record Owned(TestDirectory directory) implements AutoCloseable {
        @Override
        public void close() {
            TreeRemoval.remove(directory.path());
        }
    }

    @Override
    public void beforeAll(final ExtensionContext context) throws IOException, ReflectiveOperationException {
        if (!classesAreLoaded) {
            loadClasses(context.getRequiredTestClass());
            classesAreLoaded = true;
        }
    }

    /** A step that runs as another user may not be allowed to read classes in the builder's home. */
    private static void loadClasses(final Class<?> example) throws IOException, ReflectiveOperationException {
        final Path root = Path.of(example.getProtectionDomain().getCodeSource().getLocation().getPath());
        try (Stream<Path> files = Files.walk(root)) {
            for (final Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                final String name = root.relativize(file).toString().replace('/', '.');
                Class.forName(name.substring(0, name.length() - ".class".length()), false, example.getClassLoader());
            }
        } catch (final UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public void beforeEach(final ExtensionContext context) {
        Posix.umask(0);
        if (AnnotationSupport.isAnnotated(context.getElement(), OneMount.class)) {
            Mount.pause();
        }
    }

    @Override
    public void afterEach(final ExtensionContext context) {
        Mount.resume();
    }

    @Override
    public boolean supportsParameter(final ParameterContext parameter, final ExtensionContext context) {
        return parameter.getParameter().getType() == TestDirectory.class;
    }

    @Override
    public Object resolveParameter(final ParameterContext parameter, final ExtensionContext context) {
        return context.getStore(NAMESPACE).computeIfAbsent(Owned.class,
            key -> new Owned(new TestDirectory(FilesystemUnderTest.makeDirectory())), Owned.class).directory();
    }
}
