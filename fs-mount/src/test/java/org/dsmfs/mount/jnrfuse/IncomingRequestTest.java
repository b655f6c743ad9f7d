package org.dsmfs.mount.jnrfuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Offsets and codes as in linux/fuse.h. */
class IncomingRequestTest {
    private static final int OPCODE = 4;
    private static final int NODE = 16;
    private static final int BODY = 40;

    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[256]);
    private final IncomingRequest request = new IncomingRequest(buffer);

    private static byte[] ascii(final String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void renameIsRecognisedByItsNewName() {
        buffer.putInt(OPCODE, 12);
        buffer.putBytes(BODY + 8, ascii("old\0new\0"));
        assertTrue(request.isRenameTo(ascii("new")));
        assertFalse(request.isRenameTo(ascii("ne")));
        assertFalse(request.isRenameTo(ascii("news")));
        assertFalse(request.isRenameTo(ascii("old")));
        buffer.putInt(OPCODE, 10);
        assertFalse(request.isRenameTo(ascii("new")));
        assertTrue(request.isUnlink());
    }

    @Test
    void namelessNodeIsAskedByHandle() {
        final NamelessNodes nameless = new NamelessNodes();
        nameless.add(9, 77);
        buffer.putInt(OPCODE, 3);
        buffer.putLong(NODE, 8);
        nameless.prepare(request);
        assertEquals(0, buffer.getInt(BODY));
        buffer.putLong(NODE, 9);
        nameless.prepare(request);
        assertEquals(1, buffer.getInt(BODY));
        assertEquals(77, new Handles().ino(buffer.getLong(BODY + 8)));
    }

    @Test
    void forgottenNodesAreListed() {
        final List<Long> forgotten = new ArrayList<>();
        buffer.putInt(OPCODE, 2);
        buffer.putLong(NODE, 5);
        request.forEachForgotten(forgotten::add);
        buffer.putInt(OPCODE, 42);
        buffer.putInt(BODY, 2);
        buffer.putLong(BODY + 8, 6);
        buffer.putLong(BODY + 24, 7);
        request.forEachForgotten(forgotten::add);
        assertEquals(List.of(5L, 6L, 7L), forgotten);
    }
}
