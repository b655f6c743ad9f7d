package org.dsmfs.layout;

import static org.dsmfs.layout.Fixture.assertErrno;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.dsmfs.layout.page.PageKind;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LocksTest {
    private static final long END = Long.MAX_VALUE;

    private final Fixture fixture = new Fixture();
    private final List<Long> unlocked = new ArrayList<>();
    private long ino;

    @BeforeEach
    void openFile() {
        ino = fixture.file("f");
        fixture.fs.open(ino, fixture.out);
        fixture.fs.onUnlock(unlocked::add);
    }

    @Test
    void readersShareAndWritersDoNot() {
        assertTrue(set(1, LockRange.READ, 0, 9));
        assertTrue(set(2, LockRange.READ, 5, 14));
        assertFalse(set(3, LockRange.WRITE, 14, 20));
        assertFalse(set(1, LockRange.WRITE, 5, 5));
        assertTrue(set(3, LockRange.WRITE, 15, END));
        assertFalse(set(1, LockRange.READ, END, END));
        assertTrue(set(1, LockRange.WRITE, 0, 4));
    }

    @Test
    void unlockingTheMiddleSplitsAndFillingItMerges() {
        assertTrue(set(1, LockRange.WRITE, 0, END));
        assertTrue(set(1, LockRange.UNLOCKED, 100, 199));
        assertEquals(List.of(ino), unlocked);
        assertTrue(set(2, LockRange.WRITE, 100, 199));
        assertEquals("WRITE 0..99 by 1", get(2, 0, END));
        assertEquals("WRITE 200..MAX by 1", get(2, 150, END));
        assertEquals("WRITE 100..199 by 2", get(1, 0, END));
        assertTrue(set(2, LockRange.UNLOCKED, 0, END));
        assertTrue(set(1, LockRange.WRITE, 100, 199));
        assertEquals("WRITE 0..MAX by 1", get(2, 7, 7));
    }

    @Test
    void aWeakerLockReplacesPartOfAStrongerOneAndWakesThoseWhoWait() {
        assertTrue(set(1, LockRange.WRITE, 0, 99));
        assertTrue(set(1, LockRange.READ, 50, 59));
        assertEquals(List.of(ino), unlocked);
        assertTrue(set(2, LockRange.READ, 50, 59));
        assertFalse(set(2, LockRange.READ, 49, 50));
    }

    @Test
    void agreesWithAnArrayOfBytes() {
        final Random random = new Random(3);
        final int[][] held = new int[4][64];
        for (int step = 0; step < 20_000; step++) {
            final int owner = random.nextInt(4);
            final int type = random.nextInt(3);
            final int start = random.nextInt(64);
            final int end = start + random.nextInt(64 - start);
            boolean free = true;
            for (int other = 0; other < 4; other++) {
                for (int at = start; at <= end && other != owner; at++) {
                    final int theirs = held[other][at];
                    free &= type == LockRange.UNLOCKED || theirs == 0
                        || theirs == 1 + LockRange.READ && type == LockRange.READ;
                }
            }
            assertEquals(free, set(owner, type, start, end), "step " + step);
            for (int at = start; at <= end && free; at++) {
                held[owner][at] = type == LockRange.UNLOCKED ? 0 : 1 + type;
            }
        }
    }

    @Test
    void closingDropsAllRangesOfTheOwnerButNotFlock() {
        assertTrue(set(1, LockRange.WRITE, 0, 9));
        assertTrue(set(1, LockRange.READ, 20, 29));
        assertTrue(fixture.fs.setFlock(ino, 1, LockRange.WRITE));
        fixture.fs.dropLocks(ino, 1);
        assertEquals("none", get(2, 0, END));
        assertFalse(fixture.fs.setFlock(ino, 2, LockRange.READ));
        assertEquals(List.of(ino), unlocked);
    }

    @Test
    void flockConvertsByGivingUpFirst() {
        assertTrue(fixture.fs.setFlock(ino, 1, LockRange.READ));
        assertTrue(fixture.fs.setFlock(ino, 2, LockRange.READ));
        assertFalse(fixture.fs.setFlock(ino, 1, LockRange.WRITE));
        assertEquals(List.of(ino), unlocked);
        assertTrue(fixture.fs.setFlock(ino, 2, LockRange.WRITE));
        assertFalse(fixture.fs.setFlock(ino, 1, LockRange.READ));
        assertTrue(fixture.fs.setFlock(ino, 2, LockRange.UNLOCKED));
        assertTrue(fixture.fs.setFlock(ino, 1, LockRange.READ));
    }

    @Test
    void theLastReleaseDropsAllLocksAndTheirPages() {
        for (int i = 0; i < 500; i++) {
            assertTrue(set(1, LockRange.WRITE, i * 2L, i * 2L));
        }
        assertTrue(fixture.space.page(PageKind.LOCK.segment(ino), 3) != null);
        assertTrue(set(1, LockRange.UNLOCKED, 100, END));
        assertEquals(null, fixture.space.page(PageKind.LOCK.segment(ino), 1));
        fixture.fs.release(ino);
        assertEquals(null, fixture.space.page(PageKind.LOCK.segment(ino), 0));
        fixture.fs.open(ino, fixture.out);
        assertTrue(set(2, LockRange.WRITE, 0, END));
    }

    @Test
    void tooManyLocksAreRefused() {
        assertErrno(Errno.ENOLCK, () -> {
            for (int i = 0; i < 10_000; i++) {
                set(1, LockRange.WRITE, i * 2L, i * 2L);
            }
        });
        assertTrue(set(1, LockRange.UNLOCKED, 0, END));
        assertTrue(set(1, LockRange.WRITE, 0, 1));
    }

    private boolean set(final long owner, final int type, final long start, final long end) {
        final LockRange range = range(type, start, end);
        range.pid = (int) owner;
        return fixture.fs.setLock(ino, owner, range);
    }

    private String get(final long owner, final long start, final long end) {
        final LockRange range = range(LockRange.WRITE, start, end);
        fixture.fs.getLock(ino, owner, range);
        return switch (range.type) {
            case LockRange.UNLOCKED -> "none";
            case LockRange.READ -> "READ " + text(range);
            default -> "WRITE " + text(range);
        };
    }

    private static String text(final LockRange range) {
        return range.start + ".." + (range.end == END ? "MAX" : range.end) + " by " + range.pid;
    }

    private static LockRange range(final int type, final long start, final long end) {
        final LockRange range = new LockRange();
        range.type = type;
        range.start = start;
        range.end = end;
        return range;
    }
}
