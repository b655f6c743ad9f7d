package org.dsmfs.nodes;

import static org.dsmfs.posix.sys.Descriptor.LOCK_EX;
import static org.dsmfs.posix.sys.Descriptor.LOCK_NB;
import static org.dsmfs.posix.sys.Descriptor.LOCK_SH;
import static org.dsmfs.posix.sys.Descriptor.LOCK_UN;
import static org.dsmfs.posix.sys.Descriptor.O_RDONLY;
import static org.dsmfs.posix.sys.Descriptor.O_RDWR;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.dsmfs.posix.support.Background;
import org.dsmfs.posix.support.Expect;
import org.dsmfs.posix.support.Peer;
import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.Errno;
import org.dsmfs.posix.sys.RecordLock;
import org.dsmfs.posix.sys.RecordLock.Command;
import org.junit.jupiter.api.Test;

/** Locks of one node hold on all: flock(2), and fcntl(2)'s of processes and of open file descriptions. */
@NodesSuite
class LockTest {
    private static final int INCREMENTS = Nodes.number("NODE_ROUNDS", 20) * 10;
    private static final int COUNTER_BYTES = 8;
    private static final int TIME_TO_BE_WAITING_MS = 300;
    /** After that the processes of a circle are interrupted, lest a deadlock that nobody finds last for ever. */
    private static final int DEADLOCK_LIMIT_MS = 8000;

    /** Adds to the number in the file, as any other process does that does not know of this one. */
    private static void increment(final Descriptor file) {
        final String value = new String(file.pread(0, COUNTER_BYTES), StandardCharsets.US_ASCII);
        file.pwrite(0, digits(Integer.parseInt(value) + 1));
    }

    private static byte[] digits(final int value) {
        return ("%0" + COUNTER_BYTES + "d").formatted(value).getBytes(StandardCharsets.US_ASCII);
    }

    private static void assertCounted(final SharedDirectory shared, final int expected) throws Throwable {
        shared.onEach(view -> {
            try (Descriptor file = Descriptor.open(view.path("counter"), O_RDONLY)) {
                assertEquals(new String(digits(expected), StandardCharsets.US_ASCII),
                    new String(file.read(100), StandardCharsets.US_ASCII));
            }
        });
    }

    /** Takes or releases a lock on the whole file. */
    @FunctionalInterface
    private interface Lock {
        void on(Descriptor file);
    }

    private static void countUnder(final Lock lock, final Lock unlock, final SharedDirectory shared)
            throws Throwable {
        shared.on(0).file("counter", digits(0));
        try (Contest contest = new Contest(shared)) {
            contest.all((view, contestant) -> {
                try (Descriptor file = Descriptor.open(view.path("counter"), O_RDWR)) {
                    for (int i = 0; i < INCREMENTS; i++) {
                        lock.on(file);
                        increment(file);
                        unlock.on(file);
                    }
                }
                return null;
            });
            assertCounted(shared, contest.contestants() * INCREMENTS);
        }
    }

    @Test
    void aCounterUnderFlockLosesNothing(final SharedDirectory shared) throws Throwable {
        countUnder(file -> file.flock(LOCK_EX), file -> file.flock(LOCK_UN), shared);
    }

    @Test
    void aCounterUnderALockOfTheDescriptionLosesNothing(final SharedDirectory shared) throws Throwable {
        countUnder(file -> file.fcntl(Command.F_OFD_SETLKW, RecordLock.write(0, 0)),
            file -> file.fcntl(Command.F_OFD_SETLK, RecordLock.unlock(0, 0)), shared);
    }

    @Test
    void aCounterUnderALockOfTheProcessLosesNothing(final SharedDirectory shared) throws Throwable {
        shared.on(0).file("counter", digits(0));
        // More than one process does before the next one has started.
        final int increments = 5 * INCREMENTS;
        final List<Peer> peers = peersOn(shared, "counter");
        try {
            peers.forEach(peer -> peer.send("count", "file", increments, COUNTER_BYTES));
            peers.forEach(peer -> assertEquals("ok", peer.answer()));
        } finally {
            peers.forEach(Peer::close);
        }
        assertCounted(shared, peers.size() * increments);
    }

