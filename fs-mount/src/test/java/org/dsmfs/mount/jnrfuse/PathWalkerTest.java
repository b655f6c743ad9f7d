package org.dsmfs.mount.jnrfuse;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.layout.Attributes;
import org.dsmfs.layout.Caller;
import org.dsmfs.layout.Errno;
import org.dsmfs.layout.ErrnoException;
import org.dsmfs.layout.FileSystem;
import org.dsmfs.mount.MemoryFileSystem;
import org.dsmfs.mount.os.NativeMemory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PathWalkerTest {
    private final MemoryFileSystem fileSystem = new MemoryFileSystem();
    private final NamelessNodes nameless = new NamelessNodes();
    private final PathWalker paths = new PathWalker(fileSystem, nameless);
    private final Attributes out = new Attributes();
    private long directory;
    private long file;

    @BeforeEach
    void makeTree() {
        fileSystem.mkdir(Caller.ROOT, FileSystem.ROOT, bytes("dir"), 0755, out);
        directory = out.ino;
        fileSystem.mknod(Caller.ROOT, directory, bytes("f\u00ff"), 0100644, 0, out);
        file = out.ino;
    }

    private static byte[] bytes(final String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** @return native memory, to be kept reachable while its address is used */
    private static UnsafeBuffer path(final String text) {
        final UnsafeBuffer memory = NativeMemory.allocate(text.length() + 1);
        memory.putBytes(0, bytes(text));
        return memory;
    }

    private long resolve(final String text) {
        final UnsafeBuffer memory = path(text);
        final long ino = paths.resolve(memory.addressOffset(), out);
        assertEquals(text.length() + 1, memory.capacity());
        return ino;
    }

    @Test
    void walksBytesNotCharacters() {
        assertEquals(FileSystem.ROOT, resolve("/"));
        assertEquals(directory, resolve("/dir"));
        assertEquals(file, resolve("/dir/f\u00ff"));
        assertEquals(file, out.ino);
    }

    @Test
    void stopsBeforeTheLastComponent() {
        final UnsafeBuffer missing = path("/dir/missing");
        assertEquals(directory, paths.resolveParent(missing.addressOffset()));
        assertArrayEquals(bytes("missing"), paths.name());
        final UnsafeBuffer root = path("/");
        assertEquals(FileSystem.ROOT, paths.resolveParent(root.addressOffset()));
        assertNull(paths.name());
    }

    @Test
    void errorsAreThoseOfTheComponents() {
        assertEquals(Errno.ENOENT, assertThrows(ErrnoException.class, () -> resolve("/no/f")).errno());
        assertEquals(Errno.ENOTDIR, assertThrows(ErrnoException.class, () -> resolve("/dir/f\u00ff/x")).errno());
    }

    @Test
    void hiddenNameStandsForTheInode() {
        final String hidden = "/dir/.fuse_hidden0000001a00000001";
        assertThrows(ErrnoException.class, () -> resolve(hidden));
        nameless.add(0x1a, file);
        assertEquals(file, resolve(hidden));
    }
}
