package org.dsmfs.mount.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.layout.Errno;
import org.dsmfs.mount.os.Libc;
import org.dsmfs.mount.os.NativeMemory;
import org.dsmfs.mount.serving.LockAttempt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class LockWaitsTest {
    private static final long INO = 5;
    private static final int SOCK_SEQPACKET_NONBLOCK = 5 | 04000;

    private final UnsafeBuffer sockets = NativeMemory.allocate(2 * Integer.BYTES);
    private final UnsafeBuffer reply = NativeMemory.allocate(ReplyLayout.Header.SIZE);
    private final LockWaits waits = new LockWaits(TimeUnit.MILLISECONDS.toNanos(500));
    private final AtomicBoolean free = new AtomicBoolean();
    private final AtomicInteger attempts = new AtomicInteger();
    private Channel channel;

    @BeforeEach
    void start() {
        assertEquals(0, Libc.INSTANCE.socketpair(1, SOCK_SEQPACKET_NONBLOCK, 0, sockets.addressOffset()));
        channel = new Channel(sockets.getInt(0));
        waits.start();
    }

    @AfterEach
    void stop() {
        waits.close();
        channel.close();
        Libc.INSTANCE.close(sockets.getInt(Integer.BYTES));
    }

    private boolean attempt(final boolean isLongWait) {
        attempts.incrementAndGet();
        return free.get();
    }

    private boolean takeReply() {
        return Libc.INSTANCE.read(sockets.getInt(Integer.BYTES), reply.addressOffset(), reply.capacity()) > 0;
    }

    private void assertReply(final long unique, final int errno) throws InterruptedException {
        while (!takeReply()) {
            Thread.sleep(1);
        }
        assertEquals(unique, reply.getLong(ReplyLayout.Header.UNIQUE));
        assertEquals(-errno, reply.getInt(ReplyLayout.Header.ERROR));
        assertEquals(ReplyLayout.Header.SIZE, reply.getInt(ReplyLayout.Header.LENGTH));
    }

    @Test
    void freeLockIsGrantedAtOnce() throws Exception {
        free.set(true);
        waits.grant(channel, 2, INO, this::attempt);
        assertReply(2, 0);
        assertEquals(1, attempts.get());
    }

    @Test
    void waitsForUnlocksOfItsInode() throws Exception {
        waits.grant(channel, 2, INO, this::attempt);
        free.set(true);
        waits.unlocked(INO + 1);
        Thread.sleep(50);
        assertEquals(1, attempts.get());
        assertFalse(takeReply());
        waits.unlocked(INO);
        assertReply(2, 0);
    }

    @Test
    void whoHasWaitedForLongLooksForADeadlockAndWithdrawsWhenInterrupted() throws Exception {
        final AtomicInteger longWaits = new AtomicInteger();
        final AtomicInteger givenUp = new AtomicInteger();
        final LockAttempt attempt = new LockAttempt() {
            @Override
            public boolean run(final boolean isLongWait) {
                longWaits.addAndGet(isLongWait ? 1 : 0);
                return false;
            }

            @Override
            public void giveUp() {
                givenUp.incrementAndGet();
            }
        };
        waits.grant(channel, 2, INO, attempt);
        waits.grant(channel, 4, INO, attempt);
        waits.interrupt(4);
        assertReply(4, Errno.EINTR.number());
        assertEquals(0, givenUp.get());
        while (longWaits.get() == 0) {
            Thread.sleep(1);
        }
        waits.interrupt(2);
        assertReply(2, Errno.EINTR.number());
        assertEquals(1, givenUp.get());
        assertEquals(1, longWaits.get());
    }

    @Test
    void longestWaitingComesFirst() throws Exception {
        for (long unique = 2; unique < 20; unique += 2) {
            waits.grant(channel, unique, INO, this::attempt);
        }
        free.set(true);
        waits.unlocked(INO);
        for (long unique = 2; unique < 20; unique += 2) {
            assertReply(unique, 0);
        }
    }

    @Test
    void signalEndsTheWait() throws Exception {
        waits.grant(channel, 2, INO, this::attempt);
        waits.interrupt(2);
        assertReply(2, Errno.EINTR.number());
        free.set(true);
        waits.unlocked(INO);
        Thread.sleep(50);
        assertFalse(takeReply());
        assertEquals(1, attempts.get());
    }

    @Test
    void signalThatOvertakesItsRequestEndsTheWaitToo() throws Exception {
        waits.interrupt(2);
        waits.grant(channel, 2, INO, this::attempt);
        assertReply(2, Errno.EINTR.number());
        assertEquals(0, attempts.get());
    }

    @Test
    void failureOfAnAttemptIsTheAnswer() throws Exception {
        waits.grant(channel, 2, INO, isLongWait -> {
            throw Errno.ENOLCK.exception();
        });
        assertReply(2, Errno.ENOLCK.number());
        waits.grant(channel, 4, INO, isLongWait -> {
            throw new IllegalStateException("made up by the test");
        });
        assertReply(4, Errno.EIO.number());
    }
}
