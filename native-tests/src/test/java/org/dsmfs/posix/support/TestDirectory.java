package org.dsmfs.posix.support;

import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.Posix;

/** A test's own directory on the filesystem under test, and short ways to put things there. */
public final class TestDirectory {
    private final String path;

    public TestDirectory(final String path) {
        this.path = path;
    }

    public String path() {
        return path;
    }

    public String path(final String name) {
        return path + "/" + name;
    }

    /** Makes an empty regular file, mode 0644, and returns its path. */
    public String file(final String name) {
        return file(name, 0644);
    }

    public String file(final String name, final int mode) {
        Descriptor.open(path(name), Descriptor.O_WRONLY | Descriptor.O_CREAT | Descriptor.O_EXCL, mode).close();
        return path(name);
    }

    /** Makes a regular file with content, mode 0644, and returns its path. */
    public String file(final String name, final byte[] content) {
        try (Descriptor file = Descriptor.create(path(name))) {
            file.write(content);
        }
        return path(name);
    }

    /** Makes a directory and returns its path. */
    public String directory(final String name, final int mode) {
        Posix.mkdir(path(name), mode);
        return path(name);
    }

    /** Makes a file of the type with mode 0644 (0755 for directories) and returns its path. */
    public String make(final FileType type, final String name) {
        type.make(path(name));
        return path(name);
    }
}
