package org.dsmfs.engine.coherence;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;

import static org.junit.jupiter.api.Assertions.assertNotNull;

/** The explorer finds every missing part of the protocol, so it would find a mistake in what is there. */
@Tag("logic")
class MutantTest {
    /** Cheap ones first: most mutants do not get far. */
    static final List<Bounds> SEARCHED = List.of(
        Bounds.of(2, 2, 2),
        Bounds.of(2, 2, 2).withDuplicates(),
        Bounds.of(2, 2, 1).withDuplicates().withHold(),
        Bounds.of(2, 2, 1).withEpochs(1),
        Bounds.of(2, 2, 2).withDuplicates().withEpochs(1),
        Bounds.of(2, 2, 1).withDuplicates().withUnavailable(),
        Bounds.of(2, 3, 1).withDuplicates().withUnavailable(),
        Bounds.of(2, 3, 2).withDuplicates(),
        Bounds.of(3, 2, 1).withDuplicates());
    private static final int MAX_STATES = 2_000_000;

    @ParameterizedTest
    @MethodSource("org.dsmfs.engine.coherence.Mutant#withoutFence")
    void missingFenceIsFound(final Mutant mutant) {
        assertNotNull(find(mutant, false, SEARCHED));
    }

    @ParameterizedTest
    @MethodSource("org.dsmfs.engine.coherence.Mutant#withoutAction")
    void missingActionIsFound(final Mutant mutant) {
        assertNotNull(find(mutant, false, SEARCHED));
    }

    @ParameterizedTest
    @MethodSource("org.dsmfs.engine.coherence.Mutant#withoutTransition")
    void missingTransitionIsFound(final Mutant mutant) {
        assertNotNull(find(mutant, false, SEARCHED));
    }

    /** @return the first violation, null if there is none within the bounds */
    static Explorer.Result find(final Mutant mutant, final boolean refusing, final List<Bounds> searched) {
        for (final Bounds bounds : searched) {
            final Explorer.Result result = new Explorer(bounds, mutant.protocols(), refusing, MAX_STATES).run();
            if (result.violation() != null) {
                return result;
            }
        }
        return null;
    }
}
