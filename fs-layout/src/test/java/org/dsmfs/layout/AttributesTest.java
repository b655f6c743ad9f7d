package org.dsmfs.layout;

import static org.dsmfs.layout.Fixture.assertErrno;
import static org.dsmfs.layout.Fixture.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class AttributesTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long DAY = 24 * 3600 * SECOND;

    private Fixture fixture = new Fixture();

    @Test
    void relatimeFollowsChangesAndDays() {
        final long ino = fixture.file("f");
        final long birth = fixture.now;
        fixture.now += SECOND;
        fixture.read(ino, 0, 1);
        assertEquals(birth + SECOND, atime(ino), "first read after the change");
        fixture.now += SECOND;
        fixture.read(ino, 0, 1);
        assertEquals(birth + SECOND, atime(ino), "read again");
        fixture.write(ino, 0, bytes("x"));
        fixture.now += SECOND;
        fixture.read(ino, 0, 1);
        assertEquals(birth + 3 * SECOND, atime(ino), "read after a write");
        fixture.now += DAY;
        fixture.read(ino, 0, 1);
        assertEquals(birth + 3 * SECOND + DAY, atime(ino), "read a day later");
        assertEquals(birth, fixture.out.btimeSeconds * SECOND + fixture.out.btimeNanos);
    }

    @Test
    void listingAndFollowingAreAccesses() {
        final long directory = fixture.directory("d");
        fixture.fs.symlink(Caller.ROOT, FileSystem.ROOT, bytes("s"), bytes("target"), fixture.out);
        final long symlink = fixture.out.ino;
        fixture.now += SECOND;
        fixture.list(directory);
        fixture.fs.readlink(symlink);
        assertEquals(fixture.now, atime(directory));
        assertEquals(fixture.now, atime(symlink));
    }

    @Test
    void noatimeAndStrictatimeMeanWhatTheySay() {
        for (final AtimePolicy policy : new AtimePolicy[] {AtimePolicy.NOATIME, AtimePolicy.STRICTATIME}) {
            fixture = new Fixture(policy);
            final long ino = fixture.file("f");
            final long birth = fixture.now;
            fixture.now += SECOND;
            fixture.read(ino, 0, 1);
            fixture.now += SECOND;
            fixture.read(ino, 0, 1);
            assertEquals(policy == AtimePolicy.NOATIME ? birth : birth + 2 * SECOND, atime(ino));
        }
    }

    @Test
    void timesCanBeSetToAnythingWithNanoseconds() {
        final long ino = fixture.file("f");
        final AttributeChange change = new AttributeChange();
        change.setAtime = true;
        change.atimeSeconds = -5_000_000_000L;
        change.atimeNanos = 999_999_999;
        change.setMtime = true;
        change.mtimeNow = true;
        fixture.now += SECOND;
        fixture.fs.setAttributes(Caller.ROOT, ino, change, fixture.out);
        assertEquals(-5_000_000_000L, fixture.out.atimeSeconds);
        assertEquals(999_999_999, fixture.out.atimeNanos);
        assertEquals(fixture.now, fixture.out.mtimeSeconds * SECOND + fixture.out.mtimeNanos);
        assertEquals(fixture.now, fixture.out.ctimeSeconds * SECOND + fixture.out.ctimeNanos);
        change.atimeNanos = 1_000_000_000;
        assertErrno(Errno.EINVAL, () -> fixture.fs.setAttributes(Caller.ROOT, ino, change, fixture.out));
    }

    @Test
    void truncationToTheSameSizeIsAChange() {
        final long ino = fixture.file("f");
        fixture.now += SECOND;
        fixture.truncate(ino, 0);
        assertEquals(fixture.now, fixture.out.mtimeSeconds * SECOND + fixture.out.mtimeNanos);
        assertErrno(Errno.EINVAL, () -> fixture.truncate(ino, -1));
        assertErrno(Errno.EISDIR, () -> fixture.truncate(FileSystem.ROOT, 0));
    }

    @Test
    void writingDropsSetIdUnlessTheSuperuserWrites() {
        final long ino = fixture.file("f");
        fixture.chmod(ino, 06755);
        fixture.write(ino, 0, bytes("x"));
        assertEquals(0106755, fixture.attributes(ino).mode);
        fixture.fs.write(Fixture.USER, ino, 0, new UnsafeBuffer(bytes("x")), 0, 1, false);
        assertEquals(0100755, fixture.attributes(ino).mode);
        fixture.chmod(ino, 06745);
        fixture.fs.write(Fixture.USER, ino, 0, new UnsafeBuffer(bytes("x")), 0, 1, false);
        assertEquals(0102745, fixture.attributes(ino).mode);
    }

    @Test
    void devicesKeepTheirNumber() {
        fixture.fs.mknod(Caller.ROOT, FileSystem.ROOT, bytes("null"), FileType.CHARACTER_DEVICE | 0666, 0x103,
            fixture.out);
        assertEquals(0x103, fixture.out.rdev);
        fixture.fs.mknod(Caller.ROOT, FileSystem.ROOT, bytes("p"), FileType.FIFO | 0666, 0x103, fixture.out);
        assertEquals(0, fixture.out.rdev);
        assertErrno(Errno.EINVAL, () -> fixture.fs.mknod(Caller.ROOT, FileSystem.ROOT, bytes("x"),
            FileType.DIRECTORY, 0, fixture.out));
        assertErrno(Errno.EINVAL, () -> fixture.fs.mknod(Caller.ROOT, FileSystem.ROOT, bytes("x"), 0644, 0,
            fixture.out));
    }

    @Test
    void namesHaveRules() {
        assertErrno(Errno.ENAMETOOLONG, () -> fixture.file("x".repeat(256)));
        assertErrno(Errno.ENAMETOOLONG,
            () -> fixture.fs.lookup(FileSystem.ROOT, bytes("x".repeat(256)), fixture.out));
        for (final String name : new String[] {"", ".", "..", "a/b", "a\0b"}) {
            assertErrno(Errno.EINVAL, () -> fixture.file(name));
        }
        final long directory = fixture.directory("d");
        fixture.fs.lookup(directory, bytes(".."), fixture.out);
        assertEquals(FileSystem.ROOT, fixture.out.ino);
        fixture.fs.lookup(directory, bytes("."), fixture.out);
        assertEquals(directory, fixture.out.ino);
        assertErrno(Errno.ENAMETOOLONG, () -> fixture.fs.symlink(Caller.ROOT, directory, bytes("s"),
            new byte[4096], fixture.out));
        assertErrno(Errno.ESTALE, () -> fixture.attributes(12345));
        assertErrno(Errno.ESTALE, () -> fixture.attributes(-1));
        assertErrno(Errno.ENOTDIR, () -> fixture.file(fixture.file("f"), "x"));
    }

    @Test
    void createOpensWhatIsThereUnlessItMustBeNew() {
        final long ino = fixture.file("f");
        fixture.directory("d");
        fixture.fs.symlink(Caller.ROOT, FileSystem.ROOT, bytes("s"), bytes("f"), fixture.out);
        assertEquals(false, create("f", false));
        assertEquals(ino, fixture.out.ino);
        fixture.fs.release(ino);
        assertEquals(true, create("new", false));
        assertErrno(Errno.EEXIST, () -> create("new", true));
        assertErrno(Errno.EISDIR, () -> create("d", false));
        assertErrno(Errno.ELOOP, () -> create("s", false));
    }

    @Test
    void thereIsAMostNumberOfLinks() {
        final long file = fixture.file("f");
        final long directory = fixture.directory("d");
        final long moved = fixture.directory("moved");
        fixture.space.execute(tx -> {
            Inode.load(tx, file).edit().nlink(Namespace.LINK_MAX);
            Inode.load(tx, directory).edit().nlink(Namespace.LINK_MAX);
            return null;
        });
        assertErrno(Errno.EMLINK,
            () -> fixture.fs.link(Caller.ROOT, file, FileSystem.ROOT, bytes("g"), fixture.out));
        assertErrno(Errno.EMLINK, () -> fixture.fs.mkdir(Caller.ROOT, directory, bytes("sub"), 0755, fixture.out));
        assertErrno(Errno.EMLINK, () -> fixture.fs.rename(
            Caller.ROOT, FileSystem.ROOT, bytes("moved"), directory, bytes("moved"), 0));
        assertEquals(Namespace.LINK_MAX, fixture.attributes(file).nlink);
        assertEquals(2, fixture.attributes(moved).nlink);
        fixture.file(directory, "files do not count");
    }

    @Test
    void statusTellsTheTruthOfTheSpace() {
        fixture.file("f");
        fixture.space.limit(fixture.space.usedBytes() + 100 * 4096, 10 * 4096);
        final FileSystemStatus status = fixture.fs.status();
        assertEquals(4096, status.blockSize());
        assertEquals(103, status.blocks());
        assertEquals(100, status.blocksFree());
        assertEquals(90, status.blocksAvail());
        assertEquals(90, status.filesFree());
        assertEquals(93, status.files());
    }

    private boolean create(final String name, final boolean exclusive) {
        return fixture.fs.create(Caller.ROOT, FileSystem.ROOT, bytes(name), 0644, exclusive, fixture.out);
    }

    private long atime(final long ino) {
        fixture.attributes(ino);
        return fixture.out.atimeSeconds * SECOND + fixture.out.atimeNanos;
    }
}
