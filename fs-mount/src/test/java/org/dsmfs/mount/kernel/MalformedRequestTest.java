package org.dsmfs.mount.kernel;

import static org.dsmfs.mount.kernel.Conversation.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.layout.FileSystem;
import org.dsmfs.mount.MemoryFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever comes is answered once, in the right form, and does no harm to what comes next. */
@Timeout(60)
class MalformedRequestTest {
    private static final int REQUESTS = 50_000;
    private static final int OPCODES = 60;

    @Test
    void randomRequestsAreAnsweredOnce() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        try (Conversation kernel = new Conversation(new MemoryFileSystem())) {
            for (int i = 0; i < REQUESTS; i++) {
                final int drawn = random.nextInt(OPCODES);
                // A request that waits for a lock would be answered when another one releases it.
                final int opcode = drawn == Opcode.SETLKW ? Opcode.SETLK : drawn;
                final byte[] body = body(random);
                final long unique = kernel.send(opcode, 1 + random.nextInt(5), body);
                final byte[] reply = kernel.take();
                final String what = "seed " + seed + ", request " + i + ", operation " + opcode;
                if (reply == null) {
                    assertTrue(hasNoReply(opcode), what);
                } else {
                    final UnsafeBuffer header = new UnsafeBuffer(reply);
                    assertEquals(reply.length, header.getInt(ReplyLayout.Header.LENGTH), what);
                    assertEquals(unique, header.getLong(ReplyLayout.Header.UNIQUE), what);
                    assertNull(kernel.take(), what);
                }
            }
            assertEquals(ReplyLayout.AttrOut.SIZE, kernel.ask(Opcode.GETATTR, FileSystem.ROOT, new byte[16]).length);
        }
    }

    private static boolean hasNoReply(final int opcode) {
        return switch (opcode) {
            case Opcode.FORGET, Opcode.BATCH_FORGET, Opcode.INTERRUPT -> true;
            default -> false;
        };
    }

    /** Small numbers mostly, so that some make sense, and a name at the end. */
    private static byte[] body(final Random random) {
        final byte[] body = new byte[random.nextInt(100)];
        for (int i = 0; i < body.length; i += 1 + random.nextInt(8)) {
            body[i] = (byte) random.nextInt(random.nextInt(8) == 0 ? 256 : 4);
        }
        if (body.length > 2) {
            body[body.length - 2] = (byte) ('a' + random.nextInt(3));
        }
        return body;
    }

    @Test
    void requestThatIsNotAsLongAsItSaysIsNone() {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[RequestLayout.Header.SIZE]);
        final Request request = new Request(buffer);
        assertFalse(request.received(RequestLayout.Header.SIZE - 1));
        buffer.putInt(RequestLayout.Header.LENGTH, RequestLayout.Header.SIZE + 8);
        assertFalse(request.received(RequestLayout.Header.SIZE));
        buffer.putInt(RequestLayout.Header.LENGTH, RequestLayout.Header.SIZE);
        assertTrue(request.received(RequestLayout.Header.SIZE));
    }

    @Test
    void countOfForgottenNodesIsNotBelieved() {
        try (Conversation kernel = new Conversation(new MemoryFileSystem())) {
            kernel.send(Opcode.BATCH_FORGET, 0, bytes("ffffff7f 00000000 0200000000000000 ffffffffffffffff"));
            assertNull(kernel.take());
            kernel.send(Opcode.FORGET, -1, bytes("ffffffffffffffff"));
            assertNull(kernel.take());
            assertEquals(0, kernel.nodes.size());
        }
    }
}
