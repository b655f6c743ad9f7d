package org.dsmfs.engine.coherence;

import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertNull;

/**
 * Explores the protocol classes exhaustively; {@code -Dcoherence.exploration=long} goes further, see docs/COHERENCE.md.
 */
@Tag("logic")
class ExplorerTest {
    private static final int MAX_STATES = 50_000_000;

    static Stream<Bounds> bounds() {
        return Stream.of(
            Bounds.of(2, 3, 3),
            Bounds.of(2, 3, 2).withDuplicates(),
            Bounds.of(3, 2, 3),
            Bounds.of(3, 2, 1).withDuplicates(),
            Bounds.of(2, 2, 2).withDuplicates().withHold(),
            Bounds.of(3, 1, 2).withDuplicates().withHold().withEpochs(1),
            Bounds.of(2, 2, 2).withEpochs(2),
            Bounds.of(2, 3, 2).withDuplicates().withUnavailable(),
            Bounds.of(3, 2, 2).withUnavailable(),
            Bounds.of(2, 2, 2).withDuplicates().withEpochs(1),
            Bounds.of(2, 2, 1).twoPages().withDuplicates().withHold());
    }

    static Stream<Bounds> longBounds() {
        return Stream.of(
            Bounds.of(2, 4, 2).withDuplicates(),
            Bounds.of(2, 3, 2).withDuplicates().withHold(),
            Bounds.of(3, 2, 2).withDuplicates(),
            Bounds.of(3, 3, 1),
            Bounds.of(3, 2, 1).withEpochs(1));
    }

    @ParameterizedTest
    @MethodSource("bounds")
    void keepsAllPromises(final Bounds bounds) {
        explore(bounds);
    }

    @ParameterizedTest
    @MethodSource("longBounds")
    @EnabledIfSystemProperty(named = "coherence.exploration", matches = "long")
    void keepsAllPromisesFurtherOut(final Bounds bounds) {
        explore(bounds);
    }

    private static void explore(final Bounds bounds) {
        final Explorer.Result result = new Explorer(bounds, Protocols.SHIPPED, false, MAX_STATES).run();
        System.out.println(result);
        assertNull(result.violation(), result::toString);
    }
}
