package org.dsmfs.layout;

import static org.dsmfs.layout.Fixture.assertErrno;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.dsmfs.layout.page.PageKind;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Locks of processes on different nodes; processes on different nodes may have the same number. */
class ClusterLocksTest {
    private static final int NODES = 3;
    private static final long ME = 7;

    private final ClusterFixture cluster = new ClusterFixture(NODES);
    /** Per node the inodes that it was told to try again. */
    private final List<List<Long>> unlocked = new ArrayList<>();
    private long ino;
    private long other;

    @BeforeEach
    void openFiles() {
        ino = cluster.file(0, "f");
        other = cluster.file(1, "g");
        for (int node = 0; node < NODES; node++) {
            cluster.open(node, ino);
            cluster.open(node, other);
            unlocked.add(new ArrayList<>());
            cluster.nodes[node].onUnlock(unlocked.get(node)::add);
        }
    }

    @Test
    void equalNumbersOnTwoNodesAreTwoOwners() {
        assertTrue(lock(0, ME, ino, 0));
        assertFalse(lock(1, ME, ino, 0));
        assertTrue(cluster.nodes[1].setFlock(ino, ME, LockRange.WRITE));
        assertFalse(cluster.nodes[2].setFlock(ino, ME, LockRange.WRITE));
        cluster.nodes[1].dropLocks(ino, ME);
        assertFalse(lock(1, ME, ino, 0));
        final LockRange range = range(LockRange.WRITE, 0);
        cluster.nodes[1].getLock(ino, ME, range);
        assertEquals(LockRange.WRITE, range.type);
        assertEquals(0, range.pid);
    }

    @Test
    void theLastCloseOnANodeDropsItsLocksOnly() {
        assertTrue(lock(0, ME, ino, 0));
        assertTrue(lock(1, ME, ino, 1));
        cluster.nodes[0].release(ino);
        assertTrue(lock(2, ME, ino, 0));
        assertFalse(lock(2, ME, ino, 1));
        cluster.nodes[1].release(ino);
        cluster.nodes[2].release(ino);
        assertEquals(null, cluster.spaces[0].page(PageKind.LOCK.segment(ino), 0));
    }

    @Test
    void aReleaseElsewhereWakesWhoWasDenied() {
        assertTrue(lock(0, ME, ino, 0));
        assertFalse(lock(1, ME, ino, 0));
        unlock(0, ME, ino, 0);
        assertEquals(List.of(ino), unlocked.get(1));
        assertEquals(List.of(), unlocked.get(2));
        assertTrue(lock(1, ME, ino, 0));
    }

    @Test
    void aLostCopyWakesToo() {
        assertTrue(lock(0, ME, ino, 0));
        assertFalse(lock(1, ME, ino, 0));
        cluster.spaces[1].evict(PageKind.LOCK.segment(ino), 0);
        assertEquals(List.of(ino), unlocked.get(1));
    }

    @Test
    void theLocksOfADeadNodeDoNotCount() {
        assertTrue(lock(0, ME, ino, 0));
        assertTrue(lock(1, ME, ino, 1));
        assertFalse(lock(2, ME, ino, 0));
        unlocked.get(2).clear();
        cluster.kill(0);
        assertTrue(unlocked.get(2).contains(ino));
        assertTrue(lock(2, ME, ino, 0));
        cluster.restart(0);
        cluster.open(0, ino);
        assertFalse(lock(0, ME, ino, 0));
    }

    @Test
    void locksSurviveTheNodeThatHadThePage() {
        assertTrue(lock(0, ME, ino, 0));
        assertTrue(lock(1, ME, ino, 1));
        cluster.kill(1);
        assertFalse(lock(2, ME, ino, 0));
        assertTrue(lock(2, ME, ino, 1));
        unlock(0, ME, ino, 0);
        assertTrue(lock(2, ME, ino, 0));
    }

