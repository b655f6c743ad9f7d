package org.dsmfs.mount.kernel;

import static org.dsmfs.mount.kernel.Conversation.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.layout.Attributes;
import org.dsmfs.layout.Caller;
import org.dsmfs.layout.Errno;
import org.dsmfs.layout.ErrnoException;
import org.dsmfs.layout.FileSystem;
import org.dsmfs.mount.MemoryFileSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The order of replies and revocations, with the kernel played by the test. */
@Timeout(20)
class RevocationTest {
    private static final int S_IFREG = 0100000;
    private static final int REVOCATION_MS_MAX = 10_000;
    private static final long UNKNOWN = 12345;

    private final MemoryFileSystem memory = new MemoryFileSystem();
    private final Attributes file = new Attributes();
    private final CountDownLatch revoked = new CountDownLatch(1);
    private Conversation kernel;
    /** What happens after the filesystem has answered and before the reply is made. */
    private Runnable afterAnswer = () -> { };

    @BeforeEach
    void start() {
        final FileSystem late = (FileSystem) Proxy.newProxyInstance(FileSystem.class.getClassLoader(),
            new Class<?>[] {FileSystem.class}, (proxy, method, arguments) -> {
                try {
                    final Object answer = method.invoke(memory, arguments);
                    afterAnswer.run();
                    return answer;
                } catch (final InvocationTargetException e) {
                    afterAnswer.run();
                    throw e.getCause();
                }
            });
        kernel = new Conversation(late, true);
        memory.mknod(Caller.ROOT, FileSystem.ROOT, new byte[] {'f'}, S_IFREG | 0644, 0, file);
    }

    @AfterEach
    void close() {
        kernel.close();
    }

    private UnsafeBuffer lookup(final String name) {
        return new UnsafeBuffer(kernel.ask(Opcode.LOOKUP, FileSystem.ROOT, bytes("'" + name + "' 00")));
    }

    private static long nameSeconds(final UnsafeBuffer entry) {
        return entry.getLong(ReplyLayout.Entry.ENTRY_VALID_SECONDS);
    }

    private static long attributesSeconds(final UnsafeBuffer entry) {
        return entry.getLong(ReplyLayout.Entry.ATTR_VALID_SECONDS);
    }

    private int notificationCode(final byte[] message) {
        final UnsafeBuffer header = new UnsafeBuffer(message);
        assertEquals(0, header.getLong(ReplyLayout.Header.UNIQUE));
        return header.getInt(ReplyLayout.Header.ERROR);
    }

    @Test
    void answersAreKeptUntilRevoked() throws InterruptedException {
        final UnsafeBuffer found = lookup("f");
        assertEquals(Reply.FOREVER_SECONDS, nameSeconds(found));
        assertEquals(Reply.FOREVER_SECONDS, attributesSeconds(found));
        assertFalse(kernel.revocations.revoke(file.ino, revoked::countDown));
        assertEquals(ReplyLayout.NEW_EPOCH_CODE, notificationCode(kernel.await()));
        final byte[] message = kernel.await();
        assertEquals(ReplyLayout.InvalidateInode.CODE, notificationCode(message));
        final UnsafeBuffer body = new UnsafeBuffer(message);
        assertEquals(file.ino, body.getLong(ReplyLayout.Header.SIZE + ReplyLayout.InvalidateInode.INO));
        assertEquals(0, body.getLong(ReplyLayout.Header.SIZE + ReplyLayout.InvalidateInode.OFFSET));
        assertTrue(revoked.await(REVOCATION_MS_MAX, TimeUnit.MILLISECONDS));
    }

    @Test
    void answersAreKeptNoLongerThanThisNodeMayStandStill() throws InterruptedException {
        assertEquals(Reply.FOREVER_SECONDS, attributesSeconds(lookup("f")));
        memory.setTrustNs(TimeUnit.MILLISECONDS.toNanos(3500));
        kernel.revocations.shortenTrust();
        assertEquals(ReplyLayout.NEW_EPOCH_CODE, notificationCode(kernel.await()));
        for (int i = 0; i < 2; i++) {
            final byte[] message = kernel.await();
            assertEquals(ReplyLayout.InvalidateInode.CODE, notificationCode(message));
            assertEquals(-1, new UnsafeBuffer(message)
                .getLong(ReplyLayout.Header.SIZE + ReplyLayout.InvalidateInode.OFFSET));
        }
        final UnsafeBuffer found = lookup("f");
        assertEquals(3, attributesSeconds(found));
        assertEquals(3, nameSeconds(found));
        afterAnswer = kernel.revocations::shortenTrust;
        final long unique = kernel.send(Opcode.LOOKUP, FileSystem.ROOT, bytes("'f' 00"));
        byte[] message = kernel.await();
        while (new UnsafeBuffer(message).getLong(ReplyLayout.Header.UNIQUE) != unique) {
            message = kernel.await();
        }
        final UnsafeBuffer late =
            new UnsafeBuffer(message, ReplyLayout.Header.SIZE, message.length - ReplyLayout.Header.SIZE);
        assertEquals(Reply.NOT_AT_ALL_SECONDS, attributesSeconds(late));
    }

