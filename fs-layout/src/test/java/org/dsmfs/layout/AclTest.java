package org.dsmfs.layout;

import static org.dsmfs.layout.Fixture.assertErrno;
import static org.dsmfs.layout.Fixture.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Access control lists in the text form of acl(5), for short: u::rw-,u:7:r--,g::r--,m::rw-,o::--- */
class AclTest {
    private static final byte[] ACCESS = AccessRules.ACCESS_ACL;
    private static final byte[] DEFAULT = AccessRules.DEFAULT_ACL;

    private final Fixture fixture = new Fixture();

    @Test
    void anAccessListSetsTheModeAndTheMaskStandsForTheGroup() {
        final long ino = fixture.file("f");
        set(ino, ACCESS, "u::rwx,u:7:r--,g::r-x,m::rw-,o::--x");
        assertEquals(0100761, fixture.attributes(ino).mode);
        assertArrayEquals(acl("u::rwx,u:7:r--,g::r-x,m::rw-,o::--x"), fixture.fs.getXattr(ino, ACCESS));
        fixture.assertClean();
    }

    @Test
    void aMinimalListIsOnlyAMode() {
        final long ino = fixture.file("f");
        set(ino, ACCESS, "u::rwx,g::r-x,o::--x");
        assertEquals(0100751, fixture.attributes(ino).mode);
        assertErrno(Errno.ENODATA, () -> fixture.fs.getXattr(ino, ACCESS));
    }

    @Test
    void chmodChangesTheMaskOrWithoutOneTheGroup() {
        final long ino = fixture.file("f");
        set(ino, ACCESS, "u::rwx,u:7:rwx,g::r-x,m::rwx,o::---");
        fixture.chmod(ino, 0604);
        assertArrayEquals(acl("u::rw-,u:7:rwx,g::r-x,m::---,o::r--"), fixture.fs.getXattr(ino, ACCESS));
        assertEquals(0100604, fixture.attributes(ino).mode);
    }

    @Test
    void removingTheListLeavesTheMode() {
        final long ino = fixture.file("f");
        set(ino, ACCESS, "u::rwx,u:7:r--,g::r-x,m::rw-,o::--x");
        fixture.fs.removeXattr(Caller.ROOT, ino, ACCESS);
        assertEquals(0100761, fixture.attributes(ino).mode);
        set(ino, ACCESS, "u::rwx,u:7:r--,g::r-x,m::rw-,o::--x");
        fixture.fs.setXattr(Caller.ROOT, ino, ACCESS, acl(""), 0);
        assertErrno(Errno.ENODATA, () -> fixture.fs.getXattr(ino, ACCESS));
    }

    @Test
    void aDefaultListIsInheritedInsteadOfTheUmask() {
        final long directory = fixture.directory("d");
        set(directory, DEFAULT, "u::rwx,u:7:rwx,g::rwx,m::rwx,o::rwx");
        fixture.fs.mknod(Fixture.USER, directory, bytes("f"), 0100640, 0, fixture.out);
        assertEquals(0100640, fixture.out.mode);
        assertArrayEquals(acl("u::rw-,u:7:rwx,g::rwx,m::r--,o::---"),
            fixture.fs.getXattr(fixture.out.ino, ACCESS));
        assertErrno(Errno.ENODATA, () -> fixture.fs.getXattr(fixture.out.ino, DEFAULT));
        fixture.fs.mkdir(Fixture.USER, directory, bytes("sub"), 0777, fixture.out);
        assertEquals(040777, fixture.out.mode);
        assertArrayEquals(acl("u::rwx,u:7:rwx,g::rwx,m::rwx,o::rwx"),
            fixture.fs.getXattr(fixture.out.ino, DEFAULT));
        fixture.assertClean();
    }

