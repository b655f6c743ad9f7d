package org.dsmfs.posix.support;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a single test stands on, where that is not its class's {@link PosixSuite#value}. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.SOURCE)
public @interface Basis {
    String value();
}
