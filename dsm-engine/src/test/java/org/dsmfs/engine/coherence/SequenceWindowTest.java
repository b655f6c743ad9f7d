package org.dsmfs.engine.coherence;

import org.junit.jupiter.api.Test;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SequenceWindowTest {
    @Test
    void knowsWhatWasAddedWhateverTheOrder() {
        final SequenceWindow window = new SequenceWindow(128);
        final Set<Long> added = new HashSet<>();
        final Random random = new Random(7);
        long highest = 0;
        for (int i = 0; i < 100_000; i++) {
            final long seq = Math.max(1, highest + random.nextInt(random.nextInt(10) == 0 ? 300 : 20) - 10);
            if (seq > highest - 128) {
                assertEquals(added.contains(seq), window.contains(seq), "seq " + seq + " of " + highest);
            } else {
                assertTrue(window.contains(seq));
            }
            if (!window.contains(seq)) {
                window.add(seq);
                added.add(seq);
                highest = Math.max(highest, seq);
            }
        }
    }

    @Test
    void slotIsTakenUntilSettled() {
        final SequenceWindow window = new SequenceWindow(64);
        window.add(1);
        assertTrue(window.isTaken(65));
        assertFalse(window.isTaken(64));
        window.clear(1);
        assertFalse(window.isTaken(65));
    }

    @Test
    void capacityIsAPowerOfTwo() {
        assertThrows(IllegalArgumentException.class, () -> new SequenceWindow(63));
        assertThrows(IllegalArgumentException.class, () -> new SequenceWindow(96));
    }
}