    @Test
    void aNodeThatWasOutOfReachHasTheLocksThatNobodyTook() {
        assertTrue(lock(0, ME, ino, 0));
        assertTrue(lock(1, ME, ino, 1));
        cluster.kill(0);
        cluster.spaces[0].comeBack();
        cluster.heap.announceChange();
        assertFalse(lock(2, ME, ino, 0));
        unlock(1, ME, ino, 1);
        cluster.kill(1);
        assertFalse(lock(2, ME, ino, 0));
    }

    @Test
    void aNodeThatWasOutOfReachDoesNotEnterLocksAgainThatOthersHadSince() {
        assertTrue(lock(0, ME, ino, 0));
        cluster.kill(0);
        assertTrue(lock(1, ME, ino, 0));
        cluster.kill(1);
        cluster.spaces[0].comeBack();
        assertTrue(lock(2, ME, ino, 0));
        cluster.heap.announceChange();
        unlock(2, ME, ino, 0);
        assertTrue(lock(2, ME, ino, 0));
        cluster.kill(2);
        assertTrue(lock(0, ME + 1, ino, 0));
    }

    @Test
    void nothingIsGrantedBeforeTheOthersHaveEnteredTheirLocksAgain() {
        assertTrue(lock(0, ME, ino, 0));
        assertTrue(lock(1, ME, ino, 1));
        cluster.spaces[1].fail();
        assertEquals(null, cluster.spaces[0].page(PageKind.LOCK.segment(ino), 0));
        assertFalse(lock(2, ME, ino, 5));
        unlocked.get(2).clear();
        cluster.heap.announceChange();
        assertTrue(unlocked.get(2).contains(ino));
        assertTrue(lock(2, ME, ino, 5));
        assertFalse(lock(2, ME, ino, 0));
    }

    @Test
    void aHolderThatLocksMoreEntersItsOtherLocksFirst() {
        assertTrue(lock(0, ME, ino, 0));
        assertTrue(lock(1, ME, ino, 1));
        cluster.spaces[1].fail();
        assertTrue(lock(0, ME, ino, 5));
        assertFalse(lock(2, ME, ino, 0));
        assertTrue(lock(2, ME, ino, 1));
    }

    private void giveUp(final int node, final Executable call) {
        cluster.spaces[node].stopAfter(0);
        assertErrno(Errno.EIO, call);
        cluster.spaces[node].stopAfter(Integer.MAX_VALUE);
    }

    @Test
    void aReleaseThatGaveUpIsDoneWhenTheNodesHaveChanged() {
        assertTrue(lock(0, ME, ino, 0));
        assertTrue(cluster.nodes[0].setFlock(other, ME, LockRange.WRITE));
        giveUp(0, () -> cluster.nodes[0].dropLocks(ino, ME));
        giveUp(0, () -> cluster.nodes[0].setFlock(other, ME, LockRange.UNLOCKED));
        assertFalse(lock(1, ME, ino, 0));
        assertFalse(cluster.nodes[1].setFlock(other, ME, LockRange.WRITE));
        cluster.heap.announceChange();
        assertTrue(lock(1, ME, ino, 0));
        assertTrue(cluster.nodes[1].setFlock(other, ME, LockRange.WRITE));
    }

    @Test
    void aLastCloseThatGaveUpDropsTheLocksLater() {
        assertTrue(lock(0, ME, ino, 0));
        giveUp(0, () -> cluster.nodes[0].release(ino));
        cluster.heap.announceChange();
        assertTrue(lock(1, ME, ino, 0));
    }

    @Test
    void aReleaseThatGaveUpDoesNotTakeALaterLock() {
        assertTrue(lock(0, ME, ino, 0));
        giveUp(0, () -> cluster.nodes[0].dropLocks(ino, ME));
        assertTrue(lock(0, ME, ino, 1));
        cluster.heap.announceChange();
        assertTrue(lock(1, ME, ino, 0));
        assertFalse(lock(1, ME, ino, 1));
    }

