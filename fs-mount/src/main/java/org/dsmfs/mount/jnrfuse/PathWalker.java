package org.dsmfs.mount.jnrfuse;

import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.layout.Attributes;
import org.dsmfs.layout.FileSystem;

/**
 * Finds inodes by libfuse's paths: NUL-terminated, absolute in the mount, without "." and "..", of any length. libfuse
 * holds the names on the path still while an operation runs, but for other nodes: what was found may be gone when it is
 * used, which is ESTALE then, and the path has to be walked again. Not thread-safe.
 */
final class PathWalker {
    private final FileSystem fileSystem;
    private final NamelessNodes nameless;
    private final UnsafeBuffer text = new UnsafeBuffer(0, 0);
    private final Attributes step = new Attributes();
    private byte[] name;
    private int position;

    PathWalker(final FileSystem fileSystem, final NamelessNodes nameless) {
        this.fileSystem = fileSystem;
        this.nameless = nameless;
    }

    /**
     * @param path address
     * @param out  receives the attributes
     * @return the inode number
     */
    long resolve(final long path, final Attributes out) {
        final long parent = resolveParent(path);
        if (name == null) {
            fileSystem.getAttributes(parent, out);
        } else if (nameless.contains(name)) {
            nameless.getAttributes(fileSystem, name, out);
        } else {
            fileSystem.lookup(parent, name, out);
        }
        return out.ino;
    }

    /**
     * @param path address
     * @return the inode number
     */
    long resolve(final long path) {
        return resolve(path, step);
    }

    /**
     * Resolves all but the last component, which {@link #name} then returns.
     *
     * @param path address
     * @return inode number of the directory
     */
    long resolveParent(final long path) {
        text.wrap(path, Integer.MAX_VALUE);
        position = 0;
        long parent = FileSystem.ROOT;
        name = nextName();
        while (name != null) {
            final byte[] next = nextName();
            if (next == null) {
                break;
            }
            fileSystem.lookup(parent, name, step);
            parent = step.ino;
            name = next;
        }
        return parent;
    }

    /** @return the last component of the path of {@link #resolveParent}, null for the root directory */
    byte[] name() {
        return name;
    }

    private byte[] nextName() {
        while (text.getByte(position) == '/') {
            position++;
        }
        final int start = position;
        while (text.getByte(position) != 0 && text.getByte(position) != '/') {
            position++;
        }
        if (position == start) {
            return null;
        }
        final byte[] component = new byte[position - start];
        text.getBytes(start, component);
        return component;
    }
}
