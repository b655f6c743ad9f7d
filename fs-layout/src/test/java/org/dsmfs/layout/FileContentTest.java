package org.dsmfs.layout;

import static org.dsmfs.layout.Fixture.PAGE;
import static org.dsmfs.layout.Fixture.assertErrno;
import static org.dsmfs.layout.Fixture.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.layout.page.InodePage;
import org.junit.jupiter.api.Test;

class FileContentTest {
    private static final int BLOCKS_PER_PAGE = PAGE / 512;

    private final Fixture fixture = new Fixture();
    private final long ino = fixture.file("f");

    @Test
    void smallContentLivesInTheInodeAndMovesOutAsItGrows() {
        final int pages = fixture.space.pageCount();
        fixture.write(ino, 0, new byte[InodePage.BODY_LENGTH]);
        assertEquals(pages, fixture.space.pageCount());
        assertEquals(8, fixture.attributes(ino).blocks);
        fixture.write(ino, InodePage.BODY_LENGTH, bytes("!"));
        assertEquals(pages + 1, fixture.space.pageCount());
        assertEquals(BLOCKS_PER_PAGE, fixture.attributes(ino).blocks);
        fixture.truncate(ino, 0);
        assertEquals(pages, fixture.space.pageCount());
        assertEquals(0, fixture.attributes(ino).blocks);
        fixture.assertClean();
    }

    @Test
    void aFileCanReachTheLargestOffset() {
        final long last = Long.MAX_VALUE - 3;
        fixture.write(ino, last, bytes("end"));
        assertEquals(Long.MAX_VALUE, fixture.attributes(ino).size);
        assertArrayEquals(bytes("end"), fixture.read(ino, last, 100));
        assertErrno(Errno.EFBIG, () -> fixture.write(ino, last, bytes("more")));
        assertErrno(Errno.EFBIG, () -> fixture.fs.write(Caller.ROOT, ino, 0, new UnsafeBuffer(bytes("x")), 0, 1,
            true));
        assertEquals(last & -PAGE, fixture.fs.seek(ino, 0, false));
        assertEquals(Long.MAX_VALUE, fixture.fs.seek(ino, last, true));
        assertEquals(BLOCKS_PER_PAGE, fixture.attributes(ino).blocks);
        fixture.assertClean();
        fixture.unlink("f");
        fixture.assertClean();
    }

    @Test
    void seeksHolesAndDataByPages() {
        final long far = (HoleMap.DIRECT_PAGES + 5L) * PAGE;
        fixture.truncate(ino, far + 3 * PAGE);
        fixture.write(ino, 2 * PAGE + 7, bytes("x"));
        fixture.write(ino, far, bytes("x"));
        assertEquals(2 * PAGE, fixture.fs.seek(ino, 0, false));
        assertEquals(2 * PAGE + 9, fixture.fs.seek(ino, 2 * PAGE + 9, false));
        assertEquals(3 * PAGE, fixture.fs.seek(ino, 2 * PAGE + 9, true));
        assertEquals(far, fixture.fs.seek(ino, 3 * PAGE, false));
        assertEquals(far + PAGE, fixture.fs.seek(ino, far, true));
        assertErrno(Errno.ENXIO, () -> fixture.fs.seek(ino, far + PAGE, false));
        assertErrno(Errno.ENXIO, () -> fixture.fs.seek(ino, far + 3 * PAGE, true));
        assertErrno(Errno.ENXIO, () -> fixture.fs.seek(ino, -1, true));
    }

    @Test
    void punchedRangesAreHolesAndAllocatedOnesAreNot() {
        fixture.fs.allocate(Caller.ROOT, ino, 0, 100, 10 * PAGE);
        assertEquals(10 * PAGE + 100, fixture.attributes(ino).size);
        assertEquals(11 * BLOCKS_PER_PAGE, fixture.out.blocks);
        fixture.write(ino, 0, "x".repeat(10 * PAGE).getBytes());
        punch(PAGE / 2, 3 * PAGE);
        assertEquals(9 * BLOCKS_PER_PAGE, fixture.attributes(ino).blocks);
        assertEquals(PAGE, fixture.fs.seek(ino, 0, true));
        assertArrayEquals(bytes("x\0"), fixture.read(ino, PAGE / 2 - 1, 2));
        assertArrayEquals(bytes("\0x"), fixture.read(ino, PAGE / 2 + 3 * PAGE - 1, 2));
        fixture.fs.allocate(Caller.ROOT, ino, FileSystem.FALLOC_ZERO_RANGE, 8 * PAGE, 4 * PAGE);
        assertEquals(12 * PAGE, fixture.attributes(ino).size);
        assertArrayEquals(new byte[10], fixture.read(ino, 8 * PAGE, 10));
        fixture.assertClean();
    }

    @Test
    void allocationRefusesWhatItCannotDo() {
        assertErrno(Errno.EOPNOTSUPP, () -> allocate(FileSystem.FALLOC_PUNCH_HOLE, 0, 1));
        assertErrno(Errno.EOPNOTSUPP, () -> allocate(FileSystem.FALLOC_COLLAPSE_RANGE, 0, PAGE));
        assertErrno(Errno.EOPNOTSUPP, () -> allocate(FileSystem.FALLOC_INSERT_RANGE, 0, PAGE));
        assertErrno(Errno.EINVAL, () -> allocate(0, 0, 0));
        assertErrno(Errno.EINVAL, () -> allocate(0, -1, 1));
        assertErrno(Errno.EFBIG, () -> allocate(0, Long.MAX_VALUE, 1));
        assertErrno(Errno.EISDIR,
            () -> fixture.fs.allocate(Caller.ROOT, FileSystem.ROOT, 0, 0, 1));
        fixture.space.limit(fixture.space.usedBytes() + 100 * PAGE, 0);
        final int pages = fixture.space.pageCount();
        assertErrno(Errno.ENOSPC, () -> allocate(0, 0, 101 * PAGE));
        assertEquals(pages, fixture.space.pageCount());
        allocate(0, 0, 100 * PAGE);
        fixture.assertClean();
    }

    @Test
    void readingAHoleTakesNoPages() {
        final long ino = fixture.file("sparse");
        fixture.write(ino, 300L * PAGE, bytes("x"));
        fixture.space.takeMostPagesInRun();
        fixture.read(ino, 0, 256 * PAGE);
        assertEquals(1, fixture.space.takeMostPagesInRun());
    }

    @Test
    void copiesBetweenAndWithinFiles() {
        final byte[] text = "0123456789".repeat(2000).getBytes();
        fixture.write(ino, 0, text);
        final long other = fixture.file("other");
        assertEquals(15_000, copy(ino, 5000, other, 10, 100_000));
        assertArrayEquals(Arrays.copyOfRange(text, 5000, 20_000), fixture.read(other, 10, 20_000));
        assertEquals(100, copy(ino, 0, ino, 100, 100));
        assertErrno(Errno.EINVAL, () -> copy(ino, 0, ino, 99, 100));
        assertEquals(0, copy(ino, 20_000, other, 0, 10));
        fixture.assertClean();
    }

    private void allocate(final int mode, final long offset, final long length) {
        fixture.fs.allocate(Caller.ROOT, ino, mode, offset, length);
    }

    private void punch(final long offset, final long length) {
        allocate(FileSystem.FALLOC_PUNCH_HOLE | FileSystem.FALLOC_KEEP_SIZE, offset, length);
    }

    private long copy(final long from, final long offset, final long to, final long toOffset, final long length) {
        return fixture.fs.copyRange(Caller.ROOT, from, offset, to, toOffset, length);
    }
}
