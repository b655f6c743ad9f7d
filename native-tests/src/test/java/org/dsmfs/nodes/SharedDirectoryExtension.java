package org.dsmfs.nodes;

import java.util.List;
import org.dsmfs.posix.support.TestDirectory;
import org.dsmfs.posix.support.TreeRemoval;
import org.dsmfs.posix.sys.Posix;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives each test its {@link SharedDirectory} and removes it afterwards; skips all where no nodes are named. */
final class SharedDirectoryExtension implements ExecutionCondition, BeforeEachCallback, ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE =
        ExtensionContext.Namespace.create(SharedDirectoryExtension.class);
    private static final long PROCESS = ProcessHandle.current().pid();
    private static int made;

    /** Closed, and so removed, by JUnit at the end of the test. */
    private record Owned(SharedDirectory directory) implements AutoCloseable {
        @Override
        public void close() {
            TreeRemoval.remove(directory.on(0).path());
        }
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(final ExtensionContext context) {
        return Nodes.directories().isEmpty()
            ? ConditionEvaluationResult.disabled("NODE_DIRS is not set")
            : ConditionEvaluationResult.enabled("NODE_DIRS is set");
    }

    @Override
    public void beforeEach(final ExtensionContext context) {
        Posix.umask(0);
    }

    @Override
    public boolean supportsParameter(final ParameterContext parameter, final ExtensionContext context) {
        return parameter.getParameter().getType() == SharedDirectory.class;
    }

    @Override
    public Object resolveParameter(final ParameterContext parameter, final ExtensionContext context) {
        return context.getStore(NAMESPACE).computeIfAbsent(Owned.class, key -> new Owned(make()), Owned.class)
            .directory();
    }

    private static SharedDirectory make() {
        final List<String> directories = Nodes.directories();
        final String name = "/nodes-" + PROCESS + "-" + ++made;
        Posix.mkdir(directories.get(0) + name, 0755);
        return new SharedDirectory(directories.stream().map(parent -> new TestDirectory(parent + name)).toList());
    }
}
