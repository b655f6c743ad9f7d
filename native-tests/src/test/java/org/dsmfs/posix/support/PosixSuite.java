package org.dsmfs.posix.support;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A class of tests of the filesystem under test. Each test that has a {@link TestDirectory} parameter gets a fresh
 * directory there, and file mode creation mask 0.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith({CapabilityCondition.class, TestDirectoryExtension.class})
public @interface PosixSuite {
    /** What the tests stand on: sections of POSIX.1-2017 and pages of the Linux manual. */
    String value();
}