    /** A process on each node that has opened the file. */
    private static List<Peer> peersOn(final SharedDirectory shared, final String name) {
        final List<Peer> peers = new ArrayList<>();
        shared.views().forEach(view -> peers.add(Peer.opening(view.path(name))));
        return peers;
    }

    @Test
    void readersShareAndAWriterExcludes(final SharedDirectory shared) {
        shared.on(0).file("file");
        shared.byTurns((here, there, turn) -> {
            try (Descriptor one = Descriptor.open(here.path("file"), O_RDWR);
                 Descriptor two = Descriptor.open(there.path("file"), O_RDWR)) {
                one.flock(LOCK_SH);
                two.flock(LOCK_SH | LOCK_NB);
                Expect.error(Errno.EAGAIN, () -> one.flock(LOCK_EX | LOCK_NB));
                two.flock(LOCK_UN);
                one.flock(LOCK_EX | LOCK_NB);
                Expect.error(Errno.EAGAIN, () -> two.flock(LOCK_SH | LOCK_NB));
            }
        });
    }

    @Test
    void closingReleases(final SharedDirectory shared) {
        shared.on(0).file("file");
        shared.byTurns((here, there, turn) -> {
            try (Descriptor two = Descriptor.open(there.path("file"), O_RDWR)) {
                try (Descriptor one = Descriptor.open(here.path("file"), O_RDWR)) {
                    // The turn before has closed what it held, which may not have come through yet.
                    awaitRelease(one);
                    Expect.error(Errno.EAGAIN, () -> two.flock(LOCK_EX | LOCK_NB));
                    Expect.error(Errno.EAGAIN, () -> two.fcntl(Command.F_OFD_SETLK, RecordLock.read(7, 1)));
                }
                awaitRelease(two);
            }
        });
    }

    /** The kernel tells a FUSE server of a close after close(2) has returned, as it does not wait for the answer. */
    private static void awaitRelease(final Descriptor file) throws Throwable {
        Background.start(() -> {
            file.flock(LOCK_EX);
            file.fcntl(Command.F_OFD_SETLKW, RecordLock.write(0, 0));
        }).assertReturns();
    }

    @Test
    void aWaiterOnAnotherNodeGetsTheLock(final SharedDirectory shared) throws Throwable {
        shared.on(0).file("file");
        for (int node = 0; node < shared.nodes(); node++) {
            try (Descriptor holder = Descriptor.open(shared.on(node).path("file"), O_RDWR);
                 Descriptor waiter = Descriptor.open(shared.on(node + 1).path("file"), O_RDWR)) {
                holder.flock(LOCK_EX);
                final Background waiting = Background.start(() -> waiter.flock(LOCK_EX));
                waiting.assertBlocked();
                holder.flock(LOCK_UN);
                waiting.assertReturns();
                Expect.error(Errno.EAGAIN, () -> holder.flock(LOCK_SH | LOCK_NB));
            }
        }
    }

    @Test
    void aWaiterForPartOfAFileGetsItAsSoonAsThatIsFree(final SharedDirectory shared) throws Throwable {
        shared.on(0).file("file");
        try (Peer holder = Peer.opening(shared.on(0).path("file"));
             Descriptor waiter = Descriptor.open(shared.on(1).path("file"), O_RDWR)) {
            assertEquals("ok", holder.fcntl(Command.F_SETLK, RecordLock.write(0, 10)));
            waiter.fcntl(Command.F_SETLK, RecordLock.write(10, 10));
            final Background waiting =
                Background.start(() -> waiter.fcntl(Command.F_SETLKW, RecordLock.write(5, 5)));
            waiting.assertBlocked();
            assertEquals("ok", holder.fcntl(Command.F_SETLK, RecordLock.unlock(0, 5)));
            waiting.assertBlocked();
            assertEquals("ok", holder.fcntl(Command.F_SETLK, RecordLock.unlock(5, 5)));
            waiting.assertReturns();
        }
    }

