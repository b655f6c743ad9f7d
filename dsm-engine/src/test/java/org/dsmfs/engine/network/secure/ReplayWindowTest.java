package org.dsmfs.engine.network.secure;

import org.junit.jupiter.api.Test;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ReplayWindowTest {
    private final ReplayWindow window = new ReplayWindow();

    @Test
    void zeroIsNoNumber() {
        assertFalse(window.admits(0));
    }

    @Test
    void agreesWithASet() {
        for (int seed = 0; seed < 20; seed++) {
            final Random random = new Random(seed);
            final ReplayWindow tested = new ReplayWindow();
            final Set<Long> seen = new HashSet<>();
            long highest = 0;
            for (int i = 0; i < 20_000; i++) {
                final int reach = random.nextInt(50) == 0 ? 3 * ReplayWindow.SIZE : 100;
                final long number = Math.max(1, highest + random.nextInt(2 * reach) - reach);
                final boolean expected = number > highest - ReplayWindow.SIZE && !seen.contains(number);
                assertEquals(expected, tested.admits(number), "seed " + seed + ", step " + i);
                if (expected) {
                    tested.add(number);
                    seen.add(number);
                    highest = Math.max(highest, number);
                }
            }
        }
    }

    @Test
    void holdsUpToTheLastNumber() {
        window.add(Datagram.MAX_NUMBER);
        assertFalse(window.admits(Datagram.MAX_NUMBER));
        assertTrue(window.admits(Datagram.MAX_NUMBER - 1));
        assertFalse(window.admits(Datagram.MAX_NUMBER - ReplayWindow.SIZE));
    }
}
