package org.dsmfs.layout;

import static org.dsmfs.layout.Fixture.assertErrno;
import static org.dsmfs.layout.Fixture.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class XattrTest {
    private final Fixture fixture = new Fixture();

    @Test
    void valuesOfAnyLengthUpTo64KiB() {
        final long ino = fixture.file("f");
        final int pages = fixture.space.pageCount();
        for (final int length : new int[] {0, 1, 1000, 1021, 4080, 4096, 8180, 65535, 65536}) {
            final byte[] value = random(length);
            fixture.fs.setXattr(Caller.ROOT, ino, bytes("user.v"), value, 0);
            assertArrayEquals(value, fixture.fs.getXattr(ino, bytes("user.v")));
            fixture.assertClean();
        }
        assertErrno(Errno.E2BIG, () -> fixture.fs.setXattr(Caller.ROOT, ino, bytes("user.v"), random(65537), 0));
        fixture.fs.removeXattr(Caller.ROOT, ino, bytes("user.v"));
        assertEquals(pages, fixture.space.pageCount());
    }

    @Test
    void manyUntilThereIsNoRoomAndTheirNamesFitInOneList() {
        final long ino = fixture.file("f");
        final int pages = fixture.space.pageCount();
        final int[] count = {0};
        assertErrno(Errno.ENOSPC, () -> {
            for (; count[0] < 1000; count[0]++) {
                final String name = "user." + "n".repeat(240) + String.format("%010d", count[0]);
                fixture.fs.setXattr(Caller.ROOT, ino, bytes(name), random(100), 0);
            }
        });
        assertTrue(count[0] >= 240, count[0] + " attributes");
        assertEquals(count[0] * 256, fixture.fs.listXattr(ino).length);
        assertTrue(fixture.fs.listXattr(ino).length <= 65536);
        fixture.assertClean();
        fixture.unlink("f");
        assertEquals(pages - 1, fixture.space.pageCount());
        fixture.assertClean();
    }

    @Test
    void flagsSayWhetherTheNameMustExist() {
        final long ino = fixture.file("f");
        final byte[] name = bytes("trusted.x");
        assertErrno(Errno.ENODATA,
            () -> fixture.fs.setXattr(Caller.ROOT, ino, name, random(1), FileSystem.XATTR_REPLACE));
        fixture.fs.setXattr(Caller.ROOT, ino, name, random(1), FileSystem.XATTR_CREATE);
        assertErrno(Errno.EEXIST,
            () -> fixture.fs.setXattr(Caller.ROOT, ino, name, random(1), FileSystem.XATTR_CREATE));
        fixture.fs.setXattr(Caller.ROOT, ino, name, random(2), FileSystem.XATTR_REPLACE);
        assertEquals(2, fixture.fs.getXattr(ino, name).length);
        assertErrno(Errno.EINVAL, () -> fixture.fs.setXattr(Caller.ROOT, ino, name, random(1), 4));
    }

    @Test
    void namesHaveRules() {
        final long ino = fixture.file("f");
        assertErrno(Errno.EOPNOTSUPP, () -> fixture.fs.getXattr(ino, bytes("other.x")));
        assertErrno(Errno.EOPNOTSUPP, () -> fixture.fs.setXattr(Caller.ROOT, ino, bytes("system.x"), random(1), 0));
        assertErrno(Errno.EINVAL, () -> fixture.fs.setXattr(Caller.ROOT, ino, bytes("user."), random(1), 0));
        assertErrno(Errno.ERANGE,
            () -> fixture.fs.setXattr(Caller.ROOT, ino, bytes("user." + "x".repeat(251)), random(1), 0));
        assertErrno(Errno.ENODATA, () -> fixture.fs.removeXattr(Caller.ROOT, ino, bytes("user.x")));
        fixture.fs.symlink(Caller.ROOT, FileSystem.ROOT, bytes("s"), bytes("f"), fixture.out);
        final long symlink = fixture.out.ino;
        assertErrno(Errno.EPERM, () -> fixture.fs.setXattr(Caller.ROOT, symlink, bytes("user.x"), random(1), 0));
        fixture.fs.setXattr(Caller.ROOT, symlink, bytes("trusted.x"), random(1), 0);
    }

    private static byte[] random(final int length) {
        final byte[] value = new byte[length];
        new Random(length).nextBytes(value);
        return value;
    }
}