    @Test
    void aProcessThatDiesLeavesNoLockBehind(final SharedDirectory shared) throws Throwable {
        shared.on(0).file("file");
        for (int node = 0; node < shared.nodes(); node++) {
            try (Peer holder = Peer.opening(shared.on(node).path("file"));
                 Descriptor waiter = Descriptor.open(shared.on(node + 1).path("file"), O_RDWR)) {
                holder.demand("flock", "file", LOCK_EX);
                assertEquals("ok", holder.fcntl(Command.F_SETLK, RecordLock.write(0, 0)));
                final Background waiting = Background.start(() -> {
                    waiter.flock(LOCK_EX);
                    waiter.fcntl(Command.F_SETLKW, RecordLock.write(0, 0));
                });
                waiting.assertBlocked();
                holder.kill();
                waiting.assertReturns();
            }
        }
    }

    @Test
    void aWaiterThatIsInterruptedLeavesTheLockToOthers(final SharedDirectory shared) {
        final String path = shared.on(0).file("file");
        try (Descriptor holder = Descriptor.open(path, O_RDWR);
             Peer waiter = Peer.opening(shared.on(1).path("file"));
             Descriptor third = Descriptor.open(shared.on(2).path("file"), O_RDWR)) {
            holder.flock(LOCK_EX);
            waiter.demand("interrupt", 100);
            assertEquals("EINTR", waiter.flock(LOCK_EX));
            holder.flock(LOCK_UN);
            third.flock(LOCK_EX | LOCK_NB);
            assertEquals("EAGAIN", waiter.flock(LOCK_EX | LOCK_NB));
        }
    }

    @Test
    void askingTellsOfALockOnAnotherNode(final SharedDirectory shared) {
        shared.on(0).file("file");
        try (Peer holder = Peer.opening(shared.on(0).path("file"));
             Peer asker = Peer.opening(shared.on(1).path("file"))) {
            assertEquals("ok", holder.fcntl(Command.F_SETLK, RecordLock.write(10, 20)));
            final String[] answer = asker.fcntl(Command.F_GETLK, RecordLock.write(0, 0)).split(" ");
            assertEquals(List.of("ok", Integer.toString(RecordLock.Type.WRITE.ordinal()), "10", "20"),
                List.of(answer).subList(0, 4));
        }
    }

    @Test
    void processesThatWaitInACircleAreTold(final SharedDirectory shared) throws InterruptedException {
        shared.on(0).file("file");
        final List<Peer> peers = peersOn(shared, "file");
        final int last = peers.size() - 1;
        try {
            for (int i = 0; i <= last; i++) {
                peers.get(i).demand("interrupt", DEADLOCK_LIMIT_MS);
                assertEquals("ok", peers.get(i).fcntl(Command.F_SETLK, RecordLock.write(i, 1)));
            }
            for (int i = 0; i < last; i++) {
                final int next = i + 1;
                peers.get(i).send("fcntl", "file", Command.F_SETLKW.number(), RecordLock.Type.WRITE.ordinal(), next, 1);
            }
            Thread.sleep(TIME_TO_BE_WAITING_MS);
            assertEquals("EDEADLK", peers.get(last).fcntl(Command.F_SETLKW, RecordLock.write(0, 1)));
            assertEquals("ok", peers.get(last).fcntl(Command.F_SETLK, RecordLock.unlock(0, 0)));
            for (int i = last - 1; i >= 0; i--) {
                assertEquals("ok", peers.get(i).answer());
                assertEquals("ok", peers.get(i).fcntl(Command.F_SETLK, RecordLock.unlock(0, 0)));
            }
        } finally {
            peers.forEach(Peer::close);
        }
    }
}