    @Test
    void aMinimalDefaultListGivesOnlyAMode() {
        final long directory = fixture.directory("d");
        set(directory, DEFAULT, "u::rwx,g::r-x,o::---");
        fixture.fs.mknod(Fixture.USER, directory, bytes("f"), 0100666, 0, fixture.out);
        assertEquals(0100640, fixture.out.mode);
        assertErrno(Errno.ENODATA, () -> fixture.fs.getXattr(fixture.out.ino, ACCESS));
    }

    @Test
    void withoutADefaultListTheUmaskCounts() {
        fixture.fs.mknod(Fixture.USER, FileSystem.ROOT, bytes("f"), 0106777, 0, fixture.out);
        assertEquals(0106755, fixture.out.mode);
        fixture.fs.symlink(Fixture.USER, FileSystem.ROOT, bytes("s"), bytes("f"), fixture.out);
        assertEquals(0120777, fixture.out.mode);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "u::rwx,g::r-x", "g::r-x,u::rwx,o::---", "u::rwx,u:7:r--,g::r-x,o::---", "u::rwx,u::rwx,g::r-x,o::---",
        "u::rwx,g::r-x,o::---,m::rwx", "u::rwx,u:-1:r--,g::r-x,m::rwx,o::---"})
    void refusesListsThatContradictThemselves(final String text) {
        final long ino = fixture.file("f");
        assertErrno(Errno.EINVAL, () -> set(ino, ACCESS, text));
    }

    @Test
    void refusesWhatIsNoList() {
        final long file = fixture.file("f");
        final byte[] unknownTag = acl("u::rwx,g::r-x,o::---");
        unknownTag[4] = 3;
        final byte[] unknownPermission = acl("u::rwx,g::r-x,o::---");
        unknownPermission[6] = 8;
        final byte[] badLength = Arrays.copyOf(acl("u::rwx,g::r-x,o::---"), 29);
        final byte[] unknownVersion = acl("u::rwx,g::r-x,o::---");
        unknownVersion[0] = 3;
        for (final byte[] value : new byte[][] {{1}, new byte[3], badLength, unknownTag, unknownPermission}) {

            assertErrno(Errno.EINVAL, () -> fixture.fs.setXattr(Caller.ROOT, file, ACCESS, value, 0));
        }
        assertErrno(Errno.EOPNOTSUPP, () -> fixture.fs.setXattr(Caller.ROOT, file, ACCESS, unknownVersion, 0));
        assertErrno(Errno.EACCES, () -> set(file, DEFAULT, "u::rwx,g::r-x,o::---"));
    }

    @Test
    void settingAListDropsSetGidOfAForeignGroup() {
        final long ino = fixture.file("f");
        fixture.chmod(ino, 02755);
        fixture.fs.setXattr(Fixture.USER, ino, ACCESS, acl("u::rwx,g::r-x,o::---"), 0);
        assertEquals(0100750, fixture.attributes(ino).mode);
    }

    private void set(final long ino, final byte[] name, final String text) {
        fixture.fs.setXattr(Caller.ROOT, ino, name, acl(text), 0);
    }

    private static byte[] acl(final String text) {
        final String[] entries = text.isEmpty() ? new String[0] : text.split(",");
        final ByteBuffer buffer = ByteBuffer.allocate(4 + entries.length * 8).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(2);
        for (final String entry : entries) {
            final String[] parts = entry.split(":");
            final boolean isNamed = !parts[1].isEmpty();
            final int tag = switch (parts[0]) {
                case "u" -> isNamed ? 2 : 1;
                case "g" -> isNamed ? 8 : 4;
                case "m" -> 0x10;
                default -> 0x20;
            };
            final int permissions = (parts[2].charAt(0) == 'r' ? 4 : 0) | (parts[2].charAt(1) == 'w' ? 2 : 0)
                | (parts[2].charAt(2) == 'x' ? 1 : 0);
            buffer.putShort((short) tag).putShort((short) permissions);
            buffer.putInt(isNamed ? Integer.parseInt(parts[1]) : -1);
        }
        return buffer.array();
    }
}
