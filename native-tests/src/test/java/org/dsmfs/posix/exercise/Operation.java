package org.dsmfs.posix.exercise;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.dsmfs.posix.support.Capability;

/** What {@link FileExerciser} does to a file. */
enum Operation {
    READ(10),
    READ_BY_OTHER(6),
    WRITE(16),
    APPEND(4),
    MAPPED_READ(5),
    MAPPED_WRITE(5, Capability.SHARED_WRITABLE_MAPPINGS),
    TRUNCATE(5),
    ALLOCATE(2, Capability.FALLOCATE),
    ALLOCATE_KEEPING_SIZE(2, Capability.FALLOCATE),
    PUNCH_HOLE(4, Capability.PUNCH_HOLE),
    ZERO_RANGE(4, Capability.ZERO_RANGE),
    COPY(4),
    REOPEN(1),
    SYNC(1);

    private final int weight;
    private final Capability[] needed;

    Operation(final int weight, final Capability... needed) {
        this.weight = weight;
        this.needed = needed;
    }

    /** The operations that do without the lacking capabilities, each as often as its weight says. */
    static List<Operation> choices(final Set<Capability> lacking) {
        final List<Operation> choices = new ArrayList<>();
        for (final Operation operation : values()) {
            if (Collections.disjoint(lacking, Arrays.asList(operation.needed))) {
                choices.addAll(Collections.nCopies(operation.weight, operation));
            }
        }
        return choices;
    }
}
