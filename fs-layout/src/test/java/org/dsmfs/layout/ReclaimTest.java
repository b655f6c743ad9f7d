package org.dsmfs.layout;

import static org.dsmfs.layout.Fixture.PAGE;
import static org.dsmfs.layout.Fixture.assertErrno;
import static org.dsmfs.layout.Fixture.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dsmfs.layout.page.InodePage;
import org.junit.jupiter.api.Test;

/** Big files go in several transactions: whatever comes between them must not see more than the first one. */
class ReclaimTest {
    private static final long BIG = 5000L * PAGE;

    private final Fixture fixture = new Fixture();

    @Test
    void aBigFileIsFreedWholly() {
        big("what makes this node's list of orphans");
        fixture.unlink("what makes this node's list of orphans");
        final int before = fixture.space.pageCount();
        big("big");
        fixture.unlink("big");
        assertEquals(before, fixture.space.pageCount());
        fixture.assertClean();
    }

    @Test
    void aTruncationCutByACrashIsDoneAndFinishedAtTheNextStart() {
        final long ino = big("big");
        cut(() -> fixture.truncate(ino, PAGE + 10));
        assertTrue(pages(ino) > 2, "nothing is left to trim");
        fixture.assertClean();
        fixture.crash();
        assertEquals(PAGE + 10, fixture.attributes(ino).size);
        assertEquals(2, pages(ino));
        assertFalse(has(ino, InodePage.ORPHAN));
        fixture.assertClean();
    }

    @Test
    void aRemovalCutByACrashIsFinishedAtTheNextStart() {
        final int before = fixture.space.pageCount();
        big("big");
        cut(() -> fixture.unlink("big"));
        assertErrno(Errno.ENOENT, () -> fixture.fs.lookup(FileSystem.ROOT, bytes("big"), fixture.out));
        fixture.assertClean();
        fixture.crash();
        assertEquals(before, fixture.space.pageCount());
        fixture.assertClean();
    }

    @Test
    void growingAgainDoesNotShowWhatWasCutOff() {
        final long ino = big("big");
        fixture.write(ino, BIG - 5, bytes("ghost"));
        cut(() -> fixture.truncate(ino, 10));
        fixture.space.restart();
        fixture.write(ino, BIG, bytes("x"));
        assertArrayEquals(new byte[5], fixture.read(ino, BIG - 5, 5));
        assertEquals(2, pages(ino));
        fixture.assertClean();
    }

    @Test
    void allocatingBeyondTheEndIsNotUndoneByATrim() {
        final long ino = big("big");
        cut(() -> fixture.truncate(ino, 0));
        fixture.space.restart();
        fixture.fs.allocate(Caller.ROOT, ino, FileSystem.FALLOC_KEEP_SIZE, 0, 10 * PAGE);
        assertEquals(10, pages(ino));
        fixture.assertClean();
    }

    @Test
    void cuttingAgainWhileTrimmingTakesTheLowerEnd() {
        final long ino = big("big");
        cut(() -> fixture.truncate(ino, BIG / 2));
        fixture.space.restart();
        fixture.truncate(ino, PAGE);
        assertEquals(1, pages(ino));
        fixture.assertClean();
    }

    @Test
    void anOpenFileWithoutANameLivesUntilItsLastRelease() {
        final long ino = big("big");
        fixture.fs.open(ino, fixture.out);
        fixture.fs.open(ino, fixture.out);
        fixture.unlink("big");
        assertEquals(0, fixture.attributes(ino).nlink);
        fixture.write(ino, 3, bytes("still here"));
        fixture.fs.release(ino);
        assertArrayEquals(bytes("still here"), fixture.read(ino, 3, 10));
        fixture.assertClean();
        fixture.fs.release(ino);
        assertErrno(Errno.ESTALE, () -> fixture.attributes(ino));
        assertErrno(Errno.EBADF, () -> fixture.fs.release(ino));
        fixture.assertClean();
    }

    @Test
    void anOpenFileWithoutANameIsGoneAfterACrash() {
        final int before = fixture.space.pageCount();
        final long ino = big("big");
        fixture.fs.open(ino, fixture.out);
        fixture.unlink("big");
        fixture.crash();
        assertEquals(before, fixture.space.pageCount());
        assertErrno(Errno.ESTALE, () -> fixture.attributes(ino));
        fixture.assertClean();
    }

    @Test
    void anOpenDirectoryWithoutANameLivesButTakesNoNames() {
        final long ino = fixture.directory("d");
        fixture.fs.open(ino, fixture.out);
        fixture.fs.rmdir(Caller.ROOT, FileSystem.ROOT, bytes("d"));
        assertErrno(Errno.ENOENT, () -> fixture.file(ino, "f"));
        fixture.assertClean();
        fixture.fs.release(ino);
        assertErrno(Errno.ESTALE, () -> fixture.attributes(ino));
        fixture.assertClean();
    }

    @Test
    void aTemporaryFileGetsItsFirstNameButNoSecondLife() {
        fixture.fs.createTemporary(Caller.ROOT, FileSystem.ROOT, 0600, fixture.out);
        final long ino = fixture.out.ino;
        fixture.fs.link(Caller.ROOT, ino, FileSystem.ROOT, bytes("named"), fixture.out);
        assertEquals(1, fixture.out.nlink);
        fixture.assertClean();
        fixture.unlink("named");
        assertErrno(Errno.ENOENT,
            () -> fixture.fs.link(Caller.ROOT, ino, FileSystem.ROOT, bytes("again"), fixture.out));
        fixture.fs.release(ino);
        assertErrno(Errno.ESTALE, () -> fixture.attributes(ino));
        fixture.assertClean();
    }

    @Test
    void removalWorksInAFullSpace() {
        for (int i = 0; i < 300; i++) {
            fixture.fs.open(fixture.file("f" + i), fixture.out);
        }
        fixture.space.limit(fixture.space.usedBytes(), 0);
        assertErrno(Errno.ENOSPC, () -> fixture.file("one more"));
        fixture.space.limit(fixture.space.usedBytes() + 10 * PAGE, 10 * PAGE);
        assertErrno(Errno.ENOSPC, () -> fixture.file("one more"));
        for (int i = 0; i < 300; i++) {
            fixture.unlink("f" + i);
        }
        fixture.assertClean();
    }

    private long big(final String name) {
        final long ino = fixture.file(name);
        fixture.fs.allocate(Caller.ROOT, ino, 0, 0, BIG);
        return ino;
    }

    /** Lets the first transaction of an operation happen, but no more. */
    private void cut(final Runnable operation) {
        fixture.space.stopAfter(1);
        assertErrno(Errno.EIO, operation::run);
        fixture.space.stopAfter(Integer.MAX_VALUE);
    }

    private long pages(final long ino) {
        return fixture.space.execute(tx -> Inode.load(tx, ino).view().pages());
    }

    private boolean has(final long ino, final int flag) {
        return fixture.space.execute(tx -> Inode.load(tx, ino).view().has(flag));
    }
}
