package org.dsmfs.layout;

import java.util.function.Consumer;
import java.util.function.Function;
import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.Space;
import org.dsmfs.engine.SpaceFullException;
import org.dsmfs.layout.page.DamagedPageException;
import org.dsmfs.layout.page.PageKind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs operations on the space, and turns what goes wrong below into an errno. */
final class Transactions {
    private static final Logger LOG = LoggerFactory.getLogger(Transactions.class);

    private final Space space;
    private final WallClock clock;
    private final Reclaimer reclaimer;
    private final PostponedReclaims postponed;

    Transactions(final Space space, final WallClock clock, final Reclaimer reclaimer) {
        this.space = space;
        this.clock = clock;
        this.reclaimer = reclaimer;
        this.postponed = new PostponedReclaims(clock);
    }

    /**
     * Runs an operation atomically. If a file's former pages are in its way, they are freed first.
     *
     * @throws ErrnoException its own; ENOSPC, EIO
     */
    <R> R call(final Function<Run, R> operation) {
        final long nowEpochNanos = clock.epochNanos();
        while (true) {
            try {
                return space.execute(tx -> operation.apply(new Run(tx, nowEpochNanos)));
            } catch (final TrimPendingException e) {
                reclaim(e.ino());
            } catch (final SpaceFullException e) {
                throw Errno.ENOSPC.exception();
            } catch (final DamagedPageException | EngineException e) {
                throw failed(e);
            }
        }
    }

    /** {@link #call} for an operation without a result. */
    void run(final Consumer<Run> operation) {
        call(run -> {
            operation.accept(run);
            return null;
        });
    }

    /** Frees all that can be freed of an inode; nothing if it is 0. May ask all other nodes, and wait for them. */
    void reclaim(final long ino) {
        if (!isReclaimed(ino)) {
            postponed.add(ino);
        }
    }

    /** {@link #reclaim} of an inode that may be opened again. */
    void postponeReclaim(final long ino) {
        postponed.add(ino);
    }

    /** {@link #reclaim} of those that were used a while ago. Who still uses one frees it. */
    void reclaimPostponed() {
        for (long ino = postponed.takeDue(); ino != 0; ino = postponed.takeDue()) {
            isReclaimed(ino);
        }
    }

    /** @return false if another node uses the inode */
    private boolean isReclaimed(final long ino) {
        boolean isOpenNowhereElse = false;
        Reclaimer.Rest rest = ino == 0 ? Reclaimer.Rest.NOTHING : Reclaimer.Rest.MORE;
        while (rest != Reclaimer.Rest.NOTHING) {
            final boolean isFree = isOpenNowhereElse;
            rest = call(run -> reclaimer.reclaim(run, ino, isFree));
            if (rest == Reclaimer.Rest.UNLESS_OPEN_ELSEWHERE) {
                if (mayBeOpenElsewhere(ino)) {
                    return false;
                }
                isOpenNowhereElse = true;
            }
        }
        return true;
    }

    private boolean mayBeOpenElsewhere(final long ino) {
        try {
            return space.neighbours().isPinnedElsewhere(PageKind.INODE.segment(ino), 0);
        } catch (final EngineException e) {
            // The name is gone, which is what was asked for.
            LOG.warn("inode {} is freed later: {}", ino, e.getMessage());
            return true;
        }
    }

    /**
     * Asks all other nodes, and waits for them.
     *
     * @throws ErrnoException EIO
     */
    boolean isPinnedElsewhere(final long segment, final long page) {
        try {
            return space.neighbours().isPinnedElsewhere(segment, page);
        } catch (final EngineException e) {
            throw failed(e);
        }
    }

    /** @throws ErrnoException EIO */
    void sync() {
        try {
            space.sync();
        } catch (final EngineException e) {
            throw failed(e);
        }
    }

    private static ErrnoException failed(final RuntimeException e) {
        LOG.error("input/output error: {}", e.getMessage());
        return Errno.EIO.exception();
    }
}
