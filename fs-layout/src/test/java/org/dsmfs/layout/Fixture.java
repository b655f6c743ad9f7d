package org.dsmfs.layout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.function.Executable;

/** A filesystem in a heap space, with a clock that stands still, and short ways to use it. */
final class Fixture {
    static final int PAGE = 4096;
    static final Caller USER = new Caller(1000, 1000, 1, 022);

    final HeapSpace space = HeapSpace.alone(PAGE);
    final Attributes out = new Attributes();
    long now = 1_700_000_000_123_456_789L;
    DsmFileSystem fs;

    Fixture() {
        this(AtimePolicy.RELATIME);
    }

    Fixture(final AtimePolicy atime) {
        fs = DsmFileSystem.open(space, () -> now, atime, Caller.ROOT);
    }

    static byte[] bytes(final String text) {
        return text.getBytes(UTF_8);
    }

    static void assertErrno(final Errno expected, final Executable operation) {
        assertEquals(expected, assertThrows(ErrnoException.class, operation).errno());
    }

    void assertClean() {
        assertEquals(List.of(), FileSystemCheck.check(space));
    }

    /** A crash: nothing is open any more, no lock is held. */
    void crash() {
        space.restart();
        fs = DsmFileSystem.open(space, () -> now, AtimePolicy.RELATIME, Caller.ROOT);
    }

    long file(final String name) {
        return file(FileSystem.ROOT, name);
    }

    long file(final long parent, final String name) {
        fs.mknod(Caller.ROOT, parent, bytes(name), FileType.REGULAR | 0644, 0, out);
        return out.ino;
    }

    long directory(final String name) {
        fs.mkdir(Caller.ROOT, FileSystem.ROOT, bytes(name), 0755, out);
        return out.ino;
    }

    void write(final long ino, final long offset, final byte[] data) {
        fs.write(Caller.ROOT, ino, offset, new UnsafeBuffer(data), 0, data.length, false);
    }

    byte[] read(final long ino, final long offset, final int length) {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[length]);
        final byte[] data = new byte[fs.read(ino, offset, buffer, 0, length)];
        buffer.getBytes(0, data);
        return data;
    }

    void truncate(final long ino, final long size) {
        final AttributeChange change = new AttributeChange();
        change.setSize = true;
        change.size = size;
        fs.setAttributes(Caller.ROOT, ino, change, out);
    }

    void chmod(final long ino, final int mode) {
        final AttributeChange change = new AttributeChange();
        change.setMode = true;
        change.mode = mode;
        fs.setAttributes(Caller.ROOT, ino, change, out);
    }

    void unlink(final String name) {
        fs.unlink(Caller.ROOT, FileSystem.ROOT, bytes(name));
    }

    Attributes attributes(final long ino) {
        fs.getAttributes(ino, out);
        return out;
    }

    List<String> list(final long ino) {
        final List<String> names = new ArrayList<>();
        fs.readDirectory(ino, 0, (name, entry, type, cookie) -> names.add(new String(name, UTF_8)));
        return names;
    }
}
