package org.dsmfs.nodes;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A class of tests of one filesystem seen from several nodes. It runs when NODE_DIRS names a directory of each node,
 * separated by spaces. Each test that has a {@link SharedDirectory} parameter gets a fresh one, and file mode creation
 * mask 0.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(SharedDirectoryExtension.class)
@interface NodesSuite {
}