    @Test
    void whatOnlyOneNodeUsesIsLockedWithoutAQuestion() {
        final long mine = cluster.file(2, "mine");
        cluster.open(2, mine);
        final int before = cluster.heap.questions();
        assertTrue(lock(2, ME, mine, 0));
        unlock(2, ME, mine, 0);
        cluster.nodes[2].release(mine);
        assertEquals(before, cluster.heap.questions());
    }

    @Test
    void aSharedFileIsAskedAboutOncePerEra() {
        assertTrue(lock(0, ME, ino, 0));
        assertFalse(lock(1, ME, ino, 0));
        final int before = cluster.heap.questions();
        for (int i = 0; i < 10; i++) {
            unlock(i % NODES, ME, ino, 0);
            assertTrue(lock((i + 1) % NODES, ME, ino, 0));
        }
        assertEquals(before, cluster.heap.questions());
    }

    @Test
    void twoNodesThatWaitForEachOtherAreFound() {
        assertTrue(lock(0, 1, ino, 0));
        assertTrue(lock(1, 2, other, 0));
        assertFalse(await(0, 1, other));
        assertErrno(Errno.EDEADLK, () -> await(1, 2, ino));
        assertFalse(await(0, 1, other));
        unlock(1, 2, other, 0);
        assertTrue(await(0, 1, other));
        assertFalse(await(1, 2, ino));
    }

    @Test
    void aCycleOfThreeIsFound() {
        final long third = cluster.file(2, "h");
        cluster.open(0, third);
        cluster.open(2, third);
        assertTrue(lock(0, 1, ino, 0));
        assertTrue(lock(1, 1, other, 0));
        assertTrue(lock(2, 1, third, 0));
        assertFalse(await(0, 1, other));
        assertFalse(await(1, 1, third));
        assertErrno(Errno.EDEADLK, () -> await(2, 1, ino));
    }

    @Test
    void whoGaveUpOrDiedOrWasGrantedDoesNotWait() {
        assertTrue(lock(0, 1, ino, 0));
        assertTrue(lock(1, 2, other, 0));
        assertFalse(await(0, 1, other));
        cluster.nodes[0].stopAwaitingLock(other, 1, range(LockRange.WRITE, 0));
        assertFalse(await(1, 2, ino));
        cluster.nodes[1].stopAwaitingLock(ino, 2, range(LockRange.WRITE, 0));

        assertFalse(await(0, 1, other));
        unlock(1, 2, other, 0);
        assertTrue(lock(0, 1, other, 0));
        assertFalse(await(1, 2, ino));
        cluster.kill(1);
        assertTrue(await(0, 1, other));
    }

    @Test
    void aDeadWaiterClosesNoCycle() {
        assertTrue(lock(0, 1, ino, 0));
        assertTrue(lock(1, 2, other, 0));
        assertTrue(lock(2, 3, other, 5));
        assertFalse(await(1, 2, ino));
        cluster.kill(1);
        assertTrue(await(0, 1, other));
    }

    @Test
    void flockDoesNotLookForDeadlocks() {
        assertTrue(cluster.nodes[0].setFlock(ino, 1, LockRange.WRITE));
        assertTrue(cluster.nodes[1].setFlock(other, 1, LockRange.WRITE));
        assertFalse(cluster.nodes[0].setFlock(other, 1, LockRange.WRITE));
        assertFalse(cluster.nodes[1].setFlock(ino, 1, LockRange.WRITE));
    }

    private boolean lock(final int node, final long owner, final long file, final long at) {
        return cluster.nodes[node].setLock(file, owner, range(LockRange.WRITE, at));
    }

    private void unlock(final int node, final long owner, final long file, final long at) {
        assertTrue(cluster.nodes[node].setLock(file, owner, range(LockRange.UNLOCKED, at)));
    }

    private boolean await(final int node, final long owner, final long file) {
        return cluster.nodes[node].awaitLock(file, owner, range(LockRange.WRITE, 0));
    }

    private static LockRange range(final int type, final long at) {
        final LockRange range = new LockRange();
        range.type = type;
        range.start = at;
        range.end = at;
        range.pid = 99;
        return range;
    }
}