    @Test
    void namesOfADirectoryEndWithAnEpoch() throws InterruptedException {
        assertEquals(Reply.FOREVER_SECONDS, nameSeconds(lookup("missing")));
        assertFalse(kernel.revocations.revoke(FileSystem.ROOT, revoked::countDown));
        assertEquals(ReplyLayout.NEW_EPOCH_CODE, notificationCode(kernel.await()));
        assertEquals(ReplyLayout.InvalidateInode.CODE, notificationCode(kernel.await()));
        assertTrue(revoked.await(REVOCATION_MS_MAX, TimeUnit.MILLISECONDS));
    }

    @Test
    void directoryWithoutKnownNamesNeedsNoEpoch() throws InterruptedException {
        assertFalse(kernel.revocations.revoke(FileSystem.ROOT, revoked::countDown));
        assertEquals(ReplyLayout.InvalidateInode.CODE, notificationCode(kernel.await()));
    }

    @Test
    void nothingIsRevokedOfWhatTheKernelDoesNotKnow() {
        assertTrue(kernel.revocations.revoke(file.ino, revoked::countDown));
        assertEquals(Reply.FOREVER_SECONDS, attributesSeconds(lookup("f")));
        assertEquals(1, revoked.getCount());
    }

    @Test
    void answerFoundBeforeARevocationIsNotKept() {
        afterAnswer = () -> kernel.revocations.revoke(UNKNOWN, revoked::countDown);
        final UnsafeBuffer found = lookup("f");
        assertEquals(Reply.NOT_AT_ALL_SECONDS, attributesSeconds(found));
        assertEquals(Reply.NOT_AT_ALL_SECONDS, nameSeconds(found));
        assertEquals(Reply.NOT_AT_ALL_SECONDS, nameSeconds(lookup("missing")));
        afterAnswer = () -> { };
        assertEquals(Reply.FOREVER_SECONDS, attributesSeconds(lookup("f")));
    }

    @Test
    void answerFoundDuringARevocationIsNotKept() throws InterruptedException {
        lookup("f");
        final CountDownLatch answered = new CountDownLatch(1);
        kernel.revocations.revoke(file.ino, () -> {
            try {
                answered.await();
            } catch (final InterruptedException stopping) {
                Thread.currentThread().interrupt();
            }
            revoked.countDown();
        });
        assertEquals(ReplyLayout.NEW_EPOCH_CODE, notificationCode(kernel.await()));
        assertEquals(ReplyLayout.InvalidateInode.CODE, notificationCode(kernel.await()));
        assertEquals(Reply.NOT_AT_ALL_SECONDS, attributesSeconds(lookup("f")));
        answered.countDown();
        assertTrue(revoked.await(REVOCATION_MS_MAX, TimeUnit.MILLISECONDS));
        while (attributesSeconds(lookup("f")) == Reply.NOT_AT_ALL_SECONDS) {
            Thread.onSpinWait();
        }
    }

    @Test
    void attributesThatComeWithAChangeAreNotKept() {
        final UnsafeBuffer made = new UnsafeBuffer(kernel.ask(Opcode.MKDIR, FileSystem.ROOT,
            bytes("ed010000 00000000 'd' 00")));
        assertEquals(Reply.FOREVER_SECONDS, nameSeconds(made));
        assertEquals(Reply.NOT_AT_ALL_SECONDS, attributesSeconds(made));
    }

    @Test
    void readDuringARevocationWaitsUntilItIsOver() throws InterruptedException {
        lookup("f");
        final CountDownLatch ending = new CountDownLatch(1);
        kernel.revocations.revoke(file.ino, () -> {
            ending.countDown();
            try {
                Thread.sleep(50);
            } catch (final InterruptedException stopping) {
                Thread.currentThread().interrupt();
            }
            revoked.countDown();
        });
        ending.await();
        kernel.await();
        kernel.await();
        kernel.revocations.holdRead(file.ino);
        assertEquals(0, revoked.getCount());
    }

