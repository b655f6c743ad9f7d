package org.dsmfs.layout;

import static org.dsmfs.layout.Fixture.assertErrno;
import static org.dsmfs.layout.Fixture.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.layout.page.InodePage;
import org.dsmfs.layout.page.PageKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A file lives while any node has it open. */
class OpenElsewhereTest {
    private final ClusterFixture cluster = new ClusterFixture(3);

    @AfterEach
    void isClean() {
        assertEquals(List.of(), FileSystemCheck.check(cluster.spaces[2]));
    }

    @Test
    void whoeverClosesLastFreesIt() {
        final long ino = cluster.file(0, "f");
        cluster.open(1, ino);
        cluster.open(2, ino);
        cluster.unlink(0, "f");
        cluster.nodes[1].release(ino);
        assertTrue(cluster.exists(ino));
        assertEquals(0, cluster.attributes(2, ino).nlink);
        cluster.nodes[2].release(ino);
        assertFalse(cluster.exists(ino));
    }

    @Test
    void whatOthersHaveSeenButNotOpenIsFreedAtOnce() {
        final long ino = cluster.file(0, "f");
        cluster.attributes(1, ino);
        cluster.unlink(0, "f");
        assertFalse(cluster.exists(ino));
    }

    @Test
    void whatNobodyElseHasSeenIsFreedWithoutAQuestion() {
        final long ino = cluster.file(0, "f");
        cluster.open(0, ino);
        cluster.unlink(0, "f");
        cluster.nodes[0].release(ino);
        assertFalse(cluster.exists(ino));
        assertEquals(0, cluster.heap.questions());
    }

    @Test
    void aFileWithoutANameIsNotOpenedWhereItIsNotOpen() {
        final long ino = cluster.file(0, "f");
        cluster.open(1, ino);
        cluster.unlink(0, "f");
        assertErrno(Errno.ESTALE, () -> cluster.open(0, ino));
        cluster.open(1, ino);
        cluster.nodes[1].release(ino);
        assertTrue(cluster.exists(ino));
        cluster.nodes[1].release(ino);
        assertFalse(cluster.exists(ino));
    }

    @Test
    void aTemporaryFileGetsItsNameOnlyWhereItIsOpen() {
        cluster.nodes[0].createTemporary(Caller.ROOT, FileSystem.ROOT, 0600, cluster.out);
        final long ino = cluster.out.ino;
        assertErrno(Errno.ENOENT,
            () -> cluster.nodes[1].link(Caller.ROOT, ino, FileSystem.ROOT, bytes("f"), cluster.out));
        cluster.nodes[0].link(Caller.ROOT, ino, FileSystem.ROOT, bytes("f"), cluster.out);
        cluster.nodes[0].release(ino);
        assertTrue(cluster.exists(ino));
    }

    @Test
    void replacingByRenameKeepsWhatIsOpenElsewhere() {
        final long old = cluster.file(0, "old");
        cluster.file(0, "new");
        cluster.open(1, old);
        cluster.nodes[0].rename(Caller.ROOT, FileSystem.ROOT, bytes("new"), FileSystem.ROOT, bytes("old"), 0);
        assertTrue(cluster.exists(old));
        cluster.nodes[1].release(old);
        assertFalse(cluster.exists(old));
    }

    @Test
    void aDirectoryLivesToo() {
        final long ino = cluster.directory(0, FileSystem.ROOT, "d");
        cluster.open(1, ino);
        cluster.nodes[2].rmdir(Caller.ROOT, FileSystem.ROOT, bytes("d"));
        cluster.nodes[1].readDirectory(ino, 0, (name, entry, type, cookie) -> true);
        assertErrno(Errno.ENOENT, () -> cluster.directory(0, ino, "sub"));
        cluster.nodes[1].release(ino);
        assertFalse(cluster.exists(ino));
    }

    private void fill(final int node, final long ino) {
        final int length = (int) (TakenReclaims.DECIDING_PAGE + 1) * ClusterFixture.PAGE;
        cluster.nodes[node].write(Caller.ROOT, ino, 0, new UnsafeBuffer(new byte[length]), 0, length, false);
    }

    @Test
    void whoHasTheContentFreesIt() {
        final long ino = cluster.file(0, "f");
        fill(1, ino);
        cluster.unlink(2, "f");
        cluster.nodes[2].tidy();
        cluster.nodes[0].tidy();
        assertTrue(cluster.exists(ino));
        cluster.nodes[1].tidy();
        assertFalse(cluster.exists(ino));
    }

    @Test
    void whoHasTheContentAsksWhetherOthersUseIt() {
        final long ino = cluster.file(0, "f");
        fill(1, ino);
        cluster.open(2, ino);
        cluster.unlink(0, "f");
        passTime(PostponedReclaims.DELAY_NANOS);
        passTime(PostponedReclaims.DELAY_NANOS);
        assertTrue(cluster.exists(ino));
        cluster.nodes[2].release(ino);
        cluster.nodes[1].tidy();
        assertFalse(cluster.exists(ino));
    }

    @Test
    void whoTookTheNameFreesItIfTheOneWithTheContentDies() {
        final long ino = cluster.file(0, "f");
        fill(1, ino);
        cluster.unlink(0, "f");
        cluster.kill(1);
        assertFalse(cluster.exists(ino));
    }

