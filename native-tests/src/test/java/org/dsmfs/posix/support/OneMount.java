package org.dsmfs.posix.support;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The test holds for the names of one mount only; its calls do not alternate between mounts. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface OneMount {
    /** Why: what is a mount's own, and not the filesystem's. */
    String value();
}
