package org.dsmfs.posix.support;

import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Skips what {@link Needs} a capability that the filesystem under test is said, or was found, to lack; and everything
 * without root's rights, as the tests make devices, change owners and act as other users.
 */
final class CapabilityCondition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(final ExtensionContext context) {
        if (!FilesystemUnderTest.mayBeTested()) {
            return ConditionEvaluationResult.disabled("must run as root");
        }
        final Optional<Needs> needs = context.getElement()
            .flatMap(element -> AnnotationSupport.findAnnotation(element, Needs.class));
        if (needs.isPresent()) {
            for (final Capability capability : needs.get().value()) {
                if (FilesystemUnderTest.lacks(capability)) {
                    return ConditionEvaluationResult.disabled("lacks " + capability);
                }
            }
        }
        return ConditionEvaluationResult.enabled("lacks nothing that it needs");
    }
}