    @Test
    void replyThatWaitsForTheAccessTimeIsGivenBeforeARevocation() throws InterruptedException {
        lookup("f");
        final CountDownLatch changing = new CountDownLatch(1);
        final CountDownLatch replied = new CountDownLatch(1);
        final Thread reader = new Thread(() -> kernel.revocations.replyAfter(file.ino, () -> {
            changing.countDown();
            awaitUninterrupted(revoked);
        }, replied::countDown));
        reader.start();
        changing.await();
        assertEquals(1, replied.getCount());
        kernel.revocations.revoke(file.ino, () -> {
            assertEquals(0, replied.getCount());
            revoked.countDown();
        });
        assertTrue(revoked.await(REVOCATION_MS_MAX, TimeUnit.MILLISECONDS));
        reader.join();
    }

    /** A filesystem whose writes wait until the other node is done. */
    private FileSystem writingAfter(final CountDownLatch otherIsDone, final CountDownLatch writing) {
        return (FileSystem) Proxy.newProxyInstance(FileSystem.class.getClassLoader(),
            new Class<?>[] {FileSystem.class}, (proxy, method, arguments) -> {
                if (method.getName().equals("write")) {
                    writing.countDown();
                    awaitUninterrupted(otherIsDone);
                }
                return method.invoke(memory, arguments);
            });
    }

    private static UnsafeBuffer buffer(final String text) {
        return new UnsafeBuffer(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String peek(final WriteBacks writeBacks, final long ino) {
        final UnsafeBuffer read = new UnsafeBuffer(new byte[6]);
        return read.getStringWithoutLengthAscii(0, writeBacks.peek(ino, 0, read, 0, 6));
    }

    @Test
    void whatWasStoredIntoAMappingIsWrittenAfterTheRevocationThatWaitsForIt() throws InterruptedException {
        lookup("f");
        memory.write(Caller.ROOT, file.ino, 0, buffer("abcdef"), 0, 6, false);
        final CountDownLatch writing = new CountDownLatch(1);
        final CountDownLatch replied = new CountDownLatch(1);
        final WriteBacks writeBacks = new WriteBacks(writingAfter(revoked, writing), kernel.revocations);
        writeBacks.start();
        final Thread before = new Thread(
            () -> writeBacks.write(Caller.ROOT, file.ino, 0, buffer("AB"), 0, 2, replied::countDown));
        before.start();
        writing.await();
        kernel.revocations.revoke(file.ino, () -> {
            awaitUninterrupted(replied);
            final UnsafeBuffer reused = buffer("CD");
            writeBacks.write(Caller.ROOT, file.ino, 1, reused, 0, 2, () -> { });
            reused.setMemory(0, 2, (byte) 'x');
            assertEquals("ACDdef", peek(writeBacks, file.ino));
            revoked.countDown();
        });
        assertTrue(revoked.await(REVOCATION_MS_MAX, TimeUnit.MILLISECONDS));
        writeBacks.finish(file.ino);
        before.join();
        assertEquals("ACDdef", peek(writeBacks, file.ino));
        writeBacks.close();
    }

    @Test
    void aWriteBackThatFailsAfterItsReplyIsToldOnce() throws InterruptedException {
        lookup("f");
        final CountDownLatch written = new CountDownLatch(1);
        final WriteBacks writeBacks = new WriteBacks(failing(), kernel.revocations);
        writeBacks.start();
        kernel.revocations.revoke(file.ino, () -> {
            writeBacks.write(Caller.ROOT, file.ino, 0, buffer("AB"), 0, 2, () -> { });
            written.countDown();
        });
        assertTrue(written.await(REVOCATION_MS_MAX, TimeUnit.MILLISECONDS));
        assertEquals(Errno.EIO, assertThrows(ErrnoException.class, () -> writeBacks.finish(file.ino)).errno());
        writeBacks.finish(file.ino);
        writeBacks.close();
    }

    private static FileSystem failing() {
        return (FileSystem) Proxy.newProxyInstance(FileSystem.class.getClassLoader(),
            new Class<?>[] {FileSystem.class}, (proxy, method, arguments) -> {
                throw Errno.EIO.exception();
            });
    }

    private static void awaitUninterrupted(final CountDownLatch latch) {
        try {
            latch.await();
        } catch (final InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void fileThatIsOpenedForWritingBypassesThePageCache() {
        lookup("f");
        final UnsafeBuffer toRead = new UnsafeBuffer(kernel.ask(Opcode.OPEN, file.ino, bytes("00000000 00000000")));
        final UnsafeBuffer toWrite = new UnsafeBuffer(kernel.ask(Opcode.OPEN, file.ino, bytes("02000000 00000000")));
        assertEquals(0, toRead.getInt(ReplyLayout.Open.FLAGS) & ReplyLayout.Open.DIRECT_IO);
        assertNotEquals(0, toWrite.getInt(ReplyLayout.Open.FLAGS) & ReplyLayout.Open.DIRECT_IO);
    }
}
