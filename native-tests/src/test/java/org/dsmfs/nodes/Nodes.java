package org.dsmfs.nodes;

import java.util.Arrays;
import java.util.List;
import org.dsmfs.posix.support.FilesystemUnderTest;

/** The nodes under test, from the environment or system properties. */
final class Nodes {
    private Nodes() {
    }

    /** A directory of each node that shows the same; none when there is nothing to test. */
    static List<String> directories() {
        final List<String> directories = Arrays.stream(FilesystemUnderTest.setting("NODE_DIRS").strip().split("\\s+"))
            .filter(directory -> !directory.isEmpty()).toList();
        if (directories.size() == 1) {
            throw new IllegalStateException("NODE_DIRS names one directory, and takes at least two");
        }
        return directories;
    }

    static int number(final String setting, final int otherwise) {
        final String value = FilesystemUnderTest.setting(setting);
        return value.isEmpty() ? otherwise : Integer.parseInt(value);
    }
}