    private void passTime(final long nanos) {
        for (int node = 0; node < cluster.clocks.length; node++) {
            cluster.clocks[node] += nanos;
        }
        for (final FileSystem node : cluster.nodes) {
            node.tidy();
        }
    }

    @Test
    void whatWasJustLookedUpCanBeOpenedAlthoughItIsReplacedElsewhere() {
        final long old = cluster.file(0, "old");
        cluster.file(0, "new");
        cluster.nodes[1].lookupToOpen(FileSystem.ROOT, bytes("old"), cluster.out);
        cluster.nodes[0].rename(Caller.ROOT, FileSystem.ROOT, bytes("new"), FileSystem.ROOT, bytes("old"), 0);
        passTime(RecentLookups.SPAN_NANOS - 1);
        cluster.open(1, old);
        assertErrno(Errno.ESTALE, () -> cluster.open(2, old));
        passTime(2 * PostponedReclaims.DELAY_NANOS);
        assertTrue(cluster.exists(old));
        cluster.nodes[1].release(old);
        assertFalse(cluster.exists(old));
    }

    @Test
    void whatWasLookedUpAndNotOpenedIsFreedLater() {
        final long ino = cluster.file(0, "f");
        cluster.nodes[1].lookupToOpen(FileSystem.ROOT, bytes("f"), cluster.out);
        cluster.unlink(0, "f");
        assertTrue(cluster.exists(ino));
        passTime(PostponedReclaims.DELAY_NANOS);
        assertFalse(cluster.exists(ino));
    }

    @Test
    void whatTwoAreAboutToOpenStaysWhenTheFirstClosesIt() {
        final long ino = cluster.file(0, "f");
        cluster.nodes[1].lookupToOpen(FileSystem.ROOT, bytes("f"), cluster.out);
        cluster.unlink(0, "f");
        cluster.open(1, ino);
        cluster.nodes[1].release(ino);
        cluster.open(1, ino);
        cluster.nodes[1].release(ino);
        assertTrue(cluster.exists(ino));
        passTime(PostponedReclaims.DELAY_NANOS);
        assertFalse(cluster.exists(ino));
        assertErrno(Errno.ESTALE, () -> cluster.open(1, ino));
    }

    @Test
    void aLookUpDoesNotCountAgainWhenTheClockIsSetBack() {
        final long ino = cluster.file(0, "f");
        cluster.nodes[1].lookupToOpen(FileSystem.ROOT, bytes("f"), cluster.out);
        cluster.clocks[1] += 2 * RecentLookups.SPAN_NANOS;
        assertFalse(cluster.spaces[0].neighbours().isPinnedElsewhere(PageKind.INODE.segment(ino), 0));
        cluster.clocks[1] -= 2 * RecentLookups.SPAN_NANOS;
        assertFalse(cluster.spaces[0].neighbours().isPinnedElsewhere(PageKind.INODE.segment(ino), 0));
        cluster.unlink(0, "f");
        assertFalse(cluster.exists(ino));
    }

    @Test
    void whatADeadNodeHadOpenIsFreedByTheOthers() {
        final long ino = cluster.file(0, "f");
        cluster.open(1, ino);
        cluster.unlink(0, "f");
        cluster.kill(1);
        assertFalse(cluster.exists(ino));
    }

    @Test
    void theOrphansOfADeadNodeAreFreedUnlessOpenElsewhere() {
        final long mine = cluster.file(0, "mine");
        final long others = cluster.file(0, "others");
        cluster.open(0, mine);
        cluster.open(1, others);
        cluster.unlink(0, "mine");
        cluster.unlink(0, "others");
        cluster.kill(0);
        assertFalse(cluster.exists(mine));
        assertTrue(cluster.exists(others));
        cluster.restart(0);
        assertTrue(cluster.exists(others));
        cluster.nodes[1].release(others);
        assertFalse(cluster.exists(others));
    }

    @Test
    void orphansOfTheTimeBeforeListsAreStillSwept() {
        final long ino = cluster.file(0, "f");
        cluster.spaces[0].execute(tx -> {
            final Inode root = Inode.load(tx, FileSystem.ROOT);
            new DirectoryTree(root).remove(bytes("f"));
            final Inode inode = Inode.load(tx, ino);
            inode.edit().nlink(0);
            inode.edit().flag(InodePage.ORPHAN, true);
            new DirectoryTree(Inode.load(tx, Orphans.INO)).insert(Orphans.name(ino), ino, FileType.REGULAR);
            return null;
        });
        assertEquals(List.of(), FileSystemCheck.check(cluster.spaces[2]));
        cluster.kill(0);
        cluster.restart(0);
        assertFalse(cluster.exists(ino));
    }

    @Test
    void aFileWhosePageCannotBeReadIsClosedAllTheSame() {
        final long ino = cluster.file(0, "f");
        cluster.open(1, ino);
        cluster.spaces[1].stopAfter(0);
        assertErrno(Errno.EIO, () -> cluster.nodes[1].release(ino));
        cluster.spaces[1].stopAfter(Integer.MAX_VALUE);
        assertFalse(cluster.spaces[0].neighbours().isPinnedElsewhere(PageKind.INODE.segment(ino), 0));
    }
}
