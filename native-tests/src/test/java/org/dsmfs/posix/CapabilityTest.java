package org.dsmfs.posix;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.dsmfs.posix.support.Capability;
import org.dsmfs.posix.support.FilesystemUnderTest;
import org.dsmfs.posix.support.PosixSuite;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Holds POSIX_LACKS to the truth: whatever it names must really be lacking, so that it cannot hide a regression. */
@PosixSuite("the Linux pages that Capability names")
class CapabilityTest {
    @TestFactory
    Stream<DynamicTest> whatIsDeclaredToBeLackingIsLacking() {
        return FilesystemUnderTest.lacking().stream().map(capability -> DynamicTest.dynamicTest(capability.name(),
            () -> assertFalse(FilesystemUnderTest.isPresent(capability), capability + " is not lacking at all")));
    }

    @TestFactory
    Stream<DynamicTest> everythingElseIsPresent() {
        return Stream.of(Capability.values()).filter(c -> !FilesystemUnderTest.lacking().contains(c))
            .map(capability -> DynamicTest.dynamicTest(capability.name(),
                () -> assertTrue(FilesystemUnderTest.isPresent(capability),
                    capability + " is lacking: a regression, or to be declared in POSIX_LACKS")));
    }
}
